// SPDX-License-Identifier: Apache-2.0
import Contentstore
import Foundation
import MigrationModel
import Testing
import Threading

/// edX's own demonstration course of 2018, where somebody has put it beside the repository.
@Suite(.enabled(if: DemoCourse.path != nil)) struct DemoCourseTests {
    private let key = CourseKey(unchecked: "course-v1:edX+DemoX+Demo_Course")

    private func source() throws -> OLXSource {
        OLXSource(path: try #require(DemoCourse.path), pool: BlockingPool(name: "olx-test", width: 1))
    }

    @Test func `the course has its key and title`() async throws {
        let listings = try await source().listings()
        #expect(listings == [.course(CourseSummary(key: key, title: "Open edX Demonstration Course"))])
    }

    @Test func `seven videos are reached and none is left out`() async throws {
        let outline = try await source().outline(of: key)
        #expect(outline.unreachable == 0)
        #expect(outline.notes == [])
        let heads = outline.videos.map { video in
            let heads = [video.published.map { _ in "published" }, video.draft.map { _ in "draft" }]
            return "\(video.usageKey.type) \(video.usageKey.block) \(heads.compactMap(\.self).joined(separator: "+"))"
        }
        #expect(
            heads == [
                "video 5c90cffecd9b48b188cbfea176bf7fe9 published",
                "video 636541acbae448d98ab484b028c9a7f6 published",
                "video 7e9b434e6de3435ab99bd3fb25bde807 published",
                "video ab98b0e385e64445ae97e730ffdf17e7 draft",
                "video af7fe1335eb841cd81ce31c7ee8eb069 draft",
                "videoalpha 0b9e39477cf34507a7a48f74be381fdd published+draft",
                "videoalpha dc37305d4dc042ebb6fdfd13911a8ae5 published+draft",
            ]
        )
    }

    @Test func `a video's fields are what its file says`() async throws {
        let outline = try await source().outline(of: key)
        let circuit = try #require(outline["636541acbae448d98ab484b028c9a7f6"])
        #expect(
            circuit.published
                == VideoFields(
                    displayName: "Connecting a Circuit and a Circuit Diagram",
                    youTubeID: "o2pLltkrhGM",
                    html5Sources: [
                        "https://s3.amazonaws.com/edx-course-videos/mit-6002x/6002-Tutorial-00010_100.mov"
                    ]
                )
        )
        #expect(circuit.notes == [])
        let chef = try #require(outline["7e9b434e6de3435ab99bd3fb25bde807"])
        #expect(chef.published?.displayName == "Science and Cooking Chef Profile: JOSÉ ANDRÉS")
        #expect(chef.published?.sub == "CCxmtcICYNc")
        let welcome = try #require(outline["0b9e39477cf34507a7a48f74be381fdd"])
        #expect(welcome.published?.sub == "name_of_file")
        #expect(welcome.draft == welcome.published)
        let empty = try #require(outline["af7fe1335eb841cd81ce31c7ee8eb069"])
        #expect(empty.draft == VideoFields())
    }

    @Test func `transcripts are found by name and read whole`() async throws {
        let source = try source()
        let names: Set<AssetName> = [
            "subs_o2pLltkrhGM.srt.sjson", "subs_CCxmtcICYNc.srt.sjson", "subs_name_of_file.srt.sjson", "subs",
        ]
        let listing = try await source.assets(names, of: key)
        #expect(Set(listing.assets.keys) == ["subs_o2pLltkrhGM.srt.sjson", "subs_CCxmtcICYNc.srt.sjson"])
        #expect(listing.assets["subs_o2pLltkrhGM.srt.sjson"]?.length == 6157)
        let contents = try await source.content(of: Array(listing.assets.values), in: key)
        for (name, asset) in listing.assets { #expect(try contents[name]?.get().count == asset.length) }
        #expect(try contents["subs_o2pLltkrhGM.srt.sjson"]?.get().first == UInt8(ascii: "{"))
    }
}

private enum DemoCourse {
    /// As the environment says, or beside the repository.
    static let path: String? = {
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../shared/data/demox-2018").standardized.path
        let paths = [ProcessInfo.processInfo.environment["MALLOW_DEMOX"], beside].compactMap(\.self)
        return paths.first { FileManager.default.fileExists(atPath: "\($0)/course.xml") }
    }()
}
