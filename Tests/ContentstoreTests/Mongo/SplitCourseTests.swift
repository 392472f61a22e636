// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Foundation
import Mongo
import MigrationModel
import TestDoubles
import Testing

@testable import Contentstore

/// Courses as structures have them, well and broken.
@Suite struct SplitCourseTests {
    private static let course = CourseKey(unchecked: "course-v1:AcmeX+Bio1+2018")
    private static let (draft, published) = (ObjectID.make(), ObjectID.make())

    private static func video(_ block: String) -> UsageKey { UsageKey(course: course, type: "video", block: block) }

    private static func structure(_ id: ObjectID, root: Term = .child("course", "course"), _ blocks: Term)
        -> DocumentWriter
    {
        DocumentWriter(["_id": .objectID(id), "root": root, "blocks": blocks])
    }

    private static func head(_ versions: Term) -> DocumentWriter {
        DocumentWriter([
            "_id": .objectID(ObjectID.make()), "org": .text("AcmeX"), "course": .text("Bio1"), "run": .text("2018"),
            "versions": versions, "last_update": .date(1_500_000_000_000),
        ])
    }

    private static let both: Term = ["draft-branch": .objectID(draft), "published-branch": .objectID(published)]

    private static func blocks(_ fields: Term, children: Term...) -> Term {
        .list(.block("course", "course", ["children": .list(children)]), .block("video", "v1", fields))
    }

    private static func outline(_ structures: [DocumentWriter], versions: Term = both) async throws -> CourseOutline {
        try await withTemporaryFolder { folder in
            let platform = try StoredPlatform(
                ["modulestore.active_versions": [head(versions)], "modulestore.structures": structures], in: folder)
            return try await platform.source.outline(of: course)
        }
    }

    @Test func `a draft that says the same is none, and one that differs stands beside`() async throws {
        let (one, other): (Term, Term) = (["sub": .text("a")], ["sub": .text("b")])
        let same = try await Self.outline([
            Self.structure(Self.draft, Self.blocks(one, children: .child("video", "v1"))),
            Self.structure(Self.published, Self.blocks(one, children: .child("video", "v1"))),
        ])
        #expect(same.videos.map(\.usageKey) == [Self.video("v1")])
        #expect(same.videos.first?.published?.sub == "a" && same.videos.first?.draft == nil)
        #expect(same.version == "\(Self.draft) \(Self.published)")
        let edited = try await Self.outline([
            Self.structure(Self.draft, Self.blocks(other, children: .child("video", "v1"))),
            Self.structure(Self.published, Self.blocks(one, children: .child("video", "v1"))),
        ])
        #expect(edited.videos.first?.draft?.sub == "b")
    }

    @Test func `what only one head reaches has only that head, and what none does is counted`() async throws {
        let outline = try await Self.outline([
            Self.structure(Self.draft, Self.blocks([:], children: .child("video", "v1"))),
            Self.structure(
                Self.published, .list(.text("a stray word"), .block("course", "course"), .block("videoalpha", "v2"))),
        ])
        #expect(outline.videos.map(\.usageKey) == [Self.video("v1")])
        #expect(outline.videos.first?.published == nil && outline.videos.first?.draft != nil)
        #expect(outline.unreachable == 1)
    }

    @Test func `circles and a thousand levels are walked`() async throws {
        var blocks: [Term] = [.block("course", "course", ["children": .list(.child("chapter", "0"))])]
        for level in 0..<1000 {
            let next: Term = level == 999 ? .child("video", "v1") : .child("chapter", "\(level + 1)")
            blocks.append(.block("chapter", "\(level)", ["children": .list(.child("course", "course"), next)]))
        }
        blocks.append(.block("video", "v1"))
        let outline = try await Self.outline(
            [Self.structure(Self.draft, .list(blocks))], versions: ["draft-branch": .objectID(Self.draft)])
        #expect(outline.videos.map(\.usageKey) == [Self.video("v1")])
    }

    @Test(
        arguments: [
            (.null, .child("course", "course"), "its blocks are no list"),
            (
                .list(.block("course", "course", ["children": .null])), .child("course", "course"),
                "the children of block-v1:AcmeX+Bio1+2018+type@course+block@course are null, not a list"
            ),
            (.list(["block_type": .text("video")]), .child("course", "course"), "block 0 has no type or no id"),
            (.list(), .text("course"), "its root is no pair of type and id"),
            (
                .list(.block("video", "v1")), .child("course", "course"),
                "its root block-v1:AcmeX+Bio1+2018+type@course+block@course is not among its blocks"
            ),
            (
                .list(.block("course", "course", ["children": .text("v1")])), .child("course", "course"),
                "the children of block-v1:AcmeX+Bio1+2018+type@course+block@course are a text, not a list"
            ),
            (
                .list(.block("course", "course", ["children": .list(.text("v1"))])), .child("course", "course"),
                "child 0 of block-v1:AcmeX+Bio1+2018+type@course+block@course is no pair of type and id"
            ),
            (
                .list(.block("video", "v1"), .block("video", "v1")), .child("course", "course"),
                "block-v1:AcmeX+Bio1+2018+type@video+block@v1 stands in it twice"
            ),
        ] as [(Term, Term, String)])
    func `a structure whose way cannot be told costs its course`(
        _ blocks: Term, _ root: Term, _ cause: String
    ) async throws {
        let failure = await #expect(throws: Failure.self) {
            try await Self.outline(
                [Self.structure(Self.draft, root: root, blocks)], versions: ["draft-branch": .objectID(Self.draft)])
        }
        #expect(failure?.class == .sourceCorrupt)
        #expect(failure?.cause == cause)
    }

    @Test func `a head that leads nowhere and a course without heads are told`() async throws {
        let nowhere = await #expect(throws: Failure.self) { try await Self.outline([]) }
        #expect(nowhere?.cause == "the structure \(Self.published) of its published head is not there")
        let text = await #expect(throws: Failure.self) {
            try await Self.outline(
                [], versions: ["draft-branch": .objectID(Self.draft), "published-branch": .text("x")])
        }
        #expect(text?.cause == "its published-branch is a text, not an ObjectId")
        let none = await #expect(throws: Failure.self) { try await Self.outline([], versions: .null) }
        #expect(none?.cause == "it has neither a draft nor a published head")
    }

    @Test func `what a block has of its library counts where it says nothing itself`() async throws {
        let block: Term = [
            "block_type": .text("video"), "block_id": .text("v1"), "fields": ["sub": .text("own")],
            "defaults": [
                "sub": .text("library's"), "edx_video_id": .text("id-1"), "transcripts": ["fr": .text("f.srt")],
            ],
        ]
        let blocks: Term = .list(
            .block("course", "course", ["children": .list(.child("video", "v1"))]), block)
        let outline = try await Self.outline(
            [Self.structure(Self.draft, blocks)], versions: ["draft-branch": .objectID(Self.draft)])
        #expect(
            outline.videos.first?.draft
                == VideoFields(sub: "own", transcripts: ["fr": "f.srt"], edxVideoID: "id-1"))
    }

    @Test func `fields of a wrong kind are noted and taken as not there`() async throws {
        let fields: Term = [
            "transcripts": .list(.text("fr.srt")), "html5_sources": .text("a.mp4"), "edx_video_id": .null, "sub": 5,
        ]
        let outline = try await Self.outline(
            [Self.structure(Self.draft, Self.blocks(fields, children: .child("video", "v1")))],
            versions: ["draft-branch": .objectID(Self.draft)])
        let video = try #require(outline.videos.first)
        #expect(video.draft == VideoFields())
        #expect(
            video.notes == [
                "the field transcripts is a list, not a document, and is taken as not there",
                "the field html5_sources is a text, not a list, and is taken as not there",
                "the field sub is a number, not a text, and is taken as not there",
            ])
    }
}
#endif
