// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

/// Sets ids in the documents of an old course. Open edX: section 4.3: each block has one for what is published, and may have
/// one for its draft.
struct OldWriter: Sendable {
    let documents: ServerDocuments
    let course: CourseKey

    /// Where nothing or an empty text stands.
    func give(_ ids: [UsageKey: VideoID]) async throws {
        try await forEachDocument(of: ids) { client, collection, filter, id in
            var filter = filter
            filter.append("metadata.edx_video_id", ["$in": .list([.text(""), .null])])
            _ = try client.set(["metadata.edx_video_id": .text(id.text)], where: filter, in: collection)
        }
    }

    /// Where these very ids stand.
    ///
    /// - Returns: whether any did.
    func take(_ ids: [UsageKey: VideoID]) async throws -> Bool {
        let taken = try await forEachDocument(of: ids) { client, collection, filter, id in
            var filter = filter
            filter.append("metadata.edx_video_id", .text(id.text))
            return try client.set(["metadata.edx_video_id": .text("")], where: filter, in: collection)
        }
        return taken.contains(true)
    }

    @discardableResult
    private func forEachDocument<Value: Sendable>(
        of ids: [UsageKey: VideoID],
        _ body: @escaping @Sendable (MongoClient, String, Fields, VideoID) throws -> Value
    ) async throws -> [Value] {
        let question = Question.oldBlocks(of: course)
        let (organization, name, _) = course.parts
        return try await documents.write("write edx_video_ids", to: question) { client, collections in
            try ids.sorted { $0.key < $1.key }.flatMap { block, id in
                try [Term.null, .text("draft")].map { revision in
                    // The order counts.
                    let identity: Term = [
                        "tag": .text("i4x"), "org": .text(organization), "course": .text(name),
                        "category": .text(block.type), "name": .text(block.block), "revision": revision,
                    ]
                    return try body(client, collections.name(question), ["_id": identity], id)
                }
            }
        }
    }
}
#endif
