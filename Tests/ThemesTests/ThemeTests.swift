// SPDX-License-Identifier: Apache-2.0
import Canvas
import Testing
import Themes

@Suite struct ThemeTests {
    @Test func `x`() {
        let s = ThemeShelf(userFolder: nil)
        print(s.problems)
        for t in s.themes { print(t.name); for f in ThemeLint.findings(in: t) { print("   ", f) } }
    }
}
