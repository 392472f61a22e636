// SPDX-License-Identifier: Apache-2.0
@testable import Contentstore
import Foundation
import MigrationModel
import Testing

@Suite struct ArchiveTests {
    private let folder: ExportFolder

    init() throws {
        folder = try ExportFolder()
        try folder.writeCourse(
            "good",
            vertical: #"<video url_name="x"/>"#,
            files: ["video/x.xml": #"<video sub="abc"/>"#, "static/subs/abc.srt.sjson": "{}"]
        )
    }

    /// Runs the system's tar in the folder of exports.
    private func tar(_ arguments: String...) throws {
        let input = open("/dev/null", O_RDONLY)
        defer { close(input) }
        let arguments = ["tar", "--directory=\(folder.path)"] + arguments
        let outcome = try ChildProcess(arguments: arguments, input: input).run { _ in }
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private func archive(_ name: String) -> String { "--file=\(folder.path)/\(name)" }

    /// What is unpacked now.
    private func unpacked() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.temporary) }

    private func failure(_ limits: ExportLimits = ExportLimits()) async throws -> Failure {
        let source = folder.source(limits: limits)
        let failure = try #require(try await source.failure(of: "bad.tar.gz", key: ExportFolder.key("bad")))
        let good = CourseSummary(key: ExportFolder.key("good"), title: "Title of good")
        #expect(try await source.listings().contains(.course(good)))
        #expect(try unpacked() == [])
        return failure
    }

    @Test(arguments: ["course.abc.tar.gz", "a:b c.tgz", "-option.tar.gz"])
    func `an archive is read like its folder, and its unpacked files go with release`(name: String) async throws {
        try tar("--create", "--gzip", archive(name), "--transform=s,^good,course,", "good")
        try folder.remove("good")
        let key = ExportFolder.key("good")
        let source = folder.source()
        #expect(try await source.listings() == [.course(CourseSummary(key: key, title: "Title of good"))])
        #expect(try unpacked() == [])
        #expect(try await source.outline(of: key)["x"]?.published?.sub == "abc")
        let listing = try await source.assets(["subs_abc.srt.sjson"], of: key)
        let contents = try await source.content(of: Array(listing.assets.values), in: key)
        #expect(try contents["subs_abc.srt.sjson"]?.get() == Array("{}".utf8))
        let folders = try unpacked()
        #expect(folders.count == 1)
        var status = stat()
        #expect(stat("\(folder.temporary)/\(folders.first ?? "")", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        await source.release(key)
        await source.release(key)
        #expect(try unpacked() == [])
        #expect(try await source.outline(of: key).videos.count == 1)
    }

    @Test func `the path may be the archive itself, and its course may lie at its top`() async throws {
        try tar("--create", "--gzip", archive("one.tar.gz"), "--directory=good", ".")
        let source = folder.source("one.tar.gz")
        #expect(try await source.listings().count == 1)
        #expect(try await source.outline(of: ExportFolder.key("good")).videos.count == 1)
    }

    @Test func `unpacked files go with the source, even out of folders that nobody may write to`() async throws {
        try tar("--create", "--gzip", archive("one.tar.gz"), "--mode=a-w", "good")
        do {
            let source = folder.source("one.tar.gz")
            _ = try await source.outline(of: ExportFolder.key("good"))
            #expect(try unpacked().count == 1)
        }
        #expect(try unpacked() == [])
    }

    @Test func `what a dead engine left is swept, what a living one has stays`() async throws {
        var dead: pid_t = 0
        let input = open("/dev/null", O_RDONLY)
        let outcome = try ChildProcess(arguments: ["sh", "-c", "echo $$"], input: input).run { bytes in
            dead = pid_t(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber }) ?? 0
        }
        close(input)
        #expect(outcome.status == 0)
        #expect(dead > 0)
        let (old, new) = ("mallow-export-\(dead)-AbCdEf", "mallow-export-\(getppid())-AbCdEf")
        let locked = "mallow-export-\(dead)-GhIjKl"
        for name in [old, new, locked, "mallow-export-notes", "other"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.temporary)/\(name)/inner",
                withIntermediateDirectories: true
            )
        }
        try tar("--create", "--gzip", archive("one.tar.gz"), "good")
        let lock = open("\(folder.temporary)/\(locked)", O_RDONLY | O_DIRECTORY)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX) == 0)
        _ = try await folder.source("one.tar.gz").listings()
        #expect(try Set(unpacked()) == [new, locked, "mallow-export-notes", "other"])
    }

    @Test func `an archive that changed is unpacked anew`() async throws {
        try tar("--create", "--gzip", archive("one.tar.gz"), "good")
        let source = folder.source("one.tar.gz")
        let key = ExportFolder.key("good")
        #expect(try await source.outline(of: key)["x"]?.published?.sub == "abc")
        try folder.write("good/video/x.xml", #"<video sub="changed"/>"#)
        try tar("--create", "--gzip", archive("one.tar.gz"), "good")
        #expect(try await source.outline(of: key)["x"]?.published?.sub == "changed")
        #expect(try unpacked().count == 1)
    }

    // MARK: - Hostile

    @Test func `a member that leads out`() async throws {
        try folder.write("bad/../evil.xml", "<a/>")
        try tar("--create", "--gzip", archive("bad.tar.gz"), "--transform=s,^evil,good/../../evil,", "good", "evil.xml")
        let failure = try await failure()
        #expect(failure.class == .sourceCorrupt)
        #expect(failure.place == "bad.tar.gz")
        #expect(failure.cause.contains("good/../../evil.xml leads out"))
    }

    @Test func `an absolute member`() async throws {
        try tar("--create", "--gzip", "--absolute-names", archive("bad.tar.gz"), "\(folder.path)/good/course.xml")
        #expect(try await failure().cause.contains("absolute"))
    }

    @Test func `a link, a hard link and a pipe`() async throws {
        try folder.link("good/static/link", to: "/etc")
        try tar("--create", "--gzip", archive("bad.tar.gz"), "good")
        #expect(try await failure().cause.contains("good/static/link -> /etc is a link"))
        try folder.remove("good/static/link")
        #expect(Foundation.link("\(folder.path)/good/course.xml", "\(folder.path)/good/hard.xml") == 0)
        try tar("--create", "--gzip", archive("bad.tar.gz"), "good")
        #expect(try await failure().cause.contains("is a hard link"))
        try folder.remove("good/hard.xml")
        #expect(mkfifo("\(folder.path)/good/pipe", 0o600) == 0)
        try tar("--create", "--gzip", archive("bad.tar.gz"), "good")
        #expect(try await failure().cause.contains("good/pipe is a pipe"))
    }

    @Test func `too many bytes, however small they are packed`() async throws {
        try folder.write("good/static/zeros", "")
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder.path)/good/static/zeros"))
        try handle.truncate(atOffset: 64 * 1024 * 1024)
        try handle.close()
        try tar("--create", "--gzip", archive("bad.tar.gz"), "good")
        var limits = ExportLimits()
        limits.archiveBytes = 1024 * 1024
        let failure = try await failure(limits)
        #expect(failure.class == .sourceCorrupt)
        #expect(failure.cause.contains("over 1048576 bytes"))
    }

    @Test func `too many files`() async throws {
        for number in 0..<20 { try folder.write("good/static/\(number)", "") }
        try tar("--create", "--gzip", archive("bad.tar.gz"), "good")
        var limits = ExportLimits()
        limits.archiveMembers = 20
        #expect(try await failure(limits).cause.contains("over 20 files"))
    }

    @Test func `folders too deep`() async throws {
        try folder.write("good/\(String(repeating: "d/", count: 70))file", "")
        try tar("--create", "--gzip", archive("bad.tar.gz"), "good")
        #expect(try await failure().cause.contains("inside each other"))
    }

    @Test(arguments: [0, 1, 20, 300]) func `an archive that is cut off`(length: Int) async throws {
        try folder.write("good/static/noise", (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 >> 3) })
        try tar("--create", "--gzip", archive("bad.tar.gz"), "good")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/bad.tar.gz"))
        try folder.write("bad.tar.gz", Array(bytes.prefix(length)))
        let failure = try await failure()
        #expect(failure.class == .sourceCorrupt)
        #expect(failure.place == "bad.tar.gz")
    }

    @Test func `no archive, a folder and a pipe under an archive's name`() async throws {
        try folder.write("bad.tar.gz", "hello")
        #expect(try await failure().class == .sourceCorrupt)
        try folder.remove("bad.tar.gz")
        try folder.write("bad.tar.gz/x", "hello")
        #expect(try await failure().cause.contains("not a file"))
        try folder.remove("bad.tar.gz")
        #expect(mkfifo("\(folder.path)/bad.tar.gz", 0o600) == 0)
        #expect(try await failure().cause.contains("not a file"))
    }

    @Test func `an archive without a course`() async throws {
        try tar("--create", "--gzip", archive("bad.tar.gz"), "good/static")
        #expect(try await failure().cause.contains("no course.xml"))
    }

    @Test func `names of blanks and line ends are read as they are`() async throws {
        try folder.write("good/static/a b  c.srt", "1")
        try folder.write("good/static/a\nb.srt", "2")
        try folder.write("good/static/- -> x.srt", "3")
        try tar("--create", "--gzip", archive("one.tar.gz"), "good")
        let names: Set<AssetName> = ["a_b__c.srt", "a_b.srt", "-_-__x.srt"]
        let listing = try await folder.source("one.tar.gz").assets(names, of: ExportFolder.key("good"))
        #expect(Set(listing.assets.keys) == names)
    }
}
