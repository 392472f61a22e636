// SPDX-License-Identifier: Apache-2.0
import Canvas
import Testing

@Suite struct RGBTests {
    @Test(arguments: [("#14171c", 0x14171C), ("#FFFFFF", 0xFFFFFF)])
    func `a colour is read from its six digits`(_ text: String, _ value: UInt32) {
        #expect(RGB(hexadecimal: text)?.value == value)
    }

    @Test(arguments: ["14171c", "#14171", "#14171cc", "#+4171c", "#14171g", ""])
    func `anything else is none`(_ text: String) {
        #expect(RGB(hexadecimal: text) == nil)
    }

    @Test func `black on white has the greatest contrast`() {
        #expect(abs(RGB(0).contrast(with: RGB(0xFFFFFF)) - 21) < 0.001)
        #expect(RGB(0x777777).contrast(with: RGB(0x777777)) == 1)
        // A pair that WCAG's own examples give as just enough.
        #expect(abs(RGB(0x767676).contrast(with: RGB(0xFFFFFF)) - 4.54) < 0.01)
    }

    @Test func `distance is felt, not counted`() {
        #expect(RGB(0x123456).distance(to: RGB(0x123456)) == 0)
        #expect(abs(RGB(0).distance(to: RGB(0xFFFFFF)) - 100) < 0.1)
        // Red and green at their brightest, from their published places in CIELAB: (53.24, 80.09, 67.20), (87.73, -86.18, 83.18).
        #expect(abs(RGB(0xFF0000).distance(to: RGB(0x00FF00)) - 170.6) < 0.5)
    }

    @Test(arguments: [0x000000, 0xFFFFFF, 0x14171C, 0xC76334] as [UInt32])
    func `light and back is the same colour`(_ value: UInt32) {
        let light = RGB(value).linear
        #expect(RGB(linear: light.red, light.green, light.blue) == RGB(value))
    }
}
