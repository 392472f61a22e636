// SPDX-License-Identifier: Apache-2.0

/// What a colour is for. Themes colour roles, never single widgets: a new screen needs no new key in anybody's theme.
///
/// The raw value is the key in a theme file.
package enum Role: String, Sendable, Hashable, CaseIterable {
    // Planes: what is drawn on.

    /// The screen behind everything.
    case surface
    /// Dialogs and menus, which lie on top of the screen.
    case surfaceRaised = "surface.raised"
    /// The row under the cursor.
    case surfaceSelected = "surface.selected"
    /// Rows the operator has marked.
    case surfaceMarked = "surface.marked"

    // Ink: what is read.

    /// Names, numbers, sentences.
    case text
    /// What can wait: units, hints, times, what was cut off.
    case textDim = "text.dim"
    /// What must be read first: titles, the forecast, the focused pane's name.
    case textStrong = "text.strong"
    /// Keys in the hint line and in help.
    case textKey = "text.key"
    /// Frames and rules between panes.
    case line
    /// The frame of the pane that takes the keys.
    case lineFocus = "line.focus"

    // States: each is shown by a glyph and a word as well, and there are five colours of them, no more.

    /// Waits for its turn: pending, queued, nothing to do.
    case stateIdle = "state.idle"
    /// Is being worked on.
    case stateActive = "state.active"
    /// Proven: verified, migrated, a check that passed.
    case stateOK = "state.ok"
    /// Somebody should look: retries, slow sources, warnings.
    case stateAttention = "state.attention"
    /// Gave up: failed videos and courses, checks that found a difference.
    case stateFailed = "state.failed"
    /// Rolled back, and proven gone. Left out, it looks like attention.
    case stateUndone = "state.undone"
    /// Waits for the operator. Left out, it looks like idle in bold.
    case stateHeld = "state.held"

    // Progress.

    /// The part of a bar that is done.
    case barFill = "bar.fill"
    /// The part that is not.
    case barRest = "bar.rest"
    /// The done part of a bar that no longer moves.
    case barStall = "bar.stall"

    // Place: the band in the first row.

    /// A rehearsal, a dry run, a sandbox: nothing of production can be written.
    case envSafe = "env.safe"
    /// Production.
    case envProd = "env.prod"

    /// What is drawn on, rather than read.
    package static let planes: [Role] = [.surface, .surfaceRaised, .surfaceSelected, .surfaceMarked]
    /// The five colours of states. Undone and held are variations of two of them.
    package static let states: [Role] = [.stateIdle, .stateActive, .stateOK, .stateAttention, .stateFailed]

    /// One line on what the role is for, for people who write themes.
    package var purpose: String {
        switch self {
        case .surface: "the screen behind everything"
        case .surfaceRaised: "dialogs and menus"
        case .surfaceSelected: "the row under the cursor"
        case .surfaceMarked: "marked rows"
        case .text: "names, numbers, sentences"
        case .textDim: "units, hints, times"
        case .textStrong: "titles, the forecast"
        case .textKey: "keys in the hint line"
        case .line: "frames and rules"
        case .lineFocus: "the frame of the pane that takes the keys"
        case .stateIdle: "waits for its turn"
        case .stateActive: "is being worked on"
        case .stateOK: "proven"
        case .stateAttention: "somebody should look"
        case .stateFailed: "gave up"
        case .stateUndone: "rolled back and proven gone"
        case .stateHeld: "waits for the operator"
        case .barFill: "the part of a bar that is done"
        case .barRest: "the part that is not"
        case .barStall: "the done part of a bar that stands still"
        case .envSafe: "the band of rehearsals and dry runs"
        case .envProd: "the band of production"
        }
    }
}
