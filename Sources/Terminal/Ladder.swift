// SPDX-License-Identifier: Apache-2.0
import CNcurses
import Canvas

/// How a terminal is opened and what can be drawn on it: decided from the environment, the terminal database and the
/// locale, without touching the terminal.
struct Ladder: Sendable, Hashable {
    /// What an entry of the terminal database says.
    struct Entry: Sendable, Hashable {
        /// 0 when there are none.
        let colours: Int
        /// It takes 24-bit values.
        let isDirect: Bool
        /// It can put the cursor somewhere.
        let canMove: Bool
    }

    /// Names of entries to open, best first.
    let entries: [String]
    let colours: Capabilities.Colours

    /// - Parameter find: looks an entry up by its name.
    init(
        _ environment: [String: String],
        asked: Capabilities.Colours?,
        find: (String) -> Entry?
    ) throws(TerminalUnavailable) {
        let type = environment["TERM"] ?? ""
        let family = Family(type)
        let names = [type].filter { !$0.isEmpty } + family.substitutes
        guard let name = names.first(where: { find($0) != nil }), let entry = find(name) else {
            throw TerminalUnavailable(
                "the terminal type '\(type)' is not known here, nor is any that could stand for it")
        }
        guard entry.canMove else {
            throw TerminalUnavailable("a terminal of type '\(name)' cannot move its cursor")
        }
        let wanted = asked ?? Self.colours(environment, entry, family)
        if wanted == .direct {
            entries = [family == .screen ? DirectColourEntry.screen.name : DirectColourEntry.xterm.name, name]
            colours = .direct
        } else if entry.colours < wanted.rawValue, let better = family.indexed, let found = find(better) {
            entries = [better, name]
            colours = min(wanted, Self.most(of: found))
        } else {
            entries = [name]
            colours = min(wanted, Self.most(of: entry))
        }
    }

    private static func colours(
        _ environment: [String: String],
        _ entry: Entry,
        _ family: Family
    ) -> Capabilities.Colours {
        let type = environment["TERM"]
        if environment["NO_COLOR"].map({ !$0.isEmpty }) ?? false || type == "dumb" || entry.colours < 8 { return .mono }
        if entry.isDirect { return .direct }
        if environment["COLORTERM"] == "truecolor" || environment["COLORTERM"] == "24bit" {
            // GNU screen hands the variable on and garbles the colours; tmux turns them into what its own terminal has.
            if family != .screen || environment["TMUX"] != nil || type?.hasPrefix("tmux") ?? false { return .direct }
        }
        return most(of: entry)
    }

    private static func most(of entry: Entry) -> Capabilities.Colours {
        switch entry.colours {
        case 256...: .indexed
        case 16...: .sixteen
        case 8...: .eight
        default: .mono
        }
    }

    /// Terminals that understand the same.
    private enum Family {
        case xterm, screen, other

        init(_ type: String) {
            let likeXterm = [
                "xterm", "alacritty", "kitty", "foot", "ghostty", "wezterm", "konsole", "gnome", "vte", "iterm",
            ]
            if likeXterm.contains(where: type.hasPrefix) {
                self = .xterm
            } else if type.hasPrefix("tmux") || type.hasPrefix("screen") {
                self = .screen
            } else {
                self = .other
            }
        }

        /// What may stand for a type this machine does not know.
        var substitutes: [String] { [indexed, "ansi"].compactMap(\.self) }

        /// An entry of 256 colours, which all of the family have.
        var indexed: String? {
            switch self {
            case .xterm: "xterm-256color"
            case .screen: "screen-256color"
            case .other: nil
            }
        }
    }

    /// - Parameter codeset: what the locale encodes characters in.
    static func characters(
        _ environment: [String: String],
        codeset: String,
        asked: Capabilities.Characters?
    ) -> Capabilities.Characters {
        guard codeset == "UTF-8" else { return .ascii }
        if let asked { return asked }
        // A console font has 256 or 512 characters, and marks are seldom among them.
        if environment["TERM"] == "linux" { return .ascii }
        // Where these languages are read, terminals may draw characters of ambiguous width two columns wide.
        let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.filter { !$0.isEmpty }
        let reads = names.first?.prefix { $0.isLetter } ?? ""
        return ["ja", "ko", "zh"].contains(reads) ? .narrow : .unicode
    }

    /// How long an escape byte may wait for the rest of a key's bytes. Over a network they may come apart.
    static func escapeDelay(_ environment: [String: String]) -> Duration {
        environment["SSH_CONNECTION"] == nil && environment["SSH_TTY"] == nil ? .milliseconds(25) : .milliseconds(50)
    }
}
