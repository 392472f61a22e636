// SPDX-License-Identifier: Apache-2.0
import Canvas
import Testing

@Suite struct GridTests {
    @Test func `drawing outside of the grid draws nothing`() {
        var grid = Grid(Size(4, 2))
        grid.draw("above", at: Point(0, -1), .plain)
        grid.draw("below", at: Point(0, 2), .plain)
        grid.draw("abcdef", at: Point(2, 0), .plain)
        grid.draw("xyz", at: Point(-2, 1), .plain)
        grid.fill(Rect(-5, -5, 3, 3), Style(RGB(0xFFFFFF)))
        #expect(grid.text == "  ab\nz")
    }

    @Test func `a wide character that does not fit whole is left out`() {
        var grid = Grid(Size(4, 1))
        #expect(grid.draw("日本語", at: Point(1, 0), .plain) == 3)
        #expect(grid.text == " 日")
    }

    @Test(arguments: [(0, "x 本"), (1, " x本"), (2, "日x"), (3, "日 x")])
    func `half of a wide character that loses its other half is a blank`(_ x: Int, _ text: String) {
        var grid = Grid(Size(5, 1))
        grid.draw("日本", at: Point(0, 0), .plain)
        grid.draw("x", at: Point(x, 0), .plain)
        #expect(grid.text == text)
    }

    @Test func `a tint keeps the ink`() {
        var grid = Grid(Size(2, 1))
        grid.draw("a", at: Point(0, 0), Style(RGB(0x112233)))
        grid.tint(grid.bounds, Style(on: RGB(0x445566), .bold))
        #expect(grid[0, 0] == Cell("a", Style(RGB(0x112233), on: RGB(0x445566), .bold)))
    }

    @Test func `nothing is as small as one likes`() {
        var grid = Grid(Size(-3, 0))
        grid.draw("x", at: Point(0, 0), .plain)
        #expect(grid.text.isEmpty)
        #expect(Rect(0, 0, 5, 5).inset(3, 3).isEmpty)
    }
}
