// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Testing

@Suite struct CourseKeyTests {
    @Test(arguments: [
        ("course-v1:AcmeX+Bio1+2018_T1", KeyGeneration.plus, ["AcmeX", "Bio1", "2018_T1"]),
        ("AcmeX/Bio1/2018_T1", .slashes, ["AcmeX", "Bio1", "2018_T1"]),
        ("course-v1:\u{DC}+B-~.:+C_1", .plus, ["\u{DC}", "B-~.:", "C_1"]),
        ("A:1/B/C", .slashes, ["A:1", "B", "C"]),
    ])
    func `keys of both generations are read and keep their text`(
        _ text: String,
        _ generation: KeyGeneration,
        _ parts: [String]
    ) throws {
        let key = try CourseKey(text)
        #expect(key.text == text)
        #expect(key.generation == generation)
        #expect([key.parts.organization, key.parts.course, key.parts.run] == parts)
    }

    @Test(arguments: [
        ("course-v1:A+B", "it has 2 parts; a course key is course-v1:Org+Course+Run or Org/Course/Run"),
        ("A/B/C/D", "it has 4 parts; a course key is course-v1:Org+Course+Run or Org/Course/Run"),
        ("", "it has 1 parts; a course key is course-v1:Org+Course+Run or Org/Course/Run"),
        ("course-v1:A+B+", "one of its three parts is empty"),
        ("A//C", "one of its three parts is empty"),
        ("course-v1:A +B+C", "the character   cannot stand in a course key"),
        ("course-v1:A+B+C\n", "the character \\n cannot stand in a course key"),
        ("course-v1:A/B+C+D", "the character / cannot stand in a course key"),
        ("A+B/C/D", "the character + cannot stand in a course key"),
        ("course-v1:e\u{301}+B+C", "the character \\u{0301} cannot stand in a course key"),
        ("library-v1:A+L", "library-v1 keys are not course keys; courses are course-v1:Org+Course+Run"),
        ("ccx-v1:A+B+C+ccx@1", "ccx-v1 keys are not course keys; courses are course-v1:Org+Course+Run"),
    ])
    func `a key that is none is refused with the rule it breaks`(_ text: String, _ reason: String) {
        let error = #expect(throws: InvalidKey.self) { try CourseKey(text) }
        #expect(error?.description == "\"\(text)\" is not a key: \(reason)")
    }

    @Test func `an export's three names make a key`() throws {
        #expect(try CourseKey(organization: "AcmeX", course: "Bio1", run: "R").text == "course-v1:AcmeX+Bio1+R")
        #expect(throws: InvalidKey.self) { try CourseKey(organization: "AcmeX", course: "", run: "R") }
        #expect(throws: InvalidKey.self) { try CourseKey(organization: "A+B", course: "C", run: "R") }
    }
}

@Suite struct UsageKeyTests {
    @Test(arguments: [
        ("course-v1:AcmeX+Bio1+R", "block-v1:AcmeX+Bio1+R+type@video+block@9f3c"),
        ("AcmeX/Bio1/R", "i4x://AcmeX/Bio1/video/9f3c"),
    ])
    func `a block's key is made in its course's generation and read back`(_ course: String, _ text: String) throws {
        let made = UsageKey(course: try CourseKey(course), type: "video", block: "9f3c")
        #expect(made.text == text)
        let read = try UsageKey(text)
        #expect(read == made)
        #expect(read.type == "video")
        #expect(read.block == "9f3c")
    }

    @Test(arguments: [
        "i4x://A/B/video", "i4x://A/B/video/I/D", "i4x://A//video/ID", "block-v1:A+B+C+type@video+block@",
        "block-v1:A+B+C+type@+block@x", "block-v1:A+B+type@video+block@x", "block-v1:A+B+C+video+x", "course-v1:A+B+C",
        "asset-v1:A+B+C+type@asset+block@x", "",
    ])
    func `what is no block's key is refused`(_ text: String) {
        #expect(throws: InvalidKey.self) { try UsageKey(text) }
    }
}

@Suite struct AssetKeyTests {
    @Test(arguments: [
        ("course-v1:AcmeX+Bio1+R", "asset-v1:AcmeX+Bio1+R+type@asset+block@\u{E9}%20-.srt"),
        ("AcmeX/Bio1/R", "/c4x/AcmeX/Bio1/asset/\u{E9}%20-.srt"),
    ])
    func `an asset's key is made in its course's generation and read back`(_ course: String, _ text: String) throws {
        let made = AssetKey(course: try CourseKey(course), name: "\u{E9}%20-.srt")
        #expect(made.text == text)
        let read = try AssetKey(text)
        #expect(read == made)
        #expect(read.name == "\u{E9}%20-.srt")
    }

    @Test func `a name that begins with a combining mark is read back whole`() {
        let course = CourseKey(unchecked: "course-v1:Org+Course+Run")
        let name = AssetName(unchecked: "\u{301}x.srt")
        #expect(AssetKey(course: course, name: name).name == name)
    }

    @Test func `the oldest form is read and rewritten`() throws {
        let key = try AssetKey("c4x://AcmeX/Bio1/asset/x.srt")
        #expect(key.text == "/c4x/AcmeX/Bio1/asset/x.srt")
        #expect(key.name == "x.srt")
    }

    @Test(arguments: [
        "/c4x/A/B/asset/x/y", "/c4x/A/B/thumbnail/x", "/c4x/A/B/asset/", "c4x/A/B/asset/x", "c4x://A/B/asset",
        "asset-v1:A+B+C+type@asset+block@", "asset-v1:A+B+C+type@asset+block@x+y", "asset-v1:A+B+type@asset+block@x",
        "asset-v1:A+B+C+type@thumbnail+block@x", "",
    ])
    func `what is no asset's key is refused`(_ text: String) {
        #expect(throws: InvalidKey.self) { try AssetKey(text) }
    }

    @Test func `names that only bytes tell apart make keys that only bytes tell apart`() throws {
        let course = try CourseKey("course-v1:A+B+C")
        let keys = ["\u{E9}.srt", "e\u{301}.srt"].map { AssetKey(course: course, name: AssetName(unchecked: $0)) }
        #expect(keys[0] != keys[1])
        #expect(keys[0].name != keys[1].name)
    }
}
