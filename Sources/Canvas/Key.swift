// SPDX-License-Identifier: Apache-2.0

/// A key as it was pressed.
package enum Key: Sendable, Hashable {
    case character(Character)
    /// A letter with the control key, lower case.
    case control(Character)
    case up, down, left, right
    case home, end, pageUp, pageDown
    case enter, escape, tab, backTab, backspace, delete, insert
    /// From 1.
    case function(Int)
}

/// What comes from a terminal.
package enum TerminalEvent: Sendable, Hashable {
    case key(Key)
    /// Text that was pasted: it is text and never keys.
    case paste(String)
    case click(Point)
    /// The wheel: rows down, negative is up.
    case wheel(Int, at: Point)
    /// The size changed, or the screen must be drawn anew.
    case resized(Size)
    /// The terminal is gone, or the process is asked to end: nothing more will come.
    case closed
}
