// SPDX-License-Identifier: Apache-2.0
@testable import Contentstore
import Foundation
import MigrationModel
import Testing

/// An export that is broken or means harm, and what is to be said of it.
struct HostileExport: Sendable, CustomTestStringConvertible {
    let name: String
    /// Over a good course; what its vertical holds, and more files.
    var vertical = #"<video url_name="x"/>"#
    var files: [String: String] = [:]
    /// Where the failure must point.
    let place: String
    /// What its cause must hold.
    let cause: String

    var testDescription: String { name }

    static let all = [
        HostileExport(
            name: "a way out in a name",
            vertical: "\n<video url_name=\"../../good/video/x\"/>",
            place: "bad/vertical/v.xml:2",
            cause: "url_name"
        ),
        HostileExport(
            name: "a way out in a name with colons",
            vertical: #"<video url_name="..:..:x"/>"#,
            place: "bad/vertical/v.xml:1",
            cause: "no way inside"
        ),
        HostileExport(
            name: "an absolute name",
            vertical: "\n\n<video url_name=\"/etc/passwd\"/>",
            place: "bad/vertical/v.xml:3",
            cause: "url_name"
        ),
        HostileExport(
            name: "a plus in a name",
            vertical: #"<video url_name="a+type@html"/>"#,
            place: "bad/vertical/v.xml:1",
            cause: "the character + cannot stand"
        ),
        HostileExport(
            name: "a document type",
            files: ["video/x.xml": "\n<!-- -->\n<!DOCTYPE video SYSTEM \"file:///etc/passwd\"><video/>"],
            place: "bad/video/x.xml:3",
            cause: "document type"
        ),
        HostileExport(
            name: "entities that grow",
            files: [
                "video/x.xml": """
                <?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
                <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><video sub="&c;"/>
                """
            ],
            place: "bad/video/x.xml:1",
            cause: "document type"
        ),
        HostileExport(
            name: "a document type in course.xml",
            files: ["course.xml": "<!DOCTYPE a []><course/>"],
            place: "bad/course.xml:1",
            cause: "document type"
        ),
        HostileExport(
            name: "an undeclared entity",
            files: ["video/x.xml": "<video\nsub='&nbsp;'/>"],
            place: "bad/video/x.xml:2",
            cause: "entity"
        ),
        HostileExport(
            name: "an element that does not end",
            files: ["video/x.xml": "<video>\n<source>\n"],
            place: "bad/video/x.xml:2",
            cause: "ends too early"
        ),
        HostileExport(
            name: "a wrong end tag",
            files: ["vertical/v.xml": "<vertical>\n<video url_name='x'/>\n</sequential>"],
            place: "bad/vertical/v.xml:3",
            cause: "end tag"
        ),
        HostileExport(
            name: "nothing",
            files: ["video/x.xml": ""],
            place: "bad/video/x.xml:1",
            cause: "no element"
        ),
        HostileExport(
            name: "no XML",
            files: ["video/x.xml": "{}"],
            place: "bad/video/x.xml:1",
            cause: "no element"
        ),
        HostileExport(
            name: "a NUL byte",
            files: ["video/x.xml": "<video>\n\n\0</video>"],
            place: "bad/video/x.xml:3",
            cause: "NUL"
        ),
        HostileExport(
            name: "a NUL by reference",
            files: ["video/x.xml": "<video sub='&#0;'/>"],
            place: "bad/video/x.xml:1",
            cause: "character"
        ),
        HostileExport(
            name: "another encoding declared",
            files: ["video/x.xml": "<?xml version='1.0' encoding='ISO-8859-1'?><video/>"],
            place: "bad/video/x.xml:1",
            cause: "ISO-8859-1"
        ),
        HostileExport(
            name: "another root than the name says",
            files: ["video/x.xml": "<html/>"],
            place: "bad/video/x.xml:1",
            cause: "<html>"
        ),
        HostileExport(
            name: "over 8 MiB",
            files: ["video/x.xml": "<video/>" + String(repeating: " ", count: 8 * 1024 * 1024)],
            place: "bad/video/x.xml",
            cause: "is the most"
        ),
        HostileExport(
            name: "elements too deep",
            vertical: String(repeating: "<a>", count: 5000) + String(repeating: "</a>", count: 5000),
            place: "bad/vertical/v.xml:1",
            cause: "inside each other"
        ),
        HostileExport(
            name: "too many elements",
            vertical: String(repeating: "<a/>", count: 100_001),
            place: "bad/vertical/v.xml:1",
            cause: "elements"
        ),
        HostileExport(
            name: "a thousand blocks inside each other",
            vertical: #"<vertical url_name="w0"/>"#,
            files: Dictionary(
                uniqueKeysWithValues: (0..<1000).map { number in
                    ("vertical/w\(number).xml", #"<vertical><vertical url_name="w\#(number + 1)"/></vertical>"#)
                }
            ),
            place: "bad/vertical/w59.xml:1",
            cause: "inside each other"
        ),
        HostileExport(
            name: "a folder where a file should be",
            files: ["video/x.xml/inner.txt": ""],
            place: "bad/video/x.xml",
            cause: "a folder"
        ),
        HostileExport(
            name: "a file where a folder should be",
            files: ["video": ""],
            place: "bad/video/x.xml",
            cause: "errno"
        ),
        HostileExport(
            name: "a name longer than any file's",
            vertical: "<video url_name=\"\(String(repeating: "x", count: 5000))\"/>",
            files: ["video/y.xml": "<video/>"],
            place: "bad/video/" + String(repeating: "x", count: 5000) + ".xml",
            cause: "errno"
        ),
        HostileExport(
            name: "a broken draft",
            files: ["drafts/vertical/v.xml": "<vertical"],
            place: "bad/drafts/vertical/v.xml:1",
            cause: "XML error"
        ),
        HostileExport(
            name: "a pointer to nothing at the root",
            files: ["course.xml": #"<course url_name="S" org="O" course="bad"/>"#],
            place: "bad/course.xml:1",
            cause: "course/S.xml"
        ),
        HostileExport(
            name: "no organization",
            files: ["course.xml": "\n<course url_name='R' course='bad'/>"],
            place: "bad/course.xml:2",
            cause: "no org"
        ),
        HostileExport(
            name: "a blank in the organization",
            files: ["course.xml": "<course url_name='R' org='O O' course='bad'/>"],
            place: "bad/course.xml:1",
            cause: "cannot stand in a course key"
        ),
        HostileExport(
            name: "a run that leads out",
            files: ["course.xml": "<course url_name='../R' org='O' course='bad'/>"],
            place: "bad/course.xml:1",
            cause: "run"
        ),
    ]
}

@Suite struct HostileExportTests {
    private let folder: ExportFolder

    init() throws {
        folder = try ExportFolder()
        try folder.writeCourse("good", vertical: #"<video url_name="x"/>"#, files: ["video/x.xml": "<video/>"])
    }

    /// The failure of the export called `bad`; the good one beside it must be read all the same.
    private func failure(key: CourseKey = ExportFolder.key("bad")) async throws -> Failure {
        let source = folder.source()
        let failure = try await source.failure(of: "bad", key: key)
        let listings = try await source.listings()
        let good = CourseSummary(key: ExportFolder.key("good"), title: "Title of good")
        #expect(listings.contains(.course(good)))
        #expect(try await source.outline(of: good.key).videos.count == 1)
        return try #require(failure)
    }

    @Test(arguments: HostileExport.all) func `one clear failure, of one course`(hostile: HostileExport) async throws {
        try folder.writeCourse("bad", vertical: hostile.vertical)
        for (file, text) in hostile.files { try folder.write("bad/\(file)", text) }
        let run = hostile.files["course.xml"]?.contains(#"url_name="S""#) == true ? "S" : "R"
        let failure = try await failure(key: CourseKey(unchecked: "course-v1:O+bad+\(run)"))
        #expect(failure.class == .sourceCorrupt)
        #expect(failure.place == hostile.place)
        #expect(failure.cause.contains(hostile.cause))
        #expect(failure.description.contains(hostile.place))
    }

    @Test func `bytes that are not UTF-8`() async throws {
        try folder.writeCourse("bad", vertical: #"<video url_name="x"/>"#)
        try folder.write("bad/video/x.xml", Array("<video\nsub='".utf8) + [0xE9] + Array("'/>".utf8))
        let failure = try await failure()
        #expect(failure.class == .sourceCorrupt)
        #expect(failure.place == "bad/video/x.xml:2")
        #expect(failure.cause.contains("UTF-8"))
    }

    @Test(arguments: ["../good/video/x.xml", "/etc/passwd", "gone.xml", "x.xml"])
    func `a link that leads out, to nothing or to itself`(target: String) async throws {
        try folder.writeCourse("bad", vertical: #"<video url_name="x"/>"#)
        try folder.link("bad/video/x.xml", to: target.hasPrefix("../") ? "../\(target)" : target)
        let failure = try await failure()
        #expect(failure.class == .sourceCorrupt)
        #expect(failure.place == "bad/video/x.xml")
    }

    @Test func `a folder that is a link that leads out`() async throws {
        try folder.writeCourse("bad", vertical: #"<video url_name="x"/>"#)
        try folder.link("bad/video", to: "../good/video")
        let failure = try await failure()
        #expect(failure.class == .sourceCorrupt)
        #expect(failure.place == "bad/video/x.xml")
        #expect(failure.cause.contains("leads out"))
    }

    @Test func `links that stay inside are followed`() async throws {
        try folder.writeCourse(
            "A",
            vertical: #"<video url_name="x"/><video url_name="y"/>"#,
            files: ["real/x.xml": #"<video sub="x"/>"#, "real/z.xml": #"<video sub="y"/>"#]
        )
        try folder.link("A/video", to: "real")
        try folder.link("A/real/y.xml", to: "\(folder.path)/A/video/z.xml")
        let outline = try await folder.source().outline(of: ExportFolder.key("A"))
        #expect(outline["x"]?.published?.sub == "x")
        #expect(outline["y"]?.published?.sub == "y")
    }

    @Test(.timeLimit(.minutes(1))) func `a pipe is never waited for`() async throws {
        try folder.writeCourse("bad", vertical: #"<video url_name="x"/>"#, files: ["video/y.xml": "<video/>"])
        #expect(mkfifo("\(folder.path)/bad/video/x.xml", 0o600) == 0)
        let failure = try await failure()
        #expect(failure.class == .sourceCorrupt)
        #expect(failure.place == "bad/video/x.xml")
        #expect(failure.cause.contains("a pipe"))
    }

    @Test(.enabled(if: geteuid() != 0)) func `a file that may not be read`() async throws {
        try folder.writeCourse("bad", vertical: #"<video url_name="x"/>"#, files: ["video/x.xml": "<video/>"])
        #expect(chmod("\(folder.path)/bad/video/x.xml", 0) == 0)
        let failure = try await failure()
        #expect(failure.class == .sourceCorrupt)
        #expect(failure.place == "bad/video/x.xml")
        #expect(failure.advice.contains("readable"))
    }

    @Test func `a folder without a course and a library are listed as what they are`() async throws {
        try folder.write("bad/readme.txt", "hello")
        try folder.write("library/library.xml", "<library/>")
        let failure = try await failure()
        #expect(failure.place == "bad")
        #expect(failure.cause.contains("no course.xml"))
        let library = try await folder.source().failure(of: "library", key: ExportFolder.key("library"))
        #expect(library?.cause.contains("library") == true)
    }

    @Test(arguments: [
        (EIO, Failure.Class.transient), (EMFILE, .transient), (ESTALE, .transient), (EACCES, .sourceCorrupt),
        (ENOENT, .sourceCorrupt), (ELOOP, .sourceCorrupt),
    ])
    func `the class comes from the code`(code: Int32, expected: Failure.Class) {
        #expect(Failure.export("read file", at: "x", errno: code).class == expected)
    }
}
