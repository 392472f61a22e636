// SPDX-License-Identifier: Apache-2.0
import Canvas
import Testing

@Suite struct BarTests {
    @Test(arguments: [
        (0.0, "", "··········"), (1.0, "██████████", ""), (0.5, "█████", "·····"), (0.55, "█████▌", "····"),
        (0.0001, "▏", "·········"), (0.9999, "█████████▉", ""), (-1, "", "··········"), (7, "██████████", ""),
        (.nan, "", "··········"),
    ])
    func `a bar moves by eighths, and is full only when it is`(_ fraction: Double, _ filled: String, _ rest: String) {
        let bar = Bar(fraction, width: 10, .unicode)
        #expect(bar.filled == filled)
        #expect(bar.rest == rest)
    }

    @Test(arguments: [Capabilities.Characters.unicode, .narrow, .ascii], 0...20)
    func `a bar is as wide as asked`(_ characters: Capabilities.Characters, _ width: Int) {
        for step in 0...40 {
            let bar = Bar(Double(step) / 40, width: width, characters)
            #expect(CellText(bar.filled + bar.rest).width == width)
        }
    }

    @Test func `a trend's greatest value is full`() {
        #expect(Bar.trend([0, 1, 2, 4], .unicode) == "▁▃▅█")
        #expect(Bar.trend([0, 0], .unicode) == "▁▁")
        #expect(Bar.trend([], .ascii).isEmpty)
    }
}
