// SPDX-License-Identifier: Apache-2.0
import Canvas
import Testing

@Suite struct CellTextTests {
    @Test(arguments: [
        ("plain", 5), ("żółć", 4), ("日本語", 6), ("e\u{301}", 1), ("한글", 4), ("ｈｉ", 4), ("नमस्ते", 4), ("שלום", 4), ("", 0),
    ])
    func `width is what a terminal takes`(_ text: String, _ width: Int) {
        #expect(CellText(text).width == width)
    }

    @Test(arguments: [
        ("a\u{1B}[31mb", "a[31mb"), ("a\u{7}\u{8}b", "ab"), ("a\u{202E}b\u{2066}c", "abc"), ("a\tb\nc\r\nd", "a b c d"),
        ("a\u{85}b\u{9B}31mc", "a b31mc"), ("\u{FEFF}a", "a"), ("a\u{2028}b", "a b"),
    ])
    func `nothing in a name can break a column or reach the terminal as an escape`(_ text: String, _ shown: String) {
        #expect(CellText(text).text == shown)
    }

    @Test(arguments: ["👨‍👩‍👧", "🇵🇱", "👍🏽", "⚠\u{FE0F}"])
    func `what terminals disagree about is one plain substitute`(_ text: String) {
        #expect(CellText(text).text == "?")
        #expect(CellText(text).width == 1)
    }

    @Test func `no more marks than a cell holds`() {
        let text = CellText("a" + String(repeating: "\u{301}\u{323}", count: 20))
        #expect(text.width == 1)
        #expect(text.clusters.allSatisfy { $0.text.unicodeScalars.count <= 5 })
    }

    @Test func `a mark without a letter is left out`() {
        #expect(CellText("\u{301}").width == 0)
    }

    @Test(arguments: [
        ("abcdef", 4, "abc…"), ("abc", 3, "abc"), ("日本語", 4, "日…"), ("日本語", 5, "日本…"), ("abc", 1, "…"), ("abc", 0, ""),
    ])
    func `cutting shows that something was cut`(_ text: String, _ width: Int, _ cut: String) {
        #expect(CellText(text).truncated(to: width).text == cut)
        #expect(CellText(text).truncated(to: width).width <= width)
    }
}
