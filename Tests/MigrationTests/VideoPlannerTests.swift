// SPDX-License-Identifier: Apache-2.0
import Migration
import MigrationModel
import TestDoubles
import Testing

/// Draft and published heads, and what is taken of them.
@Suite struct VideoPlannerTests {
    private static let key = SimulatedCourses.key
    private static let good = SimulatedCourses.subtitles("good")
    private static let other = SimulatedCourses.subtitles("other")
    private static let bad = Array("no subtitles".utf8)

    /// Plans one video whose heads name these files in French; nil for a head without French.
    private static func plan(
        published: String?, draft: String?, assets: [AssetName: [UInt8]]
    ) async throws -> PlannedTranscript {
        func fields(_ file: String?) -> VideoFields {
            VideoFields(transcripts: file.map { ["fr": $0] } ?? [:], edxVideoID: "video-1")
        }
        let block = VideoBlock(
            usageKey: UsageKey(course: key, type: "video", block: "v1"), published: fields(published),
            draft: fields(draft)
        )
        return try await planned(block, assets).transcripts[0]
    }

    private static func planned(_ block: VideoBlock, _ assets: [AssetName: [UInt8]]) async throws -> PlannedVideo {
        let source = MemorySource([key: MemoryCourse(videos: [block], assets: assets)])
        let readers = Readers(
            source: source, store: MemoryObjectStore(), catalog: MemoryCatalog(), format: .keep, lookUp: LookUp())
        let planner = CoursePlanner(readers, compares: false)
        return try await planner.plan(CourseSummary(key: key, title: "")).videos[0]
    }

    @Test func `heads that agree are both`() async throws {
        let plan = try await Self.plan(published: "a.srt", draft: "a.srt", assets: ["a.srt": Self.good])
        #expect((plan.action, plan.head, plan.notes) == (.migrate, .both, []))
    }

    @Test func `heads with the same bytes under two names are both`() async throws {
        let plan = try await Self.plan(
            published: "a.srt", draft: "b.srt", assets: ["a.srt": Self.good, "b.srt": Self.good]
        )
        #expect((plan.action, plan.head, plan.asset) == (.migrate, .both, "a.srt"))
    }

    @Test func `different bytes: published wins, with a note`() async throws {
        let plan = try await Self.plan(
            published: "a.srt", draft: "b.srt", assets: ["a.srt": Self.good, "b.srt": Self.other]
        )
        #expect((plan.action, plan.head, plan.asset, plan.notes.count) == (.migrate, .published, "a.srt", 1))
    }

    @Test func `published corrupt and draft good: the draft's is taken, with a note`() async throws {
        let plan = try await Self.plan(
            published: "a.srt", draft: "b.srt", assets: ["a.srt": Self.bad, "b.srt": Self.good]
        )
        #expect((plan.action, plan.head, plan.asset, plan.notes.count) == (.migrate, .draft, "b.srt", 1))
    }

    @Test func `published dangling and draft good: the draft's is taken, with a note`() async throws {
        let plan = try await Self.plan(published: "a.srt", draft: "b.srt", assets: ["b.srt": Self.good])
        #expect((plan.action, plan.head, plan.asset, plan.notes.count) == (.migrate, .draft, "b.srt", 1))
    }

    @Test func `both corrupt is corrupt, and both missing is dangling`() async throws {
        let corrupt = try await Self.plan(
            published: "a.srt", draft: "b.srt", assets: ["a.srt": Self.bad, "b.srt": Self.bad]
        )
        #expect(corrupt.action == .corrupt)
        let dangling = try await Self.plan(published: "a.srt", draft: "b.srt", assets: [:])
        #expect((dangling.action, dangling.head) == (.dangling, .both))
    }

    @Test func `a language that one head has alone is that head's`() async throws {
        let draft = try await Self.plan(published: nil, draft: "a.srt", assets: ["a.srt": Self.good])
        #expect((draft.action, draft.head, draft.notes) == (.migrate, .draft, []))
        let published = try await Self.plan(published: "a.srt", draft: nil, assets: ["a.srt": Self.good])
        #expect((published.action, published.head) == (.migrate, .published))
    }

    @Test(arguments: [
        ("one", "two", "one", true), ("one", "one", "one", false), ("", "two", "two", true), ("one", "", "one", true),
    ])
    func `different ids in the heads: published wins, else the one that is there, noted`(
        _ published: String, _ draft: String, _ chosen: VideoID, _ isNoted: Bool
    ) async throws {
        let fields = { VideoFields(transcripts: ["fr": "a.srt"], edxVideoID: $0) }
        let block = VideoBlock(
            usageKey: UsageKey(course: Self.key, type: "video", block: "v1"), published: fields(published),
            draft: fields(draft)
        )
        let video = try await Self.planned(block, ["a.srt": Self.good])
        #expect((video.edxVideoID, video.isNewID, !video.notes.isEmpty) == (chosen, false, isNoted))
    }
}
