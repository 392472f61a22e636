// SPDX-License-Identifier: Apache-2.0

/// How a cell is drawn.
package struct Style: Sendable, Hashable {
    /// nil is the terminal's own colour.
    package var foreground: RGB?
    package var background: RGB?
    package var attributes: Attributes

    package init(_ foreground: RGB? = nil, on background: RGB? = nil, _ attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// The terminal's own colours and nothing else.
    package static let plain = Style()

    package struct Attributes: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let bold = Attributes(rawValue: 1)
        package static let dim = Attributes(rawValue: 2)
        package static let underline = Attributes(rawValue: 4)
        package static let reverse = Attributes(rawValue: 8)
        package static let italic = Attributes(rawValue: 16)
    }

    /// The same on another background, where `background` is one.
    package func on(_ background: RGB?) -> Style {
        guard let background else { return self }
        return Style(foreground, on: background, attributes)
    }

    /// The same with more attributes.
    package func with(_ more: Attributes) -> Style { Style(foreground, on: background, attributes.union(more)) }
}
