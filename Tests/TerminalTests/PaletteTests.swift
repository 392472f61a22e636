// SPDX-License-Identifier: Apache-2.0
import Canvas
import Testing

@testable import Terminal

@Suite struct PaletteTests {
    @Test func `no colour is the terminal's own`() {
        for colours in Capabilities.Colours.allCases {
            var palette = Palette(colours)
            #expect(palette.pair(.plain) == Palette.Pair(foreground: -1, background: -1))
        }
    }

    @Test func `without colours every style has the terminal's own`() {
        var palette = Palette(.mono)
        #expect(palette.pair(Style(RGB(0xFF0000), on: RGB(0))) == Palette.Pair(foreground: -1, background: -1))
    }

    @Test(arguments: [(0x11AA33, 0x11AA33), (0, 8), (7, 8), (8, 8), (0xFFFFFF, 0xFFFFFF)] as [(UInt32, Int32)])
    func `a direct colour is its value, but never the number of a named one`(_ value: UInt32, _ number: Int32) {
        var palette = Palette(.direct)
        #expect(palette.pair(Style(RGB(value))).foreground == number)
    }

    // The published table of 256, and neighbours by hand.
    @Test(
        arguments: [
            (0x000000, 16), (0xFFFFFF, 231), (0x5F87AF, 67), (0x5E88AE, 67), (0x080808, 232), (0xEEEEEE, 255),
        ] as [(UInt32, Int32)])
    func `of 256 the nearest is taken, and none that people change`(_ value: UInt32, _ number: Int32) {
        var palette = Palette(.indexed)
        #expect(palette.pair(Style(RGB(value))).foreground == number)
    }

    @Test func `nearness is felt`() {
        // Rounded to the cube's steps it would be 35, (0, 175, 95).
        var palette = Palette(.indexed)
        #expect(palette.pair(Style(RGB(0x11AA33))).foreground == 28)
    }

    @Test(arguments: [(0xFE0101, 9), (0xC80505, 1), (0x000000, 0), (0xFFFFFF, 15)] as [(UInt32, Int32)])
    func `of sixteen the nearest is taken`(_ value: UInt32, _ number: Int32) {
        var palette = Palette(.sixteen)
        #expect(palette.pair(Style(RGB(value))).foreground == number)
    }

    @Test func `with eight colours a bright one is bold`() {
        var palette = Palette(.eight)
        #expect(
            palette.pair(Style(RGB(0xFF0000), on: RGB(0xFFFF00)))
                == Palette.Pair(foreground: 1, background: 3, isBold: true))
        #expect(
            palette.pair(Style(RGB(0xCD0000), on: RGB(0)))
                == Palette.Pair(foreground: 1, background: 0, isBold: false))
    }

    @Test(arguments: [Capabilities.Colours.eight, .sixteen, .indexed])
    func `text that differs from what it stands on can be read`(_ colours: Capabilities.Colours) {
        var palette = Palette(colours)
        for value: UInt32 in [0x000000, 0x14171C, 0x7F7F7F, 0xFBFBF8, 0x1111EE] {
            let pair = palette.pair(Style(RGB(value ^ 1), on: RGB(value)))
            #expect(pair.foreground != pair.background, "\(RGB(value))")
        }
    }

    @Test func `text of the colour it stands on stays hidden`() {
        var palette = Palette(.indexed)
        let pair = palette.pair(Style(RGB(0x14171C), on: RGB(0x14171C)))
        #expect(pair.foreground == pair.background)
    }
}
