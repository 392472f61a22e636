// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Testing

@Suite struct SubRipTests {
    private static let times = "00:00:01,000 --> 00:00:02,500"

    @Test(arguments: SubRipCase.all)
    func `SubRip is what pysrt takes, and converts to the bytes that the platform writes`(_ example: SubRipCase) throws
    {
        guard let sjson = example.sjson else {
            #expect(throws: CorruptTranscript.self) { try SubRip(parsing: Array(example.text.utf8)) }
            return
        }
        let subRip = try SubRip(parsing: Array(example.text.utf8))
        #expect(String(decoding: subRip.sjson, as: UTF8.self).utf8.elementsEqual(sjson.utf8))
        let converted = try SJSON(parsing: subRip.sjson)
        #expect(converted.starts == subRip.cues.map { Double($0.start) })
        #expect(converted.ends == subRip.cues.map { Double($0.end) })
        #expect(converted.texts == subRip.cues.map { $0.lines.joined(separator: " ") })
        #expect(subRip.count == subRip.cues.count)
    }

    @Test func `a cue's lines come without the blanks at their ends`() throws {
        let subRip = try SubRip(
            parsing: Array("1\n\(Self.times)\n  one \t\ntwo\u{3000}\n\nthree\n\(Self.times)\n".utf8)
        )
        #expect(subRip.cues.map(\.lines) == [["  one", "two"], []])
        #expect(subRip.cues.map(\.start) == [1000, 1000])
        #expect(subRip.cues.map(\.end) == [2500, 2500])
    }

    @Test(arguments: [
        ("1\n\(times)\nHello\n\nBye\n", "is not SubRip at line 5: one line alone is no cue"),
        ("\n\nHello\nWorld\n", "is not SubRip at line 4: there is no --> between two times"),
        ("1\n\(times) -->\n", "is not SubRip at line 2: there is more than one -->"),
        ("00:01 --> 00:00:02,500\nHello\n", "is not SubRip at line 1: a time has 2 parts instead of 4"),
        ("1\r\n\r\n\(times)\r\n", "is not SubRip at line 1: one line alone is no cue"),
        ("1\n99999999999999999999:00:00,000 --> \nHello\n", "is not SubRip at line 2: a time is too large"),
        ("1\n9000000000000000:00:00,000 --> \nHello\n", "is not SubRip at line 2: a time is too large"),
    ])
    func `the reason names the line`(_ text: String, _ reason: String) {
        #expect(throws: CorruptTranscript(reason)) { try SubRip(parsing: Array(text.utf8)) }
    }

    @Test func `cues that end before they start are counted`() throws {
        let text = "0:0:2,0 --> 0:0:1,0\nA\n\n0:0:1,0 --> 0:0:1,0\nB\n\n0:0:9,0 --> 0:0:1,0\nC\n"
        #expect(try SubRip(parsing: Array(text.utf8)).invertedCount == 2)
    }

    @Test func `text that is cut off within a character is read without looking past its end`() {
        for tail: [UInt8] in [[0xC2], [0xE2], [0xE2, 0x80], [0xE3, 0x80], [0xF0, 0x9F]] {
            #expect(throws: CorruptTranscript.self) { try SubRip(parsing: tail) }
        }
    }
}
