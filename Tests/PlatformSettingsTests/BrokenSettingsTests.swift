// SPDX-License-Identifier: Apache-2.0
import Foundation
import PlatformSettings
import Settings
import Testing

@Suite struct BrokenSettingsTests {
    @Test func `the settings that are broken below are whole`() throws {
        let whole = try settings(Samples.short)
        #expect(whole.problems == [])
        #expect(whole.notes == [])
    }

    @Test(arguments: Broken.all)
    func `what is wrong is told with its place and what to write`(_ broken: Broken) throws {
        #expect(broken.text != Samples.short)
        let problems = try settings(broken.text).problems
        let problem = try #require(problems.first)
        #expect(problems.count == 1)
        #expect(problem.description.hasSuffix(broken.sentence), "\(problem)")
        #expect(problem.file.hasSuffix("/lms.yml"))
        #expect(!problem.description.contains("s3cret"))
    }

    @Test func `every mistake has a sentence of its own, also without its place`() {
        let sentences = Broken.all.map(\.sentence.withoutPlace)
        #expect(sentences.count >= 40)
        for sentence in sentences { #expect(sentences.count { $0 == sentence } == 1, "\(sentence)") }
    }

    @Test func `all mistakes of a file are told at once, in the order of its lines`() throws {
        let text = Samples.short.replacing("'3306'", with: "abc").replacing("db: edxapp", with: "db: 7")
            .replacing("replicaSet: rs0", with: "replicaSet: []").replacing(
                "DIRECTORY_PREFIX: ", with: "DIRECTORY_PREFIX: /"
            )
            .replacing("aws-s3cret", with: "{s3cret: s3cret}").replacing("edxapp001", with: "no")
        let problems = try settings(text).problems
        #expect(problems.map(\.line) == [3, 8, 15, 17, 21, 25])
    }

    @Test func `what is right can be used beside what is wrong`() throws {
        let broken = try settings(Samples.short.replacing("'3306'", with: "abc"))
        #expect(broken.mysql == nil && broken.catalog == nil)
        #expect(broken.mongo != nil && broken.store == "s3://acme-edx-storage")
    }

    @Test func `mistakes of both JSON files are told, file by file`() throws {
        let files = [
            "cms.env.json": Samples.envJSON.replacing("acme-old-boto", with: "A"),
            "cms.auth.json": Samples.authJSON.replacing("27018", with: "{}").replacing("3307", with: "true"),
        ]
        let problems = try withPlatform(files) { try PlatformSettings(at: $0, environment: [:]).problems }
        #expect(
            problems.map { "\(URL(fileURLWithPath: $0.file).lastPathComponent) \($0.line ?? 0)" }
                == ["cms.auth.json 5", "cms.auth.json 14", "cms.env.json 10"])
    }

    // MARK: - Whole files

    struct Unreadable: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let sentence: String
        var testDescription: String { sentence }

        init(_ text: String, _ sentence: String) { self.init(Array(text.utf8), sentence) }

        init(_ bytes: [UInt8], _ sentence: String) {
            self.bytes = bytes
            self.sentence = sentence
        }
    }

    @Test(arguments: [
        Unreadable("", "/lms.yml: the file is empty; give the file that is meant."),
        Unreadable("# nothing yet\n\n", "/lms.yml: the file is empty; give the file that is meant."),
        Unreadable("---\n...\n", "/lms.yml: the file is empty; give the file that is meant."),
        Unreadable([0x61, 0x3A, 0x20, 0xFF], "/lms.yml: the file is not UTF-8 text; save it as UTF-8."),
        Unreadable([0x61, 0x3A, 0x00, 0x0A], "/lms.yml: the file is not UTF-8 text; save it as UTF-8."),
        Unreadable(
            "\n- DATABASES\n",
            "/lms.yml, line 2: the file holds no keys with values; "
                + "give the file that the platform reads, which begins like DATABASES:."),
        Unreadable(
            "s3cret",
            "/lms.yml, line 1: the file holds no keys with values; "
                + "give the file that the platform reads, which begins like DATABASES:."),
        Unreadable(
            String(repeating: "#", count: 4 * 1024 * 1024 + 1),
            "/lms.yml: the file is longer than 4096 KiB; give the file that is meant."),
    ])
    func `a file that is none is told alone`(_ file: Unreadable) throws {
        let problems = try withPlatform(bytes: ["lms.yml": file.bytes]) {
            try PlatformSettings(at: "\($0)/lms.yml", environment: [:]).problems
        }
        #expect(problems.count == 1)
        #expect(problems.first?.description.hasSuffix(file.sentence) == true, "\(problems)")
    }
}

extension String {
    /// What follows `/lms.yml, line 3, column 5: `.
    fileprivate var withoutPlace: String {
        firstRange(of: ": ").map { String(self[$0.upperBound...]) } ?? self
    }
}
