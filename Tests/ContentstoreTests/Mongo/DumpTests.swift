// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Foundation
import Mongo
import MigrationModel
import TestDoubles
import Testing
import Threading

@testable import Contentstore

/// Dumps as files: whole, cut off, and none at all.
@Suite struct DumpTests {
    private static func open(_ folder: String) throws -> DumpDocuments {
        try DumpDocuments(path: folder, collections: Collections(), pool: BlockingPool(name: "test", width: 1))
    }

    private static func listed(_ source: MongoSource) async throws -> [CourseListing] {
        var found: [CourseListing] = []
        for try await listing in source.courses() { found.append(listing) }
        return found
    }

    private static func head(_ run: String) -> DocumentWriter {
        DocumentWriter([
            "_id": .objectID(ObjectID.make()), "org": .text("AcmeX"), "course": .text("Bio1"), "run": .text(run),
            "versions": ["draft-branch": .objectID(ObjectID.make())],
        ])
    }

    @Test func `courses come in order, libraries do not, and one without a key is told`() async throws {
        try await withTemporaryFolder { folder in
            let library = DocumentWriter([
                "org": .text("AcmeX"), "course": .text("Lib"), "run": .text("library"),
                "versions": ["library": .objectID(ObjectID.make())],
            ])
            let old = DocumentWriter([
                "_id": ["category": .text("course"), "org": .text("Old"), "course": .text("C"), "name": .text("R")],
                "metadata": ["display_name": .text("An old one")],
            ])
            let templates = DocumentWriter([
                "_id": [
                    "category": .text("course"), "org": .text("edx"), "course": .text("templates"), "name": .text("x"),
                ]
            ])
            let platform = try StoredPlatform(
                [
                    "modulestore.active_versions": [Self.head("b"), library, Self.head("a"), Self.head("")],
                    "modulestore": [old, templates], "fs.files": [DocumentWriter(["_id": .text("an asset")])],
                ], in: folder)
            let found = try await Self.listed(try platform.source)
            let keys = found.map { listing in
                switch listing {
                case .course(let summary): "\(summary.key) \(summary.title)"
                case .unreadable(let name, let failure): "\(name): \(failure.cause)"
                }
            }
            #expect(
                keys == [
                    "Old/C/R An old one", "course-v1:AcmeX+Bio1+: one of its three parts is empty",
                    "course-v1:AcmeX+Bio1+a Bio1", "course-v1:AcmeX+Bio1+b Bio1",
                ])
        }
    }

    @Test func `courses without any asset are no platform's`() async throws {
        try await withTemporaryFolder { folder in
            let platform = try StoredPlatform(["modulestore.active_versions": [Self.head("a")]], in: folder)
            let source = try platform.source
            let failure = await #expect(throws: Failure.self) { try await Self.listed(source) }
            #expect(failure?.cause == "there are courses, and no asset of any")
        }
    }

    @Test func `a file that ends in the middle of a document is told with the byte`() async throws {
        try await withTemporaryFolder { folder in
            let (first, second) = (Self.head("a").bytes, Self.head("b").bytes)
            try Data(first + second.dropLast(3)).write(
                to: URL(fileURLWithPath: "\(folder)/modulestore.active_versions.bson"))
            let source = MongoSource(try Self.open(folder))
            let failure = await #expect(throws: Failure.self) { try await Self.listed(source) }
            #expect(failure?.cause.hasPrefix("no whole document begins at byte \(first.count) of ") == true)
        }
    }

    @Test(
        arguments: [
            ([], "neither modulestore.active_versions.bson nor modulestore.bson is in it"),
            (["modulestore.bson.gz"], "its collections are packed"),
            (["a/modulestore.bson", "b/modulestore.bson"], "it holds 2 databases with courses"),
        ] as [([String], String)])
    func `a folder that is no dump of a platform is told`(_ files: [String], _ cause: String) async throws {
        try await withTemporaryFolder { folder in
            for file in files {
                let path = URL(fileURLWithPath: "\(folder)/\(file)")
                try FileManager.default.createDirectory(
                    at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data().write(to: path)
            }
            let failure = #expect(throws: Failure.self) { try Self.open(folder) }
            #expect(failure?.cause == cause)
        }
    }

    @Test func `a dump that is taken again is read again`() async throws {
        try await withTemporaryFolder { folder in
            func write(_ sub: String) throws -> CourseKey {
                let structure = ObjectID.make()
                _ = try StoredPlatform(
                    [
                        "modulestore.active_versions": [
                            DocumentWriter([
                                "org": .text("AcmeX"), "course": .text("Bio1"), "run": .text("2018"),
                                "versions": ["draft-branch": .objectID(structure)],
                            ])
                        ],
                        "modulestore.structures": [
                            DocumentWriter([
                                "_id": .objectID(structure), "root": .child("course", "course"),
                                "blocks": .list(
                                    .block("course", "course", ["children": .list(.child("video", "v1"))]),
                                    .block("video", "v1", ["sub": .text(sub)])),
                            ])
                        ],
                    ], in: folder)
                return CourseKey(unchecked: "course-v1:AcmeX+Bio1+2018")
            }
            let course = try write("first")
            let source = MongoSource(try Self.open(folder))
            #expect(try await source.outline(of: course).videos.first?.draft?.sub == "first")
            _ = try write("second, and longer")
            #expect(try await source.outline(of: course).videos.first?.draft?.sub == "second, and longer")
        }
    }
}
#endif
