// SPDX-License-Identifier: Apache-2.0

/// One place of a screen.
package struct Cell: Sendable, Hashable {
    /// One spacing character with at most four marks on it; empty in the right half of a wide one.
    package let text: String
    package let style: Style

    /// Made from text that ``CellText`` has measured, or from a plain printable ASCII character.
    package init(_ text: String, _ style: Style) {
        self.text = text
        self.style = style
    }

    package static let blank = Cell(" ", .plain)

    /// Whether it is the right half of the character to its left.
    package var isContinuation: Bool { text.isEmpty }
}
