// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import MigrationModel
import TestDoubles
import Testing

/// What is shown of a video to somebody who has to decide about it.
@Suite struct VideoInspectorTests {
    private static let key = SimulatedCourses.key
    private static let good = SimulatedCourses.subtitles("good")
    private static let other = SimulatedCourses.subtitles("other")
    private static let bad = Array("no subtitles".utf8)
    private static let block = UsageKey(course: key, type: "video", block: "v1")

    /// A video with French in both heads, German in the published one alone, and a Polish file that is not there.
    private static func inspector(_ assets: [AssetName: [UInt8]], store: MemoryObjectStore, catalog: MemoryCatalog)
        -> VideoInspector
    {
        func fields(_ files: [LanguageCode: String]) -> VideoFields {
            VideoFields(transcripts: files, edxVideoID: "video-1")
        }
        let video = VideoBlock(
            usageKey: block, published: fields(["fr": "a.srt", "de": "d.srt", "pl": "gone.srt"]),
            draft: fields(["fr": "b.srt", "de": "d.srt", "pl": "gone.srt"])
        )
        let source = MemorySource([key: MemoryCourse(videos: [video], assets: assets)])
        return VideoInspector(
            Readers(source: source, store: store, catalog: catalog, format: .keep, lookUp: LookUp()),
            written: { keys in
                Dictionary(
                    uniqueKeysWithValues: keys.map {
                        ($0, StoredTranscript(checksum: Checksum(of: good), format: .srt, run: RunID(7)))
                    })
            }
        )
    }

    private static func place(_ bytes: [UInt8], at key: ObjectKey, in store: MemoryObjectStore) async throws {
        _ = try await store.put(
            NewObject(
                key: key, bytes: bytes, checksum: Checksum(of: bytes), contentType: "text/plain",
                provenance: Provenance(run: RunID(7), intent: UUID())))
    }

    @Test func `every copy is shown, the stored one last, and only the wanted text`() async throws {
        let (store, catalog) = (MemoryObjectStore(), MemoryCatalog())
        try await Self.place(Self.good, at: "t/1.srt", in: store)
        _ = try await catalog.commit(
            VideoCommit(
                video: VideoID(unchecked: "video-1"),
                transcripts: [NewTranscript(language: "fr", object: "t/1.srt", format: .srt)]))
        let inspector = Self.inspector(
            ["a.srt": Self.good, "b.srt": Self.other, "d.srt": Self.bad], store: store, catalog: catalog)
        let video = try #require(try await inspector.inspect("v1", of: Self.key, textOf: "fr"))
        #expect(video.transcripts.map(\.language) == ["de", "fr", "pl"])
        #expect(video.transcripts.map(\.action) == [.corrupt, .present, .dangling])
        let french = video.transcripts[1]
        #expect(french.copies.map(\.place) == [.published, .draft, .store])
        #expect(french.copies.map(\.sha256) == [Self.good, Self.other, Self.good].map { Checksum(of: $0) })
        #expect(french.copies.allSatisfy { $0.cues?.isEmpty == false })
        #expect(french.storedBy == 7)
        let pair = french.pairs[french.firstPair]
        #expect((pair.left.place, pair.right.place) == (.draft, .store), "these differ, published and stored do not")
        let german = video.transcripts[0]
        #expect(german.copies.map(\.place) == [.contentstore])
        #expect(german.copies[0].problem != nil)
        #expect(german.copies[0].cues == nil, "its text was not asked for")
        #expect(german.failure?.class == .sourceCorrupt)
        #expect(video.transcripts[2].copies.isEmpty)
    }

    @Test func `a row without an object says so`() async throws {
        let catalog = MemoryCatalog()
        _ = try await catalog.commit(
            VideoCommit(
                video: VideoID(unchecked: "video-1"),
                transcripts: [NewTranscript(language: "fr", object: "t/lost.srt", format: .srt)]))
        let inspector = Self.inspector(
            ["a.srt": Self.good, "b.srt": Self.good], store: MemoryObjectStore(), catalog: catalog)
        let video = try #require(try await inspector.inspect("\(Self.block)", of: Self.key))
        let french = try #require(video.transcripts.first { $0.language == "fr" })
        #expect(french.action == .conflict)
        #expect(french.copies.last?.place == .store)
        #expect(french.copies.last?.problem == "no object is there")
    }

    @Test func `a video that the course does not have is none`() async throws {
        let inspector = Self.inspector([:], store: MemoryObjectStore(), catalog: MemoryCatalog())
        let video = try await inspector.inspect("nobody", of: Self.key)
        #expect(video == nil)
    }

    @Test func `what was seen can be told to another process`() async throws {
        let inspector = Self.inspector(
            ["a.srt": Self.good, "b.srt": Self.other, "d.srt": Self.bad], store: MemoryObjectStore(),
            catalog: MemoryCatalog())
        let video = try #require(try await inspector.inspect("v1", of: Self.key, textOf: "de"))
        let told = try JSONDecoder().decode(InspectedVideo.self, from: try JSONEncoder().encode(video))
        #expect(told == video)
    }
}
