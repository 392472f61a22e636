// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Testing

@Suite struct TranscriptRecogniserTests {
    private static let srt = "1\n00:00:01,000 --> 00:00:02,500\nHello\nWorld\n\n"
    private static let sjson = "{\n  \"start\": [1], \n  \"end\": [2], \n  \"text\": [\"\u{E9}\"]\n}"

    private func recognise(_ text: String, _ policy: FormatPolicy = .keep) throws -> RecognisedTranscript {
        try TranscriptRecogniser(policy: policy).recognise(Array(text.utf8))
    }

    @Test func `keeping leaves the bytes as they are`() throws {
        let srt = try recognise(Self.srt)
        #expect(srt == RecognisedTranscript(format: .srt, bytes: Array(Self.srt.utf8), notes: []))
        let sjson = try recognise(Self.sjson)
        #expect(sjson == RecognisedTranscript(format: .sjson, bytes: Array(Self.sjson.utf8), notes: []))
    }

    @Test func `converting makes SJSON of SubRip and keeps SJSON byte for byte`() throws {
        let line = #"{"start": [1000], "end": [2500], "text": ["Hello World"]}"#
        #expect(try recognise(Self.srt, .sjson).bytes == Array(line.utf8))
        #expect(try recognise(Self.srt, .sjson).format == .sjson)
        #expect(try recognise(Self.sjson, .sjson).bytes == Array(Self.sjson.utf8))
    }

    @Test(arguments: FormatPolicy.allCases)
    func `one byte order mark is left off and noted`(_ policy: FormatPolicy) throws {
        for text in [Self.srt, Self.sjson] {
            let marked = try recognise("\u{FEFF}" + text, policy)
            #expect(try marked.bytes == recognise(text, policy).bytes)
            #expect(marked.notes == ["a byte order mark is left off"])
        }
        #expect(try recognise("\u{FEFF}\u{FEFF}\(Self.srt)").bytes == Array("\u{FEFF}\(Self.srt)".utf8))
    }

    @Test(arguments: ["", "\u{FEFF}", " \r\n\t", "\u{FEFF}\n\u{A0}\u{3000}\u{2028}\u{1F}"])
    func `nothing but blanks is no transcript`(_ text: String) {
        #expect(throws: CorruptTranscript("holds nothing but blanks")) { try recognise(text) }
    }

    @Test(
        arguments: [
            ([0xFF], 0), ([0x31, 0xE9, 0x31], 1), ([0xEF, 0xBB, 0xBF, 0x31, 0x80], 4), ([0x31, 0xED, 0xA0, 0x80], 1),
            ([0xC3, 0xA9, 0xE2, 0x82], 2), ([0xC0, 0x80], 0), ([0xFF, 0xFE, 0x31, 0x00], 0),
            ([0xF4, 0x90, 0x80, 0x80], 0),
        ] as [([UInt8], Int)]
    )
    func `bytes that are no UTF-8 are refused with the place`(_ bytes: [UInt8], _ offset: Int) {
        #expect(throws: CorruptTranscript("is not UTF-8 at byte \(offset)")) {
            try TranscriptRecogniser(policy: .keep).recognise(bytes)
        }
    }

    @Test func `too many bytes are refused unread`() {
        let bytes = [UInt8](repeating: 0xFF, count: longestTranscript + 1)
        #expect(throws: CorruptTranscript("is 67108865 bytes long; 67108864 is the most")) {
            try TranscriptRecogniser(policy: .keep).recognise(bytes)
        }
    }

    @Test func `more than the upload limit is noted`() throws {
        let cue = "00:00:01,000 --> 00:00:02,000\nHello\n\n"
        let text = String(repeating: cue, count: 3 * 1024 * 1024 / cue.utf8.count + 1)
        #expect(try recognise(text).notes == ["\(text.utf8.count) bytes are over the upload limit of 3 MiB"])
    }

    @Test func `a text of NUL bytes is SubRip if its cues are`() throws {
        #expect(try recognise("\0\n0:0:0,0 --> 0:0:1,0\n\0\n").format == .srt)
        #expect(throws: CorruptTranscript.self) { try recognise("\0\0\0") }
        #expect(throws: CorruptTranscript.self) { try recognise("{\0\"\0") }
    }

    @Test func `JSON is never taken for SubRip`() {
        let text = "[\"a\",\n\"0:0:0,0 --> 0:0:1,0\"]"
        #expect(throws: Never.self) { try SubRip(parsing: Array(text.utf8)) }
        #expect(throws: CorruptTranscript("is no SJSON: it is no object")) { try recognise(text) }
    }

    @Test func `a brace alone does not make JSON`() throws {
        #expect(try recognise("{\n0:0:0,0 --> 0:0:1,0\nHello\n").format == .srt)
        #expect(throws: CorruptTranscript.self) { try recognise("{\nHello\n") }
    }

    @Test func `arrays of unequal lengths are refused`() {
        let reason = "is no SJSON: start has 1 entries, end 2, text 1"
        #expect(throws: CorruptTranscript(reason)) { try recognise(#"{"start": [1], "end": [1, 2], "text": [""]}"#) }
    }

    @Test func `what the player shows although it is odd is taken with notes`() throws {
        let odd = #"{"start": [5, 1.5], "end": [1, 2], "text": [null, "a"], "b": 1, "a\u001b": 2, "d": 1, "c": 3}"#
        let notes = [
            "1 of 2 texts are null", "1 times are no whole milliseconds", "unknown keys: a\\u{1B}, b, c and 1 more",
            "1 of 2 cues end before they start",
        ]
        let kept = try recognise(odd)
        #expect(kept.bytes == Array(odd.utf8))
        #expect(kept.notes == notes)
        let converted = try recognise(odd, .sjson)
        let canonical = #"{"start": [5, 1], "end": [1, 2], "text": ["", "a"]}"#
        #expect(String(decoding: converted.bytes, as: UTF8.self) == canonical)
        #expect(converted.notes == notes)
    }

    @Test func `converting keeps unknown keys where nothing must be rewritten`() throws {
        let text = #"{"start": [1.0], "end": [2], "text": ["a"], "paragraphs": [0]}"#
        #expect(try recognise(text, .sjson).bytes == Array(text.utf8))
    }

    @Test func `no cues are noted`() throws {
        #expect(try recognise(#"{"start": [], "end": [], "text": []}"#).notes == ["there are no cues"])
    }

    @Test func `SubRip cues that end before they start are noted`() throws {
        #expect(try recognise("0:0:2,0 --> 0:0:1,0\nHello\n").notes == ["1 of 1 cues end before they start"])
    }
}
