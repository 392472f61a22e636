// SPDX-License-Identifier: Apache-2.0
import Canvas
import Testing

@testable import Terminal

@Suite struct LadderTests {
    /// What Debian's ncurses-base knows, in short.
    private static let database: [String: Ladder.Entry] = [
        "xterm": entry(8), "xterm-256color": entry(256), "xterm-mono": entry(0), "linux": entry(8), "ansi": entry(8),
        "screen": entry(8), "screen-256color": entry(256), "tmux-256color": entry(256), "vt100": entry(0),
        "rxvt-16color": entry(16), "dumb": Ladder.Entry(colours: 0, isDirect: false, canMove: false),
        "xterm-direct": Ladder.Entry(colours: 1 << 24, isDirect: true, canMove: true),
    ]

    private static func entry(_ colours: Int) -> Ladder.Entry {
        Ladder.Entry(colours: colours, isDirect: false, canMove: true)
    }

    private func ladder(_ environment: [String: String], asked: Capabilities.Colours? = nil) throws -> Ladder {
        try Ladder(environment, asked: asked) { Self.database[$0] }
    }

    @Test(
        arguments: [
            (["TERM": "xterm-256color"], .indexed), (["TERM": "xterm"], .eight), (["TERM": "rxvt-16color"], .sixteen),
            (["TERM": "vt100", "COLORTERM": "truecolor"], .mono), (["TERM": "xterm-direct"], .direct),
            (["TERM": "xterm", "COLORTERM": "truecolor"], .direct), (["TERM": "xterm", "COLORTERM": "24bit"], .direct),
            (["TERM": "xterm", "COLORTERM": "yes"], .eight),
            (["TERM": "xterm-direct", "COLORTERM": "truecolor", "NO_COLOR": "1"], .mono),
            (["TERM": "xterm-256color", "NO_COLOR": ""], .indexed),
            (["TERM": "tmux-256color", "COLORTERM": "truecolor"], .direct),
            (["TERM": "screen-256color", "COLORTERM": "truecolor"], .indexed),
            (["TERM": "screen-256color", "COLORTERM": "truecolor", "TMUX": "/tmp/x"], .direct),
        ] as [([String: String], Capabilities.Colours)])
    func `colours follow from the environment and the entry`(
        _ environment: [String: String],
        _ colours: Capabilities.Colours
    ) throws {
        #expect(try ladder(environment).colours == colours)
    }

    @Test func `what is asked for goes before the environment`() throws {
        #expect(try ladder(["TERM": "xterm-256color", "NO_COLOR": "1"], asked: .direct).colours == .direct)
        #expect(try ladder(["TERM": "xterm-256color", "COLORTERM": "truecolor"], asked: .mono).colours == .mono)
        #expect(try ladder(["TERM": "xterm-direct"], asked: .indexed).colours == .indexed)
    }

    @Test func `more than the terminal has is not given`() throws {
        #expect(try ladder(["TERM": "linux"], asked: .indexed).colours == .eight)
        let better = try ladder(["TERM": "xterm"], asked: .indexed)
        #expect(better.colours == .indexed)
        #expect(better.entries == ["xterm-256color", "xterm"])
    }

    @Test func `direct colours have an entry for each family, and one to fall back on`() throws {
        let truecolor = ["COLORTERM": "truecolor"]
        #expect(try ladder(truecolor.merging(["TERM": "xterm"]) { $1 }).entries == ["mallow-direct", "xterm"])
        #expect(
            try ladder(truecolor.merging(["TERM": "tmux-256color"]) { $1 }).entries
                == ["mallow-direct-screen", "tmux-256color"])
    }

    @Test(arguments: [
        ("alacritty", "xterm-256color"), ("xterm-kitty", "xterm-256color"), ("foot", "xterm-256color"),
        ("xterm-ghostty", "xterm-256color"), ("tmux-direct", "screen-256color"), ("wy60", "ansi"), ("", "ansi"),
    ])
    func `an unknown type has one that stands for it`(_ type: String, _ entry: String) throws {
        #expect(try ladder(["TERM": type]).entries == [entry])
    }

    @Test func `no terminal type at all is taken for the simplest`() throws {
        #expect(try ladder([:]).entries == ["ansi"])
    }

    @Test func `a terminal without a cursor is none`() {
        #expect(throws: TerminalUnavailable("a terminal of type 'dumb' cannot move its cursor")) {
            try ladder(["TERM": "dumb"])
        }
    }

    @Test func `a machine without entries has no screen`() {
        #expect(throws: TerminalUnavailable.self) { try Ladder(["TERM": "xterm"], asked: nil) { _ in nil } }
    }

    @Test(
        arguments: [
            (["LANG": "de_DE.UTF-8"], "UTF-8", nil, .unicode), (["LANG": "C"], "ANSI_X3.4-1968", nil, .ascii),
            (["LANG": "de_DE"], "ISO-8859-1", .unicode, .ascii), (["LANG": "de_DE.UTF-8"], "UTF-8", .ascii, .ascii),
            (["LANG": "ja_JP.UTF-8"], "UTF-8", nil, .narrow), (["LANG": "ja_JP.UTF-8"], "UTF-8", .unicode, .unicode),
            (["LANG": "ja_JP.UTF-8", "LC_ALL": "C.UTF-8"], "UTF-8", nil, .unicode),
            (["LANG": "zh_TW.UTF-8", "LC_CTYPE": ""], "UTF-8", nil, .narrow),
            (["TERM": "linux"], "UTF-8", nil, .ascii), (["TERM": "linux"], "UTF-8", .unicode, .unicode),
        ] as [([String: String], String, Capabilities.Characters?, Capabilities.Characters)])
    func `characters follow from the locale and the type`(
        _ environment: [String: String],
        _ codeset: String,
        _ asked: Capabilities.Characters?,
        _ characters: Capabilities.Characters
    ) {
        #expect(Ladder.characters(environment, codeset: codeset, asked: asked) == characters)
    }

    @Test func `over a network an escape byte waits longer`() {
        #expect(Ladder.escapeDelay([:]) == .milliseconds(25))
        #expect(Ladder.escapeDelay(["SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"]) == .milliseconds(50))
    }
}
