// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Terminal

@Suite struct ClipboardSequenceTests {
    @Test func `text goes as base64, which holds no control`() {
        #expect(ClipboardSequence.bytes("hello\u{1B}", isInsideTmux: false) == Array("\u{1B}]52;c;aGVsbG8b\u{07}".utf8))
    }

    @Test func `tmux is asked, and asked to hand it on`() {
        let plain = "\u{1B}]52;c;YQ==\u{07}"
        let handedOn = "\u{1B}Ptmux;\u{1B}\u{1B}]52;c;YQ==\u{07}\u{1B}\\"
        #expect(ClipboardSequence.bytes("a", isInsideTmux: true) == Array((plain + handedOn).utf8))
    }
}
