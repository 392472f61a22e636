// SPDX-License-Identifier: Apache-2.0
package import Canvas
package import Foundation
package import Ledger
package import MigrationModel
package import Themes

/// All that a console knows. A frame is a pure function of it, and so is what a key does.
package struct Model: Sendable {
    /// The parts of the overview.
    package enum Pane: Int, Sendable, Hashable, CaseIterable {
        case courses = 1, videos, validation, log
    }

    package var size: Size
    package let capabilities: Capabilities
    package let place: Place
    package let keymap: Keymap
    package let themes: [Theme]
    package var theme: Theme
    package var now: Date
    package let timeZone: TimeZone

    /// What the ledger said last; nil before the first time.
    package var view: LedgerView?
    /// Why it could not be read just now.
    package var blindness: Failure?
    package var trend = Trend()

    package var pane = Pane.courses
    /// The course under the cursor: the course, and not the row.
    package var cursor: Int64?
    package var rowsAbove = 0
    package var marks: Set<Int64> = []
    package var filter = ""
    package var isFrozen = false
    package var videoCursor = 0
    package var firstVideo = 0
    /// The event that the log is pinned to; nil when it follows.
    package var pinnedEvent: Int64?
    package var takesMouse = false

    /// What lies over the overview, the topmost last.
    package var layers: [Layer] = []
    /// Newest last.
    package var notices: [Notice] = []
    /// A program that was started and has not shown itself in the ledger yet.
    package var launching: Launching?

    package struct Launching: Sendable, Hashable {
        let launch: LaunchRequest
        let since: Date
        /// The newest run when it was started.
        let after: Int64
    }

    package init(
        size: Size, capabilities: Capabilities, place: Place, themes: [Theme], theme: Theme, keymap: Keymap = .standard,
        now: Date, timeZone: TimeZone = .current
    ) {
        self.size = size
        self.capabilities = capabilities
        self.place = place
        self.themes = themes
        self.theme = theme
        self.keymap = keymap
        self.now = now
        self.timeZone = timeZone
    }

    package var glyphs: Glyphs { Glyphs(capabilities.characters) }

    /// Whether an engine lives.
    package var hasEngine: Bool { view?.heartbeatAge != nil }

    /// The run that goes on, or should: nil when the last one has ended.
    package var openRun: RunRow? { view?.run.flatMap { $0.ended == nil ? $0 : nil } }

    /// A run without an end and without an engine: it died.
    package var lostEngine: RunRow? { hasEngine ? nil : openRun }

    package var isPaused: Bool { openRun?.state == RunState.paused.rawValue }

    package var selected: CourseRow? { view?.selected }

    /// The video under the cursor.
    package var selectedVideo: VideoRow? {
        let place = videoCursor - firstVideo
        guard let videos = view?.videos, videos.indices.contains(place) else { return nil }
        return videos[place]
    }

    /// The topmost thing over the overview.
    package var layer: Layer? { layers.last }

    package mutating func tell(_ kind: Notice.Kind, _ text: String) {
        notices.append(Notice(kind, text, at: now))
        if notices.count > 500 { notices.removeFirst() }
    }

    /// What is to be loaded for the next frame.
    package var request: ViewRequest {
        let layout = Layout(size, pane: pane)
        var request = ViewRequest()
        request.filter = filter
        // Under an open dialog nothing moves.
        request.keepsOrder = (isFrozen || !layers.isEmpty) && view != nil
        request.cursor = cursor
        request.rowsAbove = min(rowsAbove, max(0, layout.courseRows - 1))
        request.courseRows = layout.courseRows
        request.marks = marks
        request.firstVideo = firstVideo
        request.videoRows = layout.videoRows
        request.newestEvent = pinnedEvent
        // Not every event is worth a line.
        request.eventRows = layout.eventRows * 3
        if case .triage? = layer { request.wantsTroubles = true }
        if layers.contains(where: { if case .waive = $0 { true } else { false } }) { request.wantsTroubles = true }
        if case .video(let block)? = layer { request.history = block }
        return request
    }
}
