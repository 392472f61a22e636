// SPDX-License-Identifier: Apache-2.0

/// What a terminal is switched to beyond ncurses. A terminal that does not know one of them ignores it.
enum Modes {
    /// Pastes come between marks.
    static let on = "\u{1B}[?2004h"
    /// Clicks and the wheel, with places as numbers: in the old form they end at column 223.
    static let mouseOn = "\u{1B}[?1000h\u{1B}[?1006h"
    static let mouseOff = "\u{1B}[?1006l\u{1B}[?1000l"
    static let off = mouseOff + "\u{1B}[?2004l"
    /// Nothing is shown until the end of the frame.
    static let beginFrame = "\u{1B}[?2026h"
    static let endFrame = "\u{1B}[?2026l"
}
