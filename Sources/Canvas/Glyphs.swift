// SPDX-License-Identifier: Apache-2.0

/// The signs that screens are made of, for what a terminal can show.
///
/// Where terminals may disagree about a character's width, the narrow set has one about which they do not.
package struct Glyphs: Sendable, Hashable {
    package let ok, failed, active, undone, attention, held, idle, waived: String
    package let cursor, marked, follow, arrow, ellipsis, separator, differs: String
    package let horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight: String

    package init(_ characters: Capabilities.Characters) {
        switch characters {
        case .ascii:
            (ok, failed, active, undone, attention, held, idle, waived) = ("+", "X", ">", "<", "!", "=", ".", "~")
            (cursor, marked, follow, arrow, ellipsis, separator, differs) = (">", "*", "*", "->", "~", "|", "!=")
            (horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight) = ("-", "|", "+", "+", "+", "+")
        case .narrow:
            (ok, failed, active, undone, attention, held, idle, waived) = ("✓", "✗", "»", "↺", "!", "∎", "∙", "~")
            (cursor, marked, follow, arrow, ellipsis, separator, differs) = ("▸", "*", "*", "->", "~", "|", "!=")
            (horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight) = ("-", "|", "+", "+", "+", "+")
        case .unicode:
            (ok, failed, active, undone, attention, held, idle, waived) = ("✓", "✗", "»", "↺", "!", "∎", "∙", "~")
            (cursor, marked, follow, arrow, ellipsis, separator, differs) = ("▸", "●", "●", "→", "…", "│", "≠")
            (horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight) = ("─", "│", "┌", "┐", "└", "┘")
        }
    }
}
