// SPDX-License-Identifier: Apache-2.0
import Canvas
import Settings
import Testing
import Themes

@Suite struct ThemeFileTests {
    private func shelf(_ files: [String: String]) throws -> ThemeShelf {
        try withThemes(files) { ThemeShelf(userFolder: $0) }
    }

    @Test func `text alone is the foreground; a table has both colours and attributes`() throws {
        let shelf = try shelf([
            "t": file(
                "t",
                """
                text = "moonlight"
                "state.failed" = { fg = "#cc0000", bg = "night", attr = ["bold", "underline"] }
                [palette]
                moonlight = "#dcdfee"
                night = "#101018"
                """)
        ])
        let theme = try #require(shelf["t"])
        #expect(theme.style(.text, .direct) == Style(RGB(0xDCDFEE)))
        #expect(theme.style(.stateFailed, .direct) == Style(RGB(0xCC0000), on: RGB(0x101018), [.bold, .underline]))
        #expect(theme.style(.stateFailed, .eight).foreground == RGB(0xCC0000), "the terminal finds the nearest itself")
    }

    // MARK: - Inheritance

    @Test func `a theme changes what it names and inherits the rest, the appearance too`() throws {
        let shelf = try shelf([
            "old": file("old", "text = \"#111111\"\n\"state.ok\" = \"#006600\"", appearance: "light"),
            "middle": "name = \"middle\"\ninherits = \"old\"\nline = \"#333333\"",
            "young": "name = \"young\"\ninherits = \"middle\"\n\"state.ok\" = \"#0000ff\"",
        ])
        #expect(shelf.problems == [])
        let young = try #require(shelf["young"])
        #expect(young.appearance == .light)
        #expect(young.style(.text, .direct).foreground == RGB(0x111111))
        #expect(young.style(.line, .direct).foreground == RGB(0x333333))
        #expect(young.style(.stateOK, .direct).foreground == RGB(0x0000FF))
        #expect(shelf["old"]?.style(.stateOK, .direct).foreground == RGB(0x006600))
    }

    @Test func `a palette of one's own changes every inherited role that uses it`() throws {
        let shelf = try shelf([
            "mine": "name = \"mine\"\ninherits = \"mallow-dark\"\n[palette]\nmint = \"#00ffff\""
        ])
        #expect(shelf["mine"]?.style(.stateOK, .direct).foreground == RGB(0x00FFFF))
        let original = shelf["mallow-dark"]?.style(.stateActive, .direct)
        #expect(shelf["mine"]?.style(.stateActive, .direct) == original)
    }

    @Test func `a file that inherits its own name means the built-in theme`() throws {
        let shelf = try shelf([
            "paper": "name = \"paper\"\ninherits = \"paper\"\ntext = \"#000001\"",
            "child": "name = \"child\"\ninherits = \"paper\"",
        ])
        #expect(shelf.problems == [])
        let builtIn = try #require(ThemeShelf(userFolder: nil)["paper"])
        #expect(shelf["paper"]?.style(.text, .direct).foreground == RGB(0x000001))
        #expect(shelf["paper"]?.style(.stateOK, .direct) == builtIn.style(.stateOK, .direct))
        #expect(shelf["child"]?.style(.text, .direct).foreground == RGB(0x000001), "others inherit the operator's")
    }

    @Test func `themes that inherit each other are named`() throws {
        let shelf = try shelf([
            "a": "name = \"a\"\ninherits = \"b\"", "b": "name = \"b\"\n\ninherits = \"a\"",
            "self": "name = \"self\"\ninherits = \"self\"",
        ])
        #expect(shelf["a"] == nil && shelf["b"] == nil && shelf["self"] == nil)
        let loops = shelf.problems.filter { $0.problem.contains("inherit each other") }
        #expect(Set(loops.map(\.line)) == [2, 3])
        #expect(loops.contains { $0.problem.hasSuffix("a from b from a") })
    }

    // MARK: - Errors

    /// A file's text, and the line, the problem and the advice that are expected.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let text: String
        let line: Int?
        let problem: String
        let advice: String

        var testDescription: String { problem }

        init(_ text: String, _ line: Int?, _ problem: String, _ advice: String) {
            self.text = text
            self.line = line
            self.problem = problem
            self.advice = advice
        }
    }

    @Test(arguments: [
        Mistake(file("t", "\n\"state.fail\" = \"#ffffff\""), 4, "no role or key \"state.fail\"", "\"state.failed\""),
        Mistake(file("t", "wallpaper = \"x\""), 3, "no role or key \"wallpaper\"", "FORMAT.md"),
        Mistake(
            file("t", "text = \"moonlihgt\"\n[palette]\nmoonlight = \"#ffffff\""), 3, "not in the [palette]",
            "\"moonlight\""),
        Mistake(file("t", "text = \"red\""), 3, "\"red\" is not in the [palette]", "red = \"#rrggbb\""),
        Mistake(file("t", "text = \"#12345\""), 3, "\"#12345\" is not a colour", "six digits"),
        Mistake(file("t", "text = 7"), 3, "text is no colour", "#rrggbb"),
        Mistake(file("t", "# a comment\ntext = { fg = 7 }"), 4, "fg of text is no colour", "#rrggbb"),
        Mistake(file("t", "text = { colour = \"#ffffff\" }"), 3, "text has no \"colour\"", "fg, bg and attr"),
        Mistake(file("t", "text = { attr = [\"blinking\"] }"), 3, "no attribute \"blinking\"", "bold, dim, italic"),
        Mistake(file("t", "text = { attr = [\n1] }"), 3, "no attribute \"1\"", "bold, dim, italic"),
        Mistake(file("t", "text = { attr = \"bold\" }"), 3, "attr of text is no list", "[\"bold\"]"),
        Mistake(
            file("t", "state.failed = \"#ffffff\""), 3, "state.failed is written without quotes", "\"state.failed\""),
        Mistake(file("t", "[state]\nfailed = \"#ffffff\""), 4, "written without quotes", "\"state.failed\""),
        Mistake(file("t", "[palette]\n\nnight = \"black\""), 5, "night is not a colour", "night = \"#14171c\""),
        Mistake(
            file("t", "[palette]\n\"state.ok\" = { fg = \"#ffffff\" }"), 4, "is not a colour", "stand above [palette]"),
        Mistake(file("t", "palette = 3"), 3, "palette is not a table", "[palette]"),
        Mistake(file("t", "inherits = \"mallow-drak\""), 3, "no theme \"mallow-drak\"", "\"mallow-dark\""),
        Mistake(file("t", "inherits = 3"), 3, "inherits is not text", "inherits = \"...\""),
        Mistake(file("t", "", appearance: "dim"), 2, "\"dim\" is no appearance", "\"light\""),
        Mistake("name = \"t\"", nil, "appearance is missing", "appearance = \"dark\""),
        Mistake("appearance = \"dark\"", nil, "name is missing", "name = \"t\""),
        Mistake(file("original", ""), 1, "called \"original\" in t.theme.toml", "rename the file"),
        Mistake(file("t", "text = "), 3, "not TOML", "put the line right"),
        Mistake(file("t", "text = \"#ffffff\"\ntext = \"#000000\""), 4, "not TOML", "put the line right"),
    ])
    func `a mistake is named with its line and what to do`(_ mistake: Mistake) throws {
        let shelf = try shelf(["t": mistake.text])
        let problem = try #require(shelf.problems.first)
        #expect(shelf.problems.count == 1)
        #expect(problem.file.hasSuffix("/t.theme.toml"))
        #expect(problem.line == mistake.line)
        #expect(problem.problem.contains(mistake.problem))
        #expect(problem.advice.contains(mistake.advice))
        #expect(shelf["t"] == nil)
    }

    @Test func `a problem is one sentence with its place`() throws {
        let problem = try #require(try shelf(["t": file("t", "text = \"red\"")]).problems.first)
        #expect(
            problem.description
                == "\(problem.file), line 3: \"red\" is not in the [palette]; add red = \"#rrggbb\" to the [palette].")
    }

    @Test func `bad TOML is named with its column`() throws {
        let problem = try #require(try shelf(["t": file("t", "text = = 3")]).problems.first)
        #expect(problem.line == 3)
        #expect(problem.column == 8)
    }

    @Test func `all mistakes of a file are told at once, in their order`() throws {
        let text = file("t", "zebra = 1\n\"state.ok\" = 2\napple = 3")
        #expect(try shelf(["t": text]).problems.map(\.line) == [3, 4, 5])
    }

    @Test func `lines are counted with carriage returns too, and not inside of long strings`() throws {
        let windows = file("t", "# one\n\"state.ok\" = 7").replacing("\n", with: "\r\n")
        #expect(try shelf(["t": windows]).problems.map(\.line) == [4])
        let long = file("t", "about = \"\"\"\nline = 3\n\"\"\"\n\nline = 7")
        #expect(try shelf(["t": long]).problems.map(\.line) == [7])
    }
}
