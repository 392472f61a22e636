// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Testing

@Suite struct SJSONTests {
    private func parse(_ text: String) throws -> SJSON { try SJSON(parsing: Array(text.utf8)) }

    @Test func `an object with three arrays is read`() throws {
        let sjson = try parse(
            #"{ "text": ["a", null],  "start": [270, 2720.5], "# + "\n" + #""end": [2720, 1], "paragraphs": [0]}"#
        )
        #expect(sjson.starts == [270, 2720.5])
        #expect(sjson.ends == [2720, 1])
        #expect(sjson.texts == ["a", nil])
        #expect(sjson.unknownKeys == ["paragraphs"])
        #expect(sjson.inequality == nil)
        #expect(sjson.nullCount == 1)
        #expect(sjson.fractionCount == 1)
        #expect(sjson.invertedCount == 1)
    }

    @Test(arguments: [
        (#"[]"#, "it is no object"),
        (#""start""#, "it is no object"),
        (#"{"end": [], "text": []}"#, #"there is no array "start""#),
        (#"{"start": [], "text": []}"#, #"there is no array "end""#),
        (#"{"start": [], "end": []}"#, #"there is no array "text""#),
        (#"{"start": {}, "end": [], "text": []}"#, "start is no array"),
        (#"{"start": [], "end": null, "text": []}"#, "end is no array"),
        (#"{"start": [], "end": [], "text": "x"}"#, "text is no array"),
        (#"{"start": [1, 2, "3"], "end": [1, 2, 3], "text": ["", "", ""]}"#, "start[2] is no number"),
        (#"{"start": [1, true], "end": [1, 2], "text": ["", ""]}"#, "start[1] is no number"),
        (#"{"start": [1], "end": [null], "text": [""]}"#, "end[0] is no number"),
        (#"{"start": [1], "end": [2], "text": [3]}"#, "text[0] is neither a string nor null"),
        (#"{"start": [1], "end": [2], "text": [["x"]]}"#, "text[0] is neither a string nor null"),
        (#"{"start": [1], "end": [1e17], "text": [""]}"#, "end[0] is too large for a time"),
        (#"{"start": [1], "start": [2], "end": [1], "text": [""]}"#, "a key stands in it twice"),
        (#"{"start": [1,], "end": [1], "text": [""]}"#, "there is a comma before the bracket at byte 13"),
        (#"{"start": [1], "end": [1], "text": ["}"], }"#, "there is a comma before the bracket at byte 42"),
    ])
    func `the reason names the array and the index`(_ text: String, _ reason: String) {
        #expect(throws: CorruptTranscript("is no SJSON: \(reason)")) { try parse(text) }
    }

    @Test(arguments: [
        #"{"start": [1], "end": [1], "text": ["a"#, #"{"start": [01], "end": [1], "text": [""]}"#,
        #"{"start": [NaN], "end": [1], "text": [""]}"#, #"{"start": [1], "end": [1], "text": ["\ud800"]}"#,
        #"{"start": [1], "end": [1], "text": ["\x"]}"#, #"{"start": [1], "end": [1], "text": [""]} {}"#,
        #"{"start": [1], "end": [1], "text": [""], "more": [01]}"#, #"{'start': [1], 'end': [1], 'text': ['']}"#,
        "{\"start\": [1], \"end\": [1], \"text\": [\"\n\"]}",
        "{\"start\": [1], \"end\": [1], \"text\": [\"\"], \"more\": \"\n\"}",
        "{\"start\": [1], \"end\": [1], \"text\": [\"\0\"]}", "{\0}\0", "",
    ])
    func `what no browser takes is refused`(_ text: String) {
        #expect(throws: CorruptTranscript.self) { try parse(text) }
    }

    @Test(arguments: ["[", "{\"start\":["])
    func `deep nesting is refused and does no harm`(_ opening: String) {
        #expect(throws: CorruptTranscript.self) { try parse(String(repeating: opening, count: 200_000)) }
    }

    @Test func `many cues are read`() throws {
        let list = repeatElement("1", count: 100_000).joined(separator: ",")
        #expect(try parse("{\"start\":[\(list)],\"end\":[\(list)],\"text\":[]}").starts.count == 100_000)
    }

    @Test func `arrays of unequal lengths are told apart from unreadable ones`() throws {
        let sjson = try parse(#"{"start": [1, 2], "end": [1], "text": []}"#)
        #expect(sjson.inequality == "start has 2 entries, end 1, text 0")
        #expect(sjson.subRip.isEmpty)
    }

    @Test func `the canonical line has empty texts for null, whole times and three keys`() throws {
        let sjson = try parse(
            #"{"text":["\u00e9\ud83d\ude00\"\\\/\n\u007f", null],"more":1,"end":[2.9,-2.9],"start":[1.0,-0.5]}"#
        )
        let expected = #"{"start": [1, 0], "end": [2, -2], "text": ["\u00e9\ud83d\ude00\"\\/\n\u007f", ""]}"#
        #expect(String(decoding: sjson.canonical, as: UTF8.self) == expected)
    }

    @Test func `SubRip of an SJSON counts from 0 and is printed as the platform prints it`() throws {
        let sjson = try parse(
            #"{"start": [270, -1, 360000001.9], "end": [2720.9, 0, 3599999], "text": ["Let&#39;s\nbegin", null, ""]}"#
        )
        let expected = """
            0
            00:00:00,270 --> 00:00:02,720
            Let&#39;s
            begin

            1
            00:00:00,000 --> 00:00:00,000
            None

            2
            100:00:00,001 --> 00:59:59,999



            """
        #expect(String(decoding: sjson.subRip, as: UTF8.self) == expected)
    }

    @Test func `an empty transcript is an empty SubRip`() throws {
        #expect(try parse(#"{"start": [], "end": [], "text": []}"#).subRip.isEmpty)
    }
}
