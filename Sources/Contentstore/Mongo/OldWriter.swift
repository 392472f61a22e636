// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

/// Sets ids in the documents of an old course. Open edX: section 4.3: each block has one for what is published, and may have
/// one for its draft.
struct OldWriter: Sendable {
    let documents: ServerDocuments
    let course: CourseKey

    /// Which documents of these videos hold nothing that the platform would take for an id.
    func lacking(_ ids: [UsageKey: VideoID]) async throws -> [WriteBack.Document] {
        let (question, course) = (Question.oldBlocks(of: course), course)
        return try await documents.ask(question, into: []) { lacking, document in
            guard let stored = try Self.stored(document, of: course), ids[stored.document.block] != nil,
                stored.video.fields.edxVideoID.isEmpty
            else { return }
            lacking.append(stored.document)
        }
    }

    /// Where nothing stands yet.
    func give(_ writeBack: WriteBack) async throws {
        _ = try await set("write edx_video_ids", writeBack) { video, id in
            video.fields.edxVideoID.isEmpty ? id.text : nil
        }
    }

    /// Where these very ids stand, and only where they were given.
    ///
    /// - Returns: whether any did.
    func take(_ writeBack: WriteBack) async throws -> Bool {
        try await set("take back edx_video_ids", writeBack) { video, id in
            video.fields.edxVideoID == id.text ? "" : nil
        } > 0
    }

    private static let field = "metadata.edx_video_id"

    /// A block's document as it was read: its `_id`, whose order counts, and what stands in it for an id.
    private struct Stored {
        let id: Term
        let document: WriteBack.Document
        let video: VideoDocument
        /// What a change is made under: nobody has written there since.
        let standing: Term
    }

    /// - Parameter change: what is to stand there; nil for what stays as it is.
    /// - Returns: how many documents were changed.
    private func set(
        _ what: String, _ writeBack: WriteBack,
        _ change: @escaping @Sendable (VideoDocument, VideoID) -> String?
    ) async throws -> Int {
        let (question, course, wanted) = (Question.oldBlocks(of: course), course, Set(writeBack.documents))
        return try await documents.write(what, to: question) { client, collections in
            var found: [Stored] = []
            try client.find(collections.query(question)) { document in
                if let stored = try Self.stored(document, of: course), wanted.contains(stored.document) {
                    found.append(stored)
                }
            }
            return try found.count { stored in
                guard let id = writeBack.ids[stored.document.block], let text = change(stored.video, id) else {
                    return false
                }
                return try client.set(
                    [Self.field: .text(text)], where: ["_id": stored.id, Self.field: stored.standing],
                    in: collections.name(question))
            }
        }
    }

    private static func stored(_ document: DocumentView, of course: CourseKey) throws -> Stored? {
        guard let id = try document["_id"].flatMap(Term.init), let block = try OldBlockID(document, of: course) else {
            return nil
        }
        let settings = try document["metadata"]
        let standing = try settings?.document?["edx_video_id"]
        return Stored(
            id: id, document: WriteBack.Document(block: block.key, isDraft: block.isDraft),
            video: try VideoDocument(settings),
            standing: try standing.flatMap(Term.init) ?? ["$exists": .flag(false)])
    }
}
#endif
