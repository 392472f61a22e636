// SPDX-License-Identifier: Apache-2.0
import Canvas
import Testing
import Themes

@Suite struct ThemeTests {
    private func theme(_ roles: String) throws -> Theme {
        try withThemes(["t": file("t", roles)]) { folder in
            let shelf = ThemeShelf(userFolder: folder)
            #expect(shelf.problems == [])
            return try #require(shelf["t"])
        }
    }

    @Test func `a role that is left out looks like its family, then like text`() throws {
        let theme = try theme(
            """
            text = "#dddddd"
            state = "#888888"
            "state.failed" = "#cc0000"
            line = "#444444"
            """)
        #expect(theme.style(.stateFailed, .direct) == Style(RGB(0xCC0000)))
        #expect(theme.style(.stateOK, .direct) == Style(RGB(0x888888)))
        #expect(theme.style(.lineFocus, .direct) == Style(RGB(0x444444)))
        #expect(theme.style(.barFill, .direct) == Style(RGB(0xDDDDDD)))
        #expect(theme.style(.textKey, .direct) == Style(RGB(0xDDDDDD)))
    }

    @Test func `a plane that is left out is the surface, and that the terminal's own`() throws {
        #expect(try theme("surface = { bg = \"#111111\" }").style(.surfaceRaised, .direct).background == RGB(0x111111))
        #expect(try theme("text = \"#dddddd\"").style(.surfaceRaised, .direct) == .plain)
    }

    @Test func `undone looks like attention, held like idle in bold`() throws {
        let both = try theme(
            """
            "state.idle" = "#888888"
            "state.attention" = { fg = "#f5c542", attr = ["underline"] }
            """)
        #expect(both.style(.stateUndone, .direct) == Style(RGB(0xF5C542), on: nil, .underline))
        #expect(both.style(.stateHeld, .direct) == Style(RGB(0x888888), on: nil, .bold))
        let own = try theme("\"state.undone\" = \"#ff00ff\"\n\"state.attention\" = \"#f5c542\"")
        #expect(own.style(.stateUndone, .direct) == Style(RGB(0xFF00FF)))
    }

    @Test func `an ink lies on the plane unless it has a background of its own`() throws {
        let theme = try theme(
            """
            "surface.selected" = { bg = "#222222", attr = ["bold"] }
            text = { fg = "#dddddd", attr = ["italic"] }
            "env.prod" = { fg = "#ffffff", bg = "#aa0000" }
            """)
        let selected = theme.style(.text, on: .surfaceSelected, .direct)
        #expect(selected == Style(RGB(0xDDDDDD), on: RGB(0x222222), [.bold, .italic]))
        #expect(theme.style(.envProd, on: .surfaceSelected, .direct).background == RGB(0xAA0000))
    }

    @Test(arguments: ThemeShelf(userFolder: nil).themes)
    func `without colours there are none, and what stands side by side stays apart`(_ theme: Theme) {
        for role in Role.allCases {
            let style = theme.style(role, .mono)
            #expect(style.foreground == nil && style.background == nil)
            #expect(style.attributes == role.monoAttributes)
        }
        func attributes(_ roles: [Role]) -> Set<Style.Attributes> {
            Set(roles.map { theme.style($0, .mono).attributes })
        }
        #expect(attributes(Role.states).count == 5)
        #expect(attributes([.surface, .surfaceSelected, .surfaceMarked]).count == 3)
        #expect(attributes([.text, .textDim, .textStrong, .textKey]).count == 4)
        #expect(attributes([.line, .lineFocus]).count == 2)
        #expect(attributes([.barFill, .barRest, .barStall]).count == 3)
        #expect(attributes([.envSafe, .envProd, .text]).count == 3)
        #expect(attributes([.stateIdle, .stateHeld]).count == 2)
    }

    @Test func `the mono theme has on every terminal what all themes have without colours`() throws {
        let mono = try #require(ThemeShelf(userFolder: nil)["mono"])
        #expect(mono.isMono)
        for role in Role.allCases { #expect(mono.style(role, .direct) == Theme.plain.style(role, .mono)) }
    }

    @Test func `a theme of the operator's without colours keeps its own attributes`() throws {
        let theme = try theme("\"state.ok\" = { attr = [\"italic\"] }")
        #expect(theme.style(.stateOK, .mono).attributes == .italic)
    }
}
