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

    static let lineEnds = [
        "\n", "\r", "\r\n", "\u{B}", "\u{C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}", "\u{2029}",
    ]

    @Test(arguments: lineEnds)
    func `a line ends where its end stands, whatever is before and behind it`(_ end: String) throws {
        for letter in ["a", "~", " ", "\u{1F}", "\u{7F}", "\u{E9}", "\u{2027}", "\u{4E2D}"] {
            for (before, behind) in (0...17).flatMap({ before in (0...9).map { (before, $0) } }) {
                let line = String(repeating: letter, count: before)
                let text = "\(Self.times)\nx\(line)x\(end)x\(String(repeating: letter, count: behind))x"
                let cue = try #require(try SubRip(parsing: Array(text.utf8)).cues.first)
                #expect(
                    cue.lines == ["x\(line)x", "x\(String(repeating: letter, count: behind))x"],
                    "\(before) and \(behind) of \(letter.debugDescription)")
            }
        }
    }

    @Test(arguments: [
        ("12:34:56,789", 45_296_789), ("12.34,56:789", 45_296_789), ("99:99:99,999", 362_439_999),
        ("0000:34:5,78", 2_045_078), ("1x:34:56,789", 5_696_789), ("12:x4:56,789", 43_256_789),
        ("12:34:5/,789", 45_245_789), ("12:34:56,78;", 45_296_078), ("+1:34:56,789", 5_696_789),
        ("1_2:3:56,789", 43_436_789), ("-1:00:00,000", -3_600_000),
    ])
    func `a time of twelve characters is what its parts say`(_ time: String, _ milliseconds: Int) throws {
        let subRip = try SubRip(parsing: Array("\(time) --> 00:00:00,000\nHello".utf8))
        #expect(subRip.cues.map(\.start) == [milliseconds])
    }

    @Test func `text that is cut off within a character is read without looking past its end`() {
        for tail: [UInt8] in [[0xC2], [0xE2], [0xE2, 0x80], [0xE3, 0x80], [0xF0, 0x9F]] {
            #expect(throws: CorruptTranscript.self) { try SubRip(parsing: tail) }
        }
    }
}
