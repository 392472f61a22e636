// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Foundation
import Mongo
import MigrationModel

/// Gives ids to the videos of a split course: one new structure for each head that lacks any, and then both heads at once,
/// under the lock that the platform itself saves under. Open edX: section 4.2.
struct SplitWriter: Sendable {
    let documents: ServerDocuments
    /// Where newer releases say which structures are its heads; nil for none.
    let index: (any WritableCourseIndex)?
    let course: CourseKey
    let now: @Sendable () -> Date

    private static let branches = (draft: "draft-branch", published: "published-branch")

    private var reader: SplitCourse { SplitCourse(documents: documents, index: index, course: course) }

    /// Which heads need another structure, and what that is to be called.
    ///
    /// - Returns: nil where somebody has saved the course since it was at `version`.
    func moves(for ids: [UsageKey: VideoID], at version: String?) async throws -> [WriteBack.Move]? {
        let heads = try await reader.heads()
        guard heads.version == version else { return nil }
        let (published, draft) = try await reader.graphs(of: heads)
        func move(_ branch: String, _ head: ObjectID?, _ graph: BlockGraph?) -> WriteBack.Move? {
            guard let head, let graph else { return nil }
            let lacks = ids.keys.contains { graph.blocks[$0]?.video?.fields.edxVideoID.isEmpty == true }
            return lacks
                ? WriteBack.Move(branch: branch, before: head.description, after: ObjectID.make().description) : nil
        }
        // The draft's first: the published block says which of its versions it is equal to.
        return [
            move(Self.branches.draft, heads.draft, draft), move(Self.branches.published, heads.published, published),
        ].compactMap(\.self)
    }

    /// - Returns: false where a head is another one by now: nothing that anybody reads was changed.
    func apply(_ writeBack: WriteBack) async throws -> Bool {
        let heads = try await reader.heads()
        if stand(writeBack.moves.map { ($0.branch, $0.after) }, in: heads) {
            try await follow(writeBack.moves.map { ($0.branch, $0.before, $0.after) }, heads)
            return true
        }
        guard stand(writeBack.moves.map { ($0.branch, $0.before) }, in: heads) else { return false }
        let (course, date) = (course, milliseconds)
        let question = Question.structures([])
        try await documents.write("write a structure", to: question) { client, collections in
            var draft: StructureCopy.Draft?
            for move in writeBack.moves {
                guard let before = ObjectID(hexadecimal: move.before), let after = ObjectID(hexadecimal: move.after)
                else { continue }
                let copy = StructureCopy(
                    course: course, ids: writeBack.ids, before: before, after: after, date: date, draft: draft)
                let made = try copy.make(client, collections.name(question))
                if move.branch == Self.branches.draft { draft = made }
            }
        }
        return try await moveHeads(to: writeBack.moves.map { ($0.branch, $0.after) }, from: heads)
    }

    /// - Returns: false where a head is another one than the write-back left.
    func undo(_ writeBack: WriteBack) async throws -> Bool {
        let heads = try await reader.heads()
        guard !writeBack.moves.isEmpty else { return false }
        if stand(writeBack.moves.map { ($0.branch, $0.before) }, in: heads) {
            try await follow(writeBack.moves.map { ($0.branch, $0.after, $0.before) }, heads)
            return true
        }
        guard stand(writeBack.moves.map { ($0.branch, $0.after) }, in: heads) else { return false }
        try await prove(writeBack.moves.compactMap { ObjectID(hexadecimal: $0.before) })
        return try await moveHeads(to: writeBack.moves.map { ($0.branch, $0.before) }, from: heads)
    }

    /// A head must lead somewhere: old structures may have been removed.
    private func prove(_ structures: [ObjectID]) async throws {
        let question = Question.structures(structures, isFresh: true)
        let found = try await documents.ask(question, into: 0) { count, _ in count += 1 }
        guard found == structures.count else {
            throw Failure.stored(
                "take back edx_video_ids", at: "\(course) in \(documents.place(of: question))",
                cause: "a structure that it had before is not there any more", advice: "edit the ids in Studio")
        }
    }

    /// Whether MongoDB has the course's heads at all.
    var isInMongoDB: Bool { get async throws { try await reader.ownHeadsIfAny() != nil } }

    /// SQL has moved: MongoDB's own heads come after it, if they did not yet.
    private func follow(
        _ moves: [(branch: String, before: String, after: String)], _ heads: SplitHeads
    ) async throws {
        guard heads.indexed != nil, let own = try await reader.ownHeadsIfAny(),
            stand(moves.map { ($0.branch, $0.before) }, in: own)
        else { return }
        _ = try await moveOwnHeads(to: moves.map { ($0.branch, $0.after) }, from: own)
    }

    /// Where the platform reads the heads in SQL, they are moved there, and then in MongoDB, too, which it also keeps. Open
    /// edX: sections 4.2 and 4.4.
    private func moveHeads(to targets: [Target], from heads: SplitHeads) async throws -> Bool {
        guard let index, let indexed = heads.indexed else { return try await moveOwnHeads(to: targets, from: heads) }
        var wanted = indexed
        for (branch, structure) in targets {
            if branch == Self.branches.draft { wanted.draft = structure } else { wanted.published = structure }
        }
        do {
            guard try await index.move(to: wanted) else { return false }
        } catch let failure as Failure where failure.class == .ambiguous {
            // In doubt, read: what is there now is what came of it.
            let now = try await index.heads(of: course)
            guard now?.draft == wanted.draft, now?.published == wanted.published else { return false }
        }
        // Somebody who has saved since has written both; what he wrote there stays.
        if let own = try await reader.ownHeadsIfAny(), own.draft == heads.draft, own.published == heads.published {
            _ = try await moveOwnHeads(to: targets, from: own)
        }
        return true
    }

    /// One update, which finds the course's document only as it was read.
    private func moveOwnHeads(to targets: [Target], from heads: SplitHeads) async throws -> Bool {
        guard let id = heads.id else { return false }
        // Never the same again: it is what everybody's saves are locked by.
        var date = milliseconds
        if case .date(let last)? = heads.lastUpdate { date = max(date, last + 1) }
        var fields: Fields = [
            "last_update": .date(date), "edited_on": .date(date), "edited_by": .integer(StructureCopy.editor),
        ]
        for (branch, structure) in targets {
            guard let structure = ObjectID(hexadecimal: structure) else { return false }
            fields.append("versions.\(branch)", .objectID(structure))
        }
        var filter: Fields = ["_id": .objectID(id), "last_update": heads.lastUpdate ?? ["$exists": .flag(false)]]
        for (branch, head) in [(Self.branches.draft, heads.draft), (Self.branches.published, heads.published)] {
            if let head { filter.append("versions.\(branch)", .objectID(head)) }
        }
        let question = Question.heads(of: course)
        return try await documents.write("move a course's heads", to: question) {
            [fields, filter] client, collections in
            try client.set(fields, where: filter, in: collections.name(question))
        }
    }

    private typealias Target = (branch: String, structure: String)

    private func stand(_ structures: [Target], in heads: SplitHeads) -> Bool {
        structures.allSatisfy { branch, structure in
            let head = branch == Self.branches.draft ? heads.draft : heads.published
            return head?.description == structure
        }
    }

    private var milliseconds: Int64 { Int64((now().timeIntervalSince1970 * 1000).rounded()) }
}
#endif
