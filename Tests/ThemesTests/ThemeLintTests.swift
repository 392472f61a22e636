// SPDX-License-Identifier: Apache-2.0
import Canvas
import Testing
import Themes

@Suite struct ThemeLintTests {
    /// The dark default, changed.
    private func findings(_ changes: String, of base: String = "mallow-dark") throws -> [ThemeFinding] {
        try withThemes(["t": "name = \"t\"\ninherits = \"\(base)\"\n\(changes)"]) { folder in
            let shelf = ThemeShelf(userFolder: folder)
            #expect(shelf.problems == [])
            return ThemeLint.findings(in: try #require(shelf["t"]))
        }
    }

    @Test(arguments: ThemeShelf(userFolder: nil).themes)
    func `every built-in theme can be read by everybody`(_ theme: Theme) {
        #expect(ThemeLint.findings(in: theme) == [])
    }

    @Test(arguments: ["contrast-dark", "contrast-light"])
    func `the themes of high contrast have at least 7 to 1 on their surface`(_ name: String) throws {
        let theme = try #require(ThemeShelf(userFolder: nil)[name])
        for role: Role in [.text, .textDim, .textStrong, .textKey] + Role.states + [.envSafe, .envProd] {
            let style = theme.style(role, on: .surface, .direct)
            let (ink, plane) = (try #require(style.foreground), try #require(style.background))
            #expect(ink.contrast(with: plane) >= 7, "\(role)")
        }
    }

    @Test(
        arguments: [("clear-red-green", [.protanopia, .deuteranopia]), ("clear-blue-yellow", [.tritanopia])]
            as [(String, [Eyes])])
    func `the themes for some eyes are clearer to them than any other`(_ name: String, _ eyes: [Eyes]) throws {
        let shelf = ThemeShelf(userFolder: nil)
        func worst(_ theme: Theme) -> Double {
            let colours = (Role.states + [.text]).compactMap { theme.style($0, .direct).foreground }
            return eyes.flatMap { eyes in
                colours.indices.flatMap { one in
                    colours[(one + 1)...].map { eyes.seen(colours[one]).distance(to: eyes.seen($0)) }
                }
            }.min() ?? .infinity
        }
        let clear = worst(try #require(shelf[name]))
        #expect(clear >= 26.5)
        for other in shelf.themes where other.name != name && !other.isMono {
            #expect(worst(other) < clear, "\(other.name)")
        }
    }

    @Test(arguments: [
        ("#14171c", "dark", "#867e8b #6f8dff #69ffa9 #f8cb22 #c76334 #d8e9ff"),
        ("#fbfbf8", "light", "#7b538c #0525af #16845f #a56600 #760000 #1e1526"),
    ])
    func `sets of six that were searched for everybody's eyes are far enough apart`(
        _ surface: String,
        _ appearance: String,
        _ colours: String
    ) throws {
        let keys = Role.states.map { "\"\($0.rawValue)\"" } + ["text"]
        let lines = zip(keys, colours.split(separator: " ")).map { "\($0) = \"\($1)\"" }
        let text = file(
            "t", "surface = { bg = \"\(surface)\" }\n" + lines.joined(separator: "\n"), appearance: appearance)
        try withThemes(["t": text]) { folder in
            let findings = ThemeLint.findings(in: try #require(ThemeShelf(userFolder: folder)["t"]))
            let inks = Set(Role.states + [.text])
            #expect(findings.allSatisfy { !inks.isSuperset(of: $0.subjects.map(\.role)) })
            #expect(!findings.contains { $0.rule == .contrast && $0.subjects.map(\.role).contains(.surface) })
        }
    }

    @Test func `the usual red and green fail, with what was measured and the limit`() throws {
        let findings = try findings("\"state.ok\" = \"#00aa00\"\n\"state.failed\" = \"#cc0000\"")
        let finding = try #require(findings.first { $0.subjects.map(\.role) == [.stateOK, .stateFailed] })
        #expect(finding.rule == .apart)
        #expect(finding.eyes == .deuteranopia)
        #expect(finding.subjects.map(\.colour) == [RGB(0x00AA00), RGB(0xCC0000)])
        #expect(finding.limit == 20)
        let measured = try #require(finding.measured)
        #expect((10..<14).contains(measured))
        #expect(
            finding.description.hasPrefix("state.ok #00aa00 and state.failed #cc0000 look alike to eyes with deut"))
    }

    @Test func `text that is hard to read is found on each plane`() throws {
        let findings = try findings("\"text.dim\" = \"#55535f\"")
        #expect(findings.map(\.rule) == Array(repeating: .contrast, count: 4))
        #expect(Set(findings.map { $0.subjects[1].role }) == Set(Role.planes))
        #expect(findings.allSatisfy { $0.subjects[0].role == .textDim && $0.limit == 4.5 && ($0.measured ?? 9) < 4.5 })
    }

    @Test func `a band is measured on its own background, and against the other band`() throws {
        let dull = try findings("\"env.prod\" = { fg = \"#ff0000\", bg = \"#a3135f\" }")
        #expect(dull.map { $0.subjects.map(\.role) } == [[.envProd, .envProd]])
        let alike = try findings("\"env.prod\" = { fg = \"#06261a\", bg = \"#7fd8a0\" }")
        #expect(alike.map { $0.subjects.map(\.role) } == [[.envSafe, .envProd]])
        #expect(alike.map(\.rule) == [.apart])
    }

    @Test func `a bar that does not stand out is found`() throws {
        let findings = try findings("\"bar.fill\" = \"#55526a\"")
        #expect(findings.contains { $0.rule == .contrast && $0.subjects[0].role == .barFill && $0.limit == 3 })
        #expect(findings.contains { $0.rule == .apart && $0.subjects.map(\.role) == [.barFill, .barRest] })
    }

    @Test func `a cursor row that looks like the others is found`() throws {
        let findings = try findings("\"surface.selected\" = { bg = \"#16161d\" }")
        #expect(findings.map(\.rule) == [.apart, .indexed])
        #expect(findings.allSatisfy { $0.subjects.map(\.role) == [.surface, .surfaceSelected] })
        #expect(findings[0].limit == 5)
        #expect(findings[1].measured == 233)
    }

    @Test func `a light theme has a light surface, a dark one a dark`() throws {
        let dark = try findings("appearance = \"dark\"", of: "paper")
        #expect(dark.map(\.rule) == [.appearance])
        let light = try findings("appearance = \"light\"")
        #expect(light.map { $0.subjects.map(\.role) } == [[.surface]])
        #expect(light.first?.limit == 0.179)
    }

    @Test func `states that 256 colours cannot keep apart are found`() throws {
        let findings = try findings("\"state.ok\" = \"#7cf2b3\"\n\"state.active\" = \"#80f0b0\"")
        #expect(findings.contains { $0.rule == .indexed && $0.subjects.map(\.role) == [.stateActive, .stateOK] })
    }

    @Test func `text that only 256 colours make hard to read is found`() throws {
        // Dark enough by itself, but the nearest of the 256 is a middle blue.
        let findings = try findings("\"surface.selected\" = { bg = \"#2a2350\" }", of: "contrast-dark")
        #expect(!findings.isEmpty)
        #expect(findings.allSatisfy { $0.rule == .indexedContrast && $0.subjects[1].role == .surfaceSelected })
        #expect(findings.allSatisfy { $0.limit == 3 && ($0.measured ?? 3) < 3 })
    }

    @Test func `a role without colour is found, but a theme without any is well`() throws {
        let findings = try findings("\"text.dim\" = { attr = [\"dim\"] }\nsurface = {}")
        #expect(findings.filter { $0.rule == .missing }.map { $0.subjects[0].role } == [.surface, .textDim])
        #expect(ThemeLint.findings(in: .plain) == [])
    }
}
