// SPDX-License-Identifier: Apache-2.0
package import Canvas

/// What an operator can do with one key. Help, hints, palette and the check for conflicts are all made from this table.
package enum Action: String, Sendable, CaseIterable {
    case up, down, pageUp = "page-up", pageDown = "page-down", top, bottom
    case nextPane = "next-pane", previousPane = "previous-pane"
    case courses, videos, validation, log
    case open, back, zoom, mark, markAll = "mark-all", unmark
    case filter, sort, palette, help, notices, theme
    case freeze, follow, exportLog = "export-log", mouse, copy, redraw, suspend, detach
    case run, retry, list, pause, more, fewer, hold, triage, waive, withdraw, drain, stop

    /// How an action ends up doing something.
    package enum Effect: Sendable, Hashable {
        /// It looks or marks: nothing is changed anywhere.
        case looks
        /// It changes something at once, and nothing that could be lost by it.
        case safe
        /// It asks first.
        case asks
    }

    /// One line of the table.
    private struct Entry {
        let keys: [Key]
        /// A word or two, for the hints.
        let label: String
        /// A sentence, for help and palette.
        let explanation: String
        let effect: Effect

        init(_ keys: [Key], _ label: String, _ explanation: String, _ effect: Effect = .looks) {
            (self.keys, self.label, self.explanation, self.effect) = (keys, label, explanation, effect)
        }
    }

    /// The keys it has unless an operator chose others.
    package var defaultKeys: [Key] { entry.keys }
    package var label: String { entry.label }
    package var explanation: String { entry.explanation }
    package var effect: Effect { entry.effect }

    private var entry: Entry {
        switch self {
        case .up: Entry([.up, "k"], "up", "One line up.")
        case .down: Entry([.down, "j"], "down", "One line down.")
        case .pageUp: Entry([.pageUp, .control("b")], "page up", "One page up.")
        case .pageDown: Entry([.pageDown, .control("f")], "page down", "One page down.")
        case .top: Entry([.home, "g"], "top", "To the first line.")
        case .bottom: Entry([.end, "G"], "bottom", "To the last line; in the log, to the newest.")
        case .nextPane: Entry([.tab, .right, "l"], "next pane", "To the next pane.")
        case .previousPane: Entry([.backTab, .left, "h"], "previous pane", "To the pane before.")
        case .courses: Entry(["1"], "courses", "To the courses.")
        case .videos: Entry(["2"], "videos", "To the videos of the course under the cursor.")
        case .validation: Entry(["3"], "validation", "To the consistency check of that course.")
        case .log: Entry(["4"], "log", "To the log.")
        case .open: Entry([.enter], "open", "Open what the cursor is on: a course's videos, a video's details.")
        case .back: Entry([.escape], "back", "Back out one level. Never does anything else.")
        case .zoom: Entry(["z"], "zoom", "Give the pane the whole screen, or put it back.")
        case .mark: Entry([" "], "mark", "Mark the course under the cursor, or take its mark away.")
        case .markAll: Entry(["*"], "mark all", "Mark every course that the filter lets through.")
        case .unmark: Entry(["U"], "unmark", "Take all marks away.")
        case .filter:
            Entry(
                ["/"], "filter",
                "Show only courses whose key or title has some text in it; in the log, only such lines.")
        case .sort: Entry(["s"], "sort", "Order the courses by the next thing: what needs you, key, title, size, ...")
        case .palette: Entry([":"], "command", "Find any of these by its name.")
        case .help: Entry(["?"], "keys", "All keys.")
        case .notices: Entry(["n"], "notices", "What this console did and was told, newest first.")
        case .theme: Entry(["T"], "theme", "Choose the colours, with a preview.")
        case .freeze: Entry(["Z"], "freeze", "Keep the courses in their order, or let what needs you rise again.")
        case .follow: Entry(["f"], "follow", "Let the log follow what happens, or pin it where it is.")
        case .exportLog: Entry(["e"], "export log", "Write the log into a file beside the ledger, as it is filtered.")
        case .mouse: Entry(["M"], "mouse", "Take the mouse, or leave it to the terminal for selecting text.")
        case .copy: Entry(["y"], "copy", "Copy the key under the cursor to the clipboard.")
        case .redraw: Entry([.control("l")], "redraw", "Draw everything anew.")
        case .suspend:
            Entry([.control("z")], "suspend", "Back to the shell for a while; fg returns. The engine goes on.")
        case .detach: Entry(["q", .control("c")], "detach", "Leave the console. The engine goes on.")
        case .run: Entry(["r"], "run…", "Migrate the marked courses, or the one under the cursor.", .asks)
        case .retry: Entry(["R"], "retry…", "Run the courses that failed again; in triage, those of the cause.", .asks)
        case .list: Entry(["L"], "list courses", "List the source's courses and their videos. Moves nothing.", .safe)
        case .pause: Entry(["p"], "pause", "Start no new video until resumed, or resume.", .safe)
        case .more: Entry(["+"], "more at once", "Half as many videos more in flight at once.", .safe)
        case .fewer: Entry(["-"], "fewer at once", "A third fewer videos in flight at once.", .safe)
        case .hold: Entry(["c"], "hold…", "Hold a course's cut-over back, or release it.", .asks)
        case .waive: Entry(["w"], "waive…", "Let a video stay behind, with your name and a reason.", .asks)
        case .withdraw:
            Entry(
                ["u"], "take back…",
                "Take back the waivers of the video that is looked at; in triage, those of the cause.", .asks)
        case .triage: Entry(["t"], "triage", "Everything that failed or is held, by cause.")
        case .drain: Entry(["D"], "drain…", "End the run: videos in flight are finished, no new one starts.", .asks)
        case .stop: Entry(["!"], "stop now…", "End the engine at once. The next run puts right what was open.", .asks)
        }
    }
}

extension Key: ExpressibleByExtendedGraphemeClusterLiteral {
    package init(extendedGraphemeClusterLiteral character: Character) { self = .character(character) }
}

extension Key {
    /// As it is shown, and written in a keymap: `r`, `^L`, `PgDn`.
    package var name: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .control(let character): "^\(character.uppercased())"
        case .up: "Up"
        case .down: "Down"
        case .left: "Left"
        case .right: "Right"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .enter: "Enter"
        case .escape: "Esc"
        case .tab: "Tab"
        case .backTab: "S-Tab"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .insert: "Ins"
        case .function(let number): "F\(number)"
        }
    }
}
