// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Foundation
import Mongo
import MigrationModel
import TestDoubles
import Testing

@testable import Contentstore

/// One course in a database of its own on the tests' server, and its author. Open edX: sections 4.1 to 4.4.
struct MongoCourses: WritableCourses {
    /// How a platform keeps its courses.
    enum Form: CaseIterable {
        case split
        /// A release that reads its heads in SQL.
        case indexed
        case old
    }

    let course: CourseKey
    private let form: Form
    private let address: MongoAddress
    private let password: String
    private let pool: MongoPool
    private let index: MemoryCourseIndex

    init(_ form: Form) throws {
        let environment = ProcessInfo.processInfo.environment
        let server = try #require(environment["MALLOW_MONGO"], "Tests/mongo/database.py starts one")
        password = try #require(environment["MALLOW_SOURCE_PASSWORD"])
        var address = MongoAddress(
            servers: [server], database: "case_" + UUID().uuidString.prefix(8).lowercased())
        (address.user, address.authSource, address.replicaSet) = ("mallow", "admin", "rs0")
        (self.form, self.address) = (form, address)
        pool = try MongoPool(address, password: password, width: 1)
        index = MemoryCourseIndex(isThere: form == .indexed, now: { Date() })
        course = CourseKey(unchecked: form == .old ? "AcmeX/Bio1/2018" : "course-v1:AcmeX+Bio1+2018")
    }

    private var documents: ServerDocuments {
        get throws { try ServerDocuments(address, password: password, width: 4, collections: Collections()) }
    }

    var source: any CourseSource {
        // Made once already, of the same address.
        guard let documents = try? documents else { preconditionFailure("an address does not change") }
        return MongoSource(documents, index: index)
    }

    func writer() throws -> any CourseWriter { MongoWriter(try documents, index: index, now: { Date() }) }

    func add(_ videos: [VideoBlock]) async throws {
        if form == .old { return try await addOld(videos) }
        let (draft, published) = (ObjectID.make(), ObjectID.make())
        try await pool.run { client in
            try client.insert(structure(draft, videos, { $0.draft ?? $0.published }), into: Self.structures)
            try client.insert(structure(published, videos, \.published), into: Self.structures)
            try client.insert(
                DocumentWriter([
                    "_id": .objectID(ObjectID.make()), "org": .text("AcmeX"), "course": .text("Bio1"),
                    "run": .text("2018"), "last_update": .date(Self.made), "edited_by": 4,
                    "versions": ["draft-branch": .objectID(draft), "published-branch": .objectID(published)],
                ]), into: Self.heads)
        }
        if form == .indexed {
            index.insert(
                CourseIndexRow(
                    course.text, draft: draft.description, published: published.description,
                    objectID: ObjectID.make().description, lastUpdate: Self.made * 1000))
        }
    }

    func save(_ video: UsageKey, _ change: @Sendable (inout VideoFields) -> Void) async throws {
        let videos = try await source.outline(of: course).videos.map { block in
            guard block.usageKey == video, var draft = block.draft ?? block.published else { return block }
            change(&draft)
            return VideoBlock(usageKey: video, published: block.published, draft: draft)
        }
        if form == .old { return try await saveOld(try #require(videos.first { $0.usageKey == video })) }
        let next = ObjectID.make()
        try await pool.run { client in
            try client.insert(structure(next, videos, { $0.draft ?? $0.published }), into: Self.structures)
            var last = Self.made
            try client.find(MongoClient.Find(Self.heads, [:], isFresh: true)) { document in
                if case .date(let date)? = try document["last_update"].flatMap(Term.init) { last = date }
            }
            _ = try client.set(
                ["versions.draft-branch": .objectID(next), "last_update": .date(last + 1)], where: [:],
                in: Self.heads)
        }
        if var row = index.rows().first {
            (row.draft, row.lastUpdate) = (next.description, row.lastUpdate + 1)
            index.save(row)
        }
    }

    // MARK: - Documents

    private static let structures = "modulestore.structures"
    private static let heads = "modulestore.active_versions"
    /// 2018-06-02, in milliseconds since 1970.
    private static let made: Int64 = 1_527_933_601_250

    private func structure(
        _ id: ObjectID, _ videos: [VideoBlock], _ head: (VideoBlock) -> VideoFields?
    ) -> DocumentWriter {
        let there = videos.filter { head($0) != nil }
        let children = there.map { Term.child("video", $0.usageKey.block) }
        let root = Term.block("course", "course", ["children": .list(children)])
        let blocks = there.map { Term.block("video", $0.usageKey.block, .document(Self.settings(of: head($0)))) }
        return DocumentWriter([
            "_id": .objectID(id), "root": .child("course", "course"), "previous_version": .null,
            "edited_by": 4, "edited_on": .date(Self.made), "schema_version": 1, "blocks": .list([root] + blocks),
        ])
    }

    private static func settings(of fields: VideoFields?) -> Fields {
        guard let fields else { return [:] }
        var settings: Fields = [
            "sub": .text(fields.sub), "edx_video_id": .text(fields.edxVideoID),
            "html5_sources": .list(fields.html5Sources.map(Term.text)),
        ]
        var transcripts = Fields()
        for (language, file) in fields.transcripts { transcripts.append(language.text, .text(file)) }
        settings.append("transcripts", .document(transcripts))
        if let name = fields.displayName { settings.append("display_name", .text(name)) }
        if fields.isYouTubeIDSet { settings.append("youtube_id_1_0", .text(fields.youTubeID)) }
        return settings
    }

    private func addOld(_ videos: [VideoBlock]) async throws {
        try await pool.run { client in
            let children = videos.map { Term.text($0.usageKey.text) }
            try client.insert(
                old("course", "2018", isDraft: false, [:], ["children": .list(children)]), into: "modulestore")
            for video in videos {
                let heads = [(video.published, false), (video.draft, true)]
                for (fields, isDraft) in heads where fields != nil {
                    try client.insert(
                        old("video", video.usageKey.block, isDraft: isDraft, Self.settings(of: fields), [:]),
                        into: "modulestore")
                }
            }
        }
    }

    /// Where there is no draft yet, a save makes one.
    private func saveOld(_ video: VideoBlock) async throws {
        let (name, settings) = (video.usageKey.block, Self.settings(of: video.draft))
        try await pool.run { client in
            let id = identity("video", name, isDraft: true)
            guard try !client.set(["metadata": .document(settings)], where: ["_id": id], in: "modulestore") else {
                return
            }
            try client.insert(old("video", name, isDraft: true, settings, [:]), into: "modulestore")
        }
    }

    private func old(
        _ category: String, _ name: String, isDraft: Bool, _ metadata: Fields, _ definition: Fields
    ) -> DocumentWriter {
        DocumentWriter([
            "_id": identity(category, name, isDraft: isDraft), "metadata": .document(metadata),
            "definition": .document(definition),
        ])
    }

    private func identity(_ category: String, _ name: String, isDraft: Bool) -> Term {
        [
            "tag": .text("i4x"), "org": .text("AcmeX"), "course": .text("Bio1"), "category": .text(category),
            "name": .text(name), "revision": isDraft ? .text("draft") : .null,
        ]
    }
}
#endif
