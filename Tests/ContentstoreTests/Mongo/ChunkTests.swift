// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Foundation
import Mongo
import MigrationModel
import TestDoubles
import Testing

@testable import Contentstore

/// Transcripts' bytes, every chunk of them counted.
@Suite struct ChunkTests {
    private static let course = CourseKey(unchecked: "course-v1:AcmeX+Bio1+2018")
    private static let name: AssetName = "subs_a.srt.sjson"
    private static let id = StoredFile.id(of: name, in: course)
    private static let hello = Array("hello".utf8)

    /// What is read of a file of chunks of two bytes.
    private static func read(
        length: Term = 5, chunkSize: Term = 2, md5: Term? = nil, _ chunks: [(Int64, String)]
    ) async throws -> Result<[UInt8], Failure> {
        try await withTemporaryFolder { folder in
            var file: Fields = ["_id": id, "length": length, "chunkSize": chunkSize]
            if let md5 { file.append("md5", md5) }
            let platform = try StoredPlatform(
                [
                    "modulestore.active_versions": [],
                    "fs.files": [DocumentWriter(file)],
                    "fs.chunks": chunks.map { DocumentWriter(chunk: $0.0, of: id, Array($0.1.utf8)) },
                ], in: folder)
            let assets = try await platform.source.assets([name], of: course).assets
            let asset = try #require(assets[name])
            return try #require(try await platform.source.content(of: [asset], in: course)[name])
        }
    }

    @Test func `chunks are joined in their order, whatever order they lie in`() async throws {
        let whole = try await Self.read([(2, "o"), (0, "he"), (1, "ll")])
        #expect(try whole.get() == Self.hello)
    }

    @Test(
        arguments: [
            ([(0, "he"), (2, "o")], "chunk 1 of it is missing (of 3)"),
            ([(1, "ll"), (2, "o")], "chunk 0 of it is missing (of 3)"),
            ([(0, "he"), (1, "ll")], "chunk 2 of it is missing (of 3)"),
            ([], "chunk 0 of it is missing (of 3)"),
            ([(0, "he"), (0, "he"), (1, "ll"), (2, "o")], "chunk 0 of it is there twice"),
            ([(-1, "he"), (0, "he"), (1, "ll"), (2, "o")], "a chunk of it has the number -1"),
            ([(0, "he"), (1, "l"), (2, "o")], "chunk 1 of it has 1 bytes, and should have 2"),
            ([(0, "he"), (1, "ll"), (2, "ow")], "chunk 2 of it has 2 bytes, and should have 1"),
            ([(0, "he"), (1, "ll"), (2, "o"), (3, "w")], "chunk 3 is one too many: it has 3"),
        ] as [([(Int64, String)], String)])
    func `what is wrong with chunks is told with the chunk`(_ chunks: [(Int64, String)], _ cause: String) async throws {
        let failure = await #expect(throws: Failure.self) { try await Self.read(chunks).get() }
        #expect(failure?.class == .sourceCorrupt)
        #expect(failure?.cause == cause)
        #expect(failure?.place.contains("subs_a.srt.sjson of course-v1:AcmeX+Bio1+2018") == true)
    }

    @Test func `a file without bytes has no chunk, or one without bytes`() async throws {
        #expect(try await Self.read(length: 0, []).get() == [])
        #expect(try await Self.read(length: 0, [(0, "")]).get() == [])
    }

    @Test(
        arguments: [
            (.null, 2, "its length is not written down"), (-1, 2, "its length is not written down"),
            (5, 0, "the size of its chunks is not written down"),
            (.integer(Int64(longestTranscript) + 1), 2, "it has 67108865 bytes; transcripts have 67108864 at most"),
        ] as [(Term, Term, String)])
    func `a description that cannot be believed is told`(_ length: Term, _ size: Term, _ cause: String) async throws {
        let failure = await #expect(throws: Failure.self) {
            try await Self.read(length: length, chunkSize: size, []).get()
        }
        #expect(failure?.cause == cause)
    }

    @Test func `an MD5 that is written down is believed more than the bytes`() async throws {
        let chunks: [(Int64, String)] = [(0, "he"), (1, "ll"), (2, "o")]
        let right: Term = .text("5D41402ABC4B2A76B9719D911017C592")
        #expect(try await Self.read(md5: right, chunks).get() == Self.hello)
        let failure = await #expect(throws: Failure.self) {
            try await Self.read(md5: .text("5d41402abc4b2a76b9719d911017c593"), chunks).get()
        }
        #expect(failure?.cause.contains("5d41402abc4b2a76b9719d911017c592") == true)
    }

    @Test func `an old course's asset is found by a document in the order that counts`() async throws {
        let old = CourseKey(unchecked: "AcmeX/Bio1/2018")
        let wanted: Term = [
            "category": .text("asset"), "name": .text("a.srt"), "course": .text("Bio1"), "tag": .text("c4x"),
            "org": .text("AcmeX"), "revision": .null,
        ]
        let other: Term = [
            "tag": .text("c4x"), "org": .text("AcmeX"), "course": .text("Bio1"), "category": .text("asset"),
            "name": .text("b.srt"), "revision": .null,
        ]
        try await withTemporaryFolder { folder in
            let files = [wanted, other].map { DocumentWriter(["_id": $0, "length": 2, "chunkSize": 2]) }
            let platform = try StoredPlatform(
                [
                    "modulestore.active_versions": [], "fs.files": files,
                    "fs.chunks": [DocumentWriter(chunk: 0, of: wanted, Array("hi".utf8))],
                ], in: folder)
            let found = try await platform.source.assets(["a.srt", "b.srt"], of: old).assets
            #expect(found == ["a.srt": Asset(name: "a.srt", length: 2)])
            let content = try await platform.source.content(of: [Asset(name: "a.srt", length: 2)], in: old)
            #expect(try content["a.srt"]?.get() == Array("hi".utf8))
        }
    }
}
#endif
