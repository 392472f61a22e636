// SPDX-License-Identifier: Apache-2.0
import Canvas
import Testing

@testable import Terminal

@Suite struct InputDecoderTests {
    private func decode(_ text: String) -> [TerminalEvent] {
        var decoder = InputDecoder(escapeDelay: .milliseconds(25))
        return decoder.read(text.utf8)
    }

    private func decode(bytes: [UInt8]) -> [TerminalEvent] {
        var decoder = InputDecoder(escapeDelay: .milliseconds(25))
        return decoder.read(bytes)
    }

    // Keys.

    @Test(
        arguments: [
            ("q", .character("q")), (" ", .character(" ")), ("é", .character("é")), ("日", .character("日")),
            ("😀", .character("😀")), ("\u{03}", .control("c")), ("\u{1A}", .control("z")), ("\u{0C}", .control("l")),
            ("\u{00}", .control(" ")), ("\u{1C}", .control("\\")), ("\u{1F}", .control("_")), ("\r", .enter),
            ("\n", .enter), ("\t", .tab), ("\u{7F}", .backspace), ("\u{08}", .backspace),
        ] as [(String, Key)])
    func `a character is a key`(_ text: String, _ key: Key) {
        #expect(decode(text) == [.key(key)])
    }

    @Test(
        arguments: [
            ("[A", .up), ("OA", .up), ("[1;5A", .up), ("[a", .up), ("[B", .down), ("OB", .down), ("[C", .right),
            ("OC", .right), ("[D", .left), ("OD", .left), ("[H", .home), ("OH", .home), ("[1~", .home), ("[7~", .home),
            ("[F", .end), ("OF", .end), ("[4~", .end), ("[8~", .end), ("[2~", .insert), ("[3~", .delete),
            ("[3;5~", .delete), ("[5~", .pageUp), ("[6~", .pageDown), ("[Z", .backTab), ("OP", .function(1)),
            ("[11~", .function(1)), ("[[A", .function(1)), ("[1;2P", .function(1)), ("OS", .function(4)),
            ("[15~", .function(5)), ("[[E", .function(5)), ("[17~", .function(6)), ("[21~", .function(10)),
            ("[23~", .function(11)), ("[24~", .function(12)), ("[34~", .function(20)), ("OM", .enter),
            ("Oq", .character("1")), ("Ok", .character("+")),
        ] as [(String, Key)])
    func `a sequence is a key, in every form there is`(_ text: String, _ key: Key) {
        #expect(decode("\u{1B}" + text) == [.key(key)])
    }

    @Test(arguments: [
        "[99;99q", "[?1;2c", "[>0;276;0c", "[I", "[O", "[200;1q", "[99~", "[1;2;3A", "[?25q", "[ q", "[!p",
        "[27;5;113~x", "OX", "]0;quit\u{07}", "]52;c;cXF0\u{1B}\\", "P1$r0m\u{1B}\\", "_Gq\u{1B}\\", "[[q", "[<0;q",
        "[201~",
    ])
    func `an unknown sequence is nothing, and what follows it is itself`(_ text: String) {
        let keys = decode("\u{1B}" + text + "n")
        #expect(keys == (text.hasSuffix("x") ? [.key(.character("x"))] : []) + [.key(.character("n"))])
    }

    @Test func `a sequence that another one interrupts is nothing`() {
        #expect(decode("\u{1B}[1;\u{1B}[A") == [.key(.up)])
        #expect(decode("\u{1B}O\u{1B}[A") == [.key(.up)])
        #expect(decode("\u{1B}[1;\rq") == [.key(.enter), .key(.character("q"))])
    }

    @Test func `a sequence without end does not grow`() {
        #expect(decode("\u{1B}[" + String(repeating: "1", count: 100_000) + "~q") == [.key(.character("q"))])
        #expect(decode("\u{1B}[" + String(repeating: "9;", count: 100_000) + "Hq") == [.key(.character("q"))])
    }

    @Test(
        arguments: [
            [0xFF, 0x71], [0xC3, 0x71], [0x80, 0x71], [0xE2, 0x82, 0x71], [0xC2, 0x9B, 0x71], [0xC0, 0xB1, 0x71],
            [0xED, 0xA0, 0x80, 0x71], [0xF4, 0x90, 0x80, 0x80, 0x71],
        ] as [[UInt8]])
    func `bytes that are no character are nothing`(_ bytes: [UInt8]) {
        let keys = decode(bytes: bytes)
        // An overlong form breaks after its first byte, and what is left is no beginning.
        #expect(keys.last == .key(.character("q")))
        #expect(keys.count == 1)
    }

    @Test func `keys are the same however their bytes arrive`() {
        let text = "é\u{1B}[A\u{1B}OB日\u{1B}[200~q\rž\u{1B}[201~\u{1B}[<64;5;6Mq"
        var decoder = InputDecoder(escapeDelay: .milliseconds(25))
        #expect(text.utf8.flatMap { decoder.read([$0]) } == decode(text))
        #expect(decode(text).count == 7)
    }

    // Time.

    @Test func `an escape byte alone is a key after a while`() {
        var decoder = InputDecoder(escapeDelay: .milliseconds(25))
        #expect(decoder.patience == nil)
        #expect(decoder.read([0x1B]) == [])
        #expect(decoder.patience == .milliseconds(25))
        #expect(decoder.silence() == [.key(.escape)])
        #expect(decoder.patience == nil)
        #expect(decoder.silence() == [])
    }

    @Test func `Escape and the next key may come together`() {
        #expect(decode("\u{1B}q") == [.key(.escape), .key(.character("q"))])
        #expect(decode("\u{1B}\u{1B}[A") == [.key(.escape), .key(.up)])
    }

    @Test(arguments: ["\u{1B}[1;", "\u{1B}O", "\u{1B}]0;q", "\u{1B}[[", "\u{1B}[M "])
    func `what was begun and not ended is forgotten after a while`(_ text: String) {
        var decoder = InputDecoder(escapeDelay: .milliseconds(25))
        #expect(decoder.read(text.utf8) == [])
        #expect(decoder.patience == .milliseconds(250))
        #expect(decoder.silence() == [])
        #expect(decoder.read("q".utf8) == [.key(.character("q"))])
    }

    // Pastes.

    @Test func `a paste is text whatever is in it`() {
        let text = "q\u{03}\u{1B}[A\u{1B}[200~ řádek\r\nnext\rlast\u{1B}"
        let events = decode("\u{1B}[200~" + text + "\u{1B}[201~q")
        #expect(
            events == [.paste("q\u{03}\u{1B}[A\u{1B}[200~ řádek\nnext\nlast\u{1B}"), .key(.character("q"))])
    }

    @Test func `a paste whose end was lost does not take the keys away for ever`() {
        var decoder = InputDecoder(escapeDelay: .milliseconds(25))
        #expect(decoder.read("\u{1B}[200~text".utf8) == [])
        #expect(decoder.patience == .seconds(5))
        #expect(decoder.silence() == [.paste("text")])
        #expect(decoder.read("q".utf8) == [.key(.character("q"))])
    }

    @Test func `a paste is cut where nobody needs more`() {
        let text = String(repeating: "q", count: InputDecoder.longestPaste)
        #expect(decode("\u{1B}[200~" + text + "tail\u{1B}[201~n") == [.paste(text), .key(.character("n"))])
        #expect(
            decode("\u{1B}[200~" + text + String(repeating: "r", count: 5000) + "\u{1B}[201~n")
                == [.paste(text), .key(.character("n"))])
    }

    // The mouse.

    @Test(
        arguments: [
            ("[<0;1;1M", [.click(Point(0, 0))]), ("[<0;250;60M", [.click(Point(249, 59))]),
            ("[<4;3;4M", [.click(Point(2, 3))]), ("[<64;3;4M", [.wheel(-3, at: Point(2, 3))]),
            ("[<65;3;4M", [.wheel(3, at: Point(2, 3))]), ("[<0;3;4m", []), ("[<2;3;4M", []), ("[<32;3;4M", []),
            ("[<0;0;4M", []), ("[<0;3M", []), ("[M !!", [.click(Point(0, 0))]), ("[M#!!", []),
            ("[M`$%", [.wheel(-3, at: Point(3, 4))]),
        ] as [(String, [TerminalEvent])])
    func `presses and the wheel are told in both forms, all else is nothing`(_ text: String, _ events: [TerminalEvent])
    {
        #expect(decode("\u{1B}" + text + "n") == events + [.key(.character("n"))])
    }

    @Test func `the old form may have bytes that are no text`() {
        #expect(decode(bytes: [0x1B, 0x5B, 0x4D, 0x20, 0xF0, 0xFF]) == [.click(Point(207, 222))])
    }
}
