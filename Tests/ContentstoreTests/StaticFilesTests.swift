// SPDX-License-Identifier: Apache-2.0
import Contentstore
import Foundation
import MigrationModel
import Testing

@Suite struct StaticFilesTests {
    private let folder: ExportFolder
    private let key = ExportFolder.key("A")

    init() throws {
        folder = try ExportFolder()
        try folder.writeCourse("A", vertical: "")
    }

    @Test func `folders and odd characters become underscores`() async throws {
        for name in ["subs/abc.srt.sjson", "my file (1).srt", "a/b/c.srt", "Über.srt"] {
            try folder.write("A/static/\(name)", name)
        }
        let names: Set<AssetName> = ["subs_abc.srt.sjson", "my_file__1_.srt", "a_b_c.srt", "Über.srt"]
        let source = folder.source()
        let listing = try await source.assets(names, of: key)
        #expect(Set(listing.assets.keys) == names)
        #expect(listing.notes == [:])
        let contents = try await source.content(of: Array(listing.assets.values), in: key)
        #expect(try contents["a_b_c.srt"]?.get() == Array("a/b/c.srt".utf8))
    }

    @Test func `only names that were asked for come back`() async throws {
        try folder.write("A/static/a.srt", "a")
        try folder.write("A/static/b.srt", "bb")
        let listing = try await folder.source().assets(["b.srt", "c.srt"], of: key)
        #expect(listing.assets == ["b.srt": Asset(name: "b.srt", length: 2)])
    }

    @Test func `of files with one name the first in order of paths is taken, with a note`() async throws {
        try folder.write("A/static/a_b.srt", "second")
        try folder.write("A/static/a/b.srt", "first")
        try folder.write("A/static/a~b.srt", "third")
        let source = folder.source()
        let listing = try await source.assets(["a_b.srt"], of: key)
        let asset = try #require(listing.assets["a_b.srt"])
        #expect(asset.length == "first".utf8.count)
        let note = try #require(listing.notes["a_b.srt"])
        #expect(note.contains("static/a/b.srt was taken"))
        #expect(note.contains("static/a_b.srt"))
        #expect(try await source.content(of: [asset], in: key)["a_b.srt"]?.get() == Array("first".utf8))
    }

    @Test func `composed and decomposed letters are two names`() async throws {
        try folder.write("A/static/e\u{301}.srt", "decomposed")
        // Name cleaning has replaced the mark; the composed letter is another asset, which is not there.
        let listing = try await folder.source().assets(["e_.srt", "\u{E9}.srt"], of: key)
        #expect(Set(listing.assets.keys) == ["e_.srt"])
    }

    @Test func `a course without a static folder has no assets`() async throws {
        #expect(try await folder.source().assets(["a.srt"], of: key) == AssetListing(assets: [:]))
    }

    @Test func `a file too long for a transcript costs only itself`() async throws {
        try folder.write("A/static/a.srt", "a")
        try folder.write("A/static/long.srt", "")
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder.path)/A/static/long.srt"))
        try handle.truncate(atOffset: UInt64(longestTranscript) + 1)
        try handle.close()
        let source = folder.source()
        let listing = try await source.assets(["a.srt", "long.srt"], of: key)
        #expect(listing.assets["long.srt"]?.length == longestTranscript + 1)
        let contents = try await source.content(of: Array(listing.assets.values), in: key)
        #expect(try contents["a.srt"]?.get() == [UInt8(ascii: "a")])
        let failure = #expect(throws: Failure.self) { try contents["long.srt"]?.get() }
        #expect(failure?.class == .sourceCorrupt)
        #expect(failure?.place == "A/static/long.srt")
    }

    @Test func `a file that went away after it was listed costs only itself`() async throws {
        try folder.write("A/static/a.srt", "a")
        try folder.write("A/static/b.srt", "b")
        let source = folder.source()
        let listing = try await source.assets(["a.srt", "b.srt"], of: key)
        try folder.remove("A/static/b.srt")
        let contents = try await source.content(of: Array(listing.assets.values), in: key)
        #expect(try contents["a.srt"]?.get() == [UInt8(ascii: "a")])
        let failure = #expect(throws: Failure.self) { try contents["b.srt"]?.get() }
        #expect(failure?.class == .sourceCorrupt)
        #expect(failure?.place == "A/static/b.srt")
        #expect(try await source.assets(["a.srt", "b.srt"], of: key).assets.count == 1)
    }

    @Test func `a pipe, a link that leads out and one to nothing cost only themselves`() async throws {
        try folder.write("secret.srt", "not yours")
        try folder.write("A/static/good.srt", "good")
        try folder.link("A/static/inside.srt", to: "good.srt")
        try folder.link("A/static/out.srt", to: "../../secret.srt")
        try folder.link("A/static/gone.srt", to: "nowhere.srt")
        #expect(mkfifo("\(folder.path)/A/static/pipe.srt", 0o600) == 0)
        let source = folder.source()
        let names: Set<AssetName> = ["good.srt", "inside.srt", "out.srt", "gone.srt", "pipe.srt"]
        let listing = try await source.assets(names, of: key)
        #expect(Set(listing.assets.keys) == names)
        let contents = try await source.content(of: Array(listing.assets.values), in: key)
        #expect(try contents["good.srt"]?.get() == Array("good".utf8))
        #expect(try contents["inside.srt"]?.get() == Array("good".utf8))
        for name: AssetName in ["out.srt", "gone.srt", "pipe.srt"] {
            let failure = #expect(throws: Failure.self) { try contents[name]?.get() }
            #expect(failure?.class == .sourceCorrupt)
            #expect(failure?.place == "A/static/\(name)")
        }
    }
}
