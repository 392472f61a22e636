// SPDX-License-Identifier: Apache-2.0
@testable import Contentstore
import Foundation
import MigrationModel
import Testing

@Suite struct OLXSourceTests {
    private let folder: ExportFolder

    init() throws { folder = try ExportFolder() }

    // MARK: - Listing

    @Test func `the path may be one export`() async throws {
        try folder.writeCourse("A", vertical: "")
        let course = CourseSummary(key: ExportFolder.key("A"), title: "Title of A")
        #expect(try await folder.source("A").listings() == [.course(course)])
    }

    @Test func `courses come in order of their names' bytes, whatever else lies there`() async throws {
        for name in ["b", "a", "B", "~"] { try folder.writeCourse(name, vertical: "") }
        try folder.write("notes.txt", "")
        try folder.write(".hidden/course.xml", "<broken")
        try folder.link("c", to: "a")
        let names = try await folder.source().listings().map { listing in
            switch listing {
            case .course(let course): course.key.parts.course
            case .unreadable(let name, _): "unreadable \(name)"
            }
        }
        #expect(names == ["B", "a", "b", "unreadable c", "~"])
    }

    @Test func `an export may lie one folder further down`() async throws {
        try folder.writeCourse("A", vertical: #"<video url_name="x"/>"#, files: ["video/x.xml": "<vide"])
        try FileManager.default.createDirectory(atPath: "\(folder.path)/outer", withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: "\(folder.path)/A", toPath: "\(folder.path)/outer/course")
        let failure = try await folder.source().failure(of: "outer", key: ExportFolder.key("A"))
        #expect(failure?.place == "outer/course/video/x.xml:1")
    }

    @Test func `a course is delivered before the next folder is looked at`() async throws {
        for name in ["a", "b", "c"] { try folder.writeCourse(name, vertical: "") }
        var listings = folder.source().courses().makeAsyncIterator()
        let first = try await listings.next()
        #expect(first == .course(CourseSummary(key: ExportFolder.key("a"), title: "Title of a")))
        try folder.write("c/course/R.xml", #"<course display_name="Written later"/>"#)
        try folder.remove("b")
        let second = try await listings.next()
        #expect(second?.unreadable?.name == "b")
        let last = try await listings.next()
        #expect(last == .course(CourseSummary(key: ExportFolder.key("c"), title: "Written later")))
        #expect(try await listings.next() == nil)
    }

    @Test func `the second export of a course is unreadable, and the first is taken`() async throws {
        try folder.writeCourse("A", vertical: #"<video url_name="first"/>"#)
        try FileManager.default.copyItem(atPath: "\(folder.path)/A", toPath: "\(folder.path)/B")
        try folder.write("B/vertical/v.xml", #"<vertical><video url_name="second"/></vertical>"#)
        let source = folder.source()
        let listings = try await source.listings()
        #expect(listings.count == 2)
        let (name, failure) = try #require(listings.last?.unreadable)
        #expect(name == "B")
        #expect(failure.class == .sourceCorrupt)
        #expect(failure.cause.contains("so does A"))
        #expect(try await source.outline(of: ExportFolder.key("A")).videos.map(\.usageKey.block) == ["first"])
        let other = folder.source()
        #expect(try await other.outline(of: ExportFolder.key("A")).videos.map(\.usageKey.block) == ["first"])
    }

    @Test func `the title is the root's, else the policy's, else the course's`() async throws {
        try folder.writeCourse("A", vertical: "", files: ["course/R.xml": "<course/>"])
        try folder.writeCourse(
            "B",
            vertical: "",
            files: [
                "course/R.xml": "<course/>", "policies/R/policy.json": #"{"course/R": {"display_name": "Policy"}}"#,
            ]
        )
        try folder.writeCourse("C", vertical: "", files: ["course/R.xml": "<course/>", "policies/R/policy.json": "{"])
        let titles = try await folder.source().listings().map { listing in
            if case .course(let course) = listing { course.title } else { "" }
        }
        #expect(titles == ["A", "Policy", "C"])
    }

    @Test func `a path without anything ends the listing with a failure`() async throws {
        let failure = await #expect(throws: Failure.self) { try await folder.source("nowhere").listings() }
        #expect(failure?.class == .sourceCorrupt)
        #expect(failure?.place.hasSuffix("nowhere") == true)
    }

    // MARK: - Finding

    @Test func `a course that nobody listed is found`() async throws {
        for name in ["a", "b", "c"] { try folder.writeCourse(name, vertical: #"<video url_name="\#(name)"/>"#) }
        let source = folder.source()
        for name in ["c", "a", "b"] {
            #expect(try await source.outline(of: ExportFolder.key(name)).videos.map(\.usageKey.block) == [name])
        }
        let failure = await #expect(throws: Failure.self) { try await source.outline(of: ExportFolder.key("d")) }
        #expect(failure?.place == "course-v1:O+d+R")
        try folder.writeCourse("d", vertical: "")
        #expect(try await source.outline(of: ExportFolder.key("d")).videos == [])
    }

    @Test func `an export that became another course is not taken for the first`() async throws {
        try folder.writeCourse("a", vertical: "")
        let source = folder.source()
        _ = try await source.outline(of: ExportFolder.key("a"))
        try folder.write("a/course.xml", #"<course url_name="R" org="O" course="other"/>"#)
        let failure = await #expect(throws: Failure.self) { try await source.outline(of: ExportFolder.key("a")) }
        #expect(failure?.cause.contains("course-v1:O+other+R") == true)
        #expect(try await source.outline(of: ExportFolder.key("other")).videos == [])
    }

    // MARK: - Reading again

    @Test(arguments: [0, 2]) func `every outline is of what is there now`(settlingSeconds: Int) async throws {
        try folder.writeCourse(
            "A",
            vertical: #"<video url_name="x"/>"#,
            files: ["video/x.xml": #"<video sub="one"/>"#, "static/a.srt": "1"]
        )
        var limits = ExportLimits()
        limits.settlingSeconds = settlingSeconds
        let source = folder.source(limits: limits)
        let key = ExportFolder.key("A")
        #expect(try await source.outline(of: key)["x"]?.published?.sub == "one")
        try folder.write("A/video/x.xml", #"<video sub="another length"/>"#)
        #expect(try await source.outline(of: key)["x"]?.published?.sub == "another length")
        try folder.write("A/vertical/v.xml", #"<vertical><video url_name="x"/><video url_name="y"/></vertical>"#)
        try folder.write("A/video/y.xml", "<video/>")
        #expect(try await source.outline(of: key).videos.count == 2)
        try folder.remove("A/video/y.xml")
        #expect(try await source.outline(of: key)["y"]?.notes.count == 1)
        #expect(try await source.assets(["a.srt", "b.srt"], of: key).assets.count == 1)
        try folder.write("A/static/b.srt", "22")
        #expect(try await source.assets(["a.srt", "b.srt"], of: key).assets["b.srt"]?.length == 2)
    }

    @Test func `a file that did not change is parsed once, one that changed a moment ago each time`() throws {
        try folder.write("x.xml", "<video/>")
        var cache = BlockFileCache()
        var limits = ExportLimits()
        let safe = try SafeFolder(path: folder.path, name: "A")
        for _ in 0..<2 { _ = try cache.file("x.xml", in: safe, limits: limits) }
        #expect(cache.parses == 2)
        limits.settlingSeconds = 0
        for _ in 0..<3 { _ = try cache.file("x.xml", in: safe, limits: limits) }
        #expect(cache.parses == 3)
        try folder.write("x.xml", #"<video sub="a"/>"#)
        #expect(try cache.file("x.xml", in: safe, limits: limits)?.elements.first?.video?.fields.sub == "a")
        try folder.remove("x.xml")
        #expect(try cache.file("x.xml", in: safe, limits: limits) == nil)
    }

    @Test func `calls about many courses run beside each other`() async throws {
        let names = (0..<40).map { "c\($0)" }
        for name in names {
            let files = ["video/x.xml": #"<video sub="\#(name)"/>"#, "static/a.srt": name]
            try folder.writeCourse(name, vertical: #"<video url_name="x"/>"#, files: files)
        }
        let source = folder.source()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in names + names {
                group.addTask {
                    let key = ExportFolder.key(name)
                    #expect(try await source.outline(of: key)["x"]?.published?.sub == name)
                    let listing = try await source.assets(["a.srt"], of: key)
                    let contents = try await source.content(of: Array(listing.assets.values), in: key)
                    #expect(try contents["a.srt"]?.get() == Array(name.utf8))
                    await source.release(key)
                }
            }
            try await group.waitForAll()
        }
    }
}
