// SPDX-License-Identifier: Apache-2.0
package import Canvas

/// Where things stand on a screen of some size: four layouts, from everything at once down to one line.
package struct Layout: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// Four panes.
        case whole
        /// One pane at a time, and three lines of log.
        case medium
        /// One pane at a time and the keys.
        case small
        /// The state in two lines, and what needs somebody.
        case tiny
        /// The state in one line.
        case line
    }

    package let kind: Kind
    package let header: Rect
    package let courses: Rect
    package let videos: Rect
    package let validation: Rect
    package let log: Rect
    package let footer: Rect

    /// - Parameter isZoomed: whether the pane has all the room to itself.
    package init(_ size: Size, pane: Model.Pane, isZoomed: Bool = false) {
        let screen = Rect(size)
        let nothing = Rect(0, 0, 0, 0)
        kind =
            switch (size.width, size.height) {
            case (100..., 26...): .whole
            case (72..., 18...): .medium
            case (50..., 9...): .small
            case (24..., 4...): .tiny
            default: .line
            }
        func only(_ which: Model.Pane, _ rect: Rect) -> Rect { pane == which ? rect : nothing }
        switch kind {
        case .whole where isZoomed, .medium where isZoomed, .small:
            let (top, rest) = screen.split(top: 2)
            let (body, bottom) = rest.split(bottom: kind == .small ? 2 : 3)
            (header, footer) = (top, bottom)
            (courses, videos) = (only(.courses, body), only(.videos, body))
            (validation, log) = (only(.validation, body), only(.log, body))
        case .whole:
            let (top, rest) = screen.split(top: 2)
            let (body, bottom) = rest.split(bottom: 3)
            let (lists, below) = body.split(top: max(10, body.height * 6 / 10))
            let left = size.width * 58 / 100
            (header, footer) = (top, bottom)
            (courses, videos) = lists.split(left: left)
            (validation, log) = below.split(left: left)
        case .medium:
            let (top, rest) = screen.split(top: 2)
            let (body, bottom) = rest.split(bottom: 3)
            let (list, lines) = body.split(bottom: 5)
            (header, footer) = (top, bottom)
            (courses, videos, validation) = (only(.courses, list), only(.videos, list), only(.validation, list))
            log = pane == .log ? body : lines
        case .tiny:
            (header, courses) = screen.split(top: 2)
            (videos, validation, log, footer) = (nothing, nothing, nothing, nothing)
        case .line:
            header = screen.row(0)
            (courses, videos, validation, log, footer) = (nothing, nothing, nothing, nothing, nothing)
        }
    }

    /// A pane's frame takes a line at its top and one at its bottom, where there is room for frames.
    package func inside(_ pane: Rect) -> Rect {
        switch kind {
        case .whole, .medium: pane.inset(1, 1)
        case .small: Rect(pane.x, pane.y + 1, pane.width, pane.height - 1)
        case .tiny, .line: pane
        }
    }

    /// Below the headings of the columns.
    package var courseRows: Int { max(0, inside(courses).height - courseHeadings) }
    var courseHeadings: Int { kind == .tiny ? 0 : 1 }
    package var videoRows: Int { inside(videos).height }
    package var eventRows: Int { inside(log).height }
}
