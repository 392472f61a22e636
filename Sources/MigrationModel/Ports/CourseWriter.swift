// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// How ids are written into a course, decided before it is done: so that it can be told, looked for and undone.
package struct WriteBack: Sendable, Hashable, Codable {
    /// One block of the old modulestore that holds no id; what holds one is never touched, nor when this is undone.
    package struct Document: Sendable, Hashable, Codable {
        package let block: UsageKey
        /// Whether it is the block's draft.
        package let isDraft: Bool

        package init(block: UsageKey, isDraft: Bool) { (self.block, self.isDraft) = (block, isDraft) }
    }

    /// One head that gets another structure. The old modulestore has no heads to move.
    package struct Move: Sendable, Hashable, Codable {
        /// `draft-branch` or `published-branch`.
        package let branch: String
        /// Structures, in 24 hexadecimal digits.
        package let before, after: String

        package init(branch: String, before: String, after: String) {
            (self.branch, self.before, self.after) = (branch, before, after)
        }
    }

    /// What it is known by in the ledger.
    package let id: UUID
    package let course: CourseKey
    /// What each video gets.
    package let ids: [UsageKey: VideoID]
    /// Of a split course, in the order in which they are made.
    package let moves: [Move]
    /// Of an old course.
    package let documents: [Document]

    package init(
        id: UUID, course: CourseKey, ids: [UsageKey: VideoID], moves: [Move] = [], documents: [Document] = []
    ) {
        (self.id, self.course, self.ids, self.moves, self.documents) = (id, course, ids, moves, documents)
    }
}

/// Writes the ids of videos that had none into their course. Law 8: the only thing that is ever written to a source, and
/// cut-over alone is given it.
///
/// Every method reads what is newest, may be called from any task, and blocks no caller's thread. Errors are ``Failure``.
package protocol CourseWriter: Sendable {
    /// Decides how; only reads.
    ///
    /// - Parameters:
    ///   - ids: only where a head has none; what an author wrote is never replaced.
    ///   - version: what the course's outline said; nil where it said nothing.
    /// - Returns: nil where somebody has saved the course since, and where no head lacks an id.
    func plan(
        _ ids: [UsageKey: VideoID], in course: CourseKey, at version: String?, as id: UUID
    ) async throws -> WriteBack?

    /// Does what was planned, as a whole; may be called twice.
    ///
    /// - Returns: false where somebody has saved the course since it was planned: nothing that anybody reads was changed.
    /// - Throws: ``Failure``, of class `ambiguous` when the answer was lost: ask ``holds(_:)``.
    func apply(_ writeBack: WriteBack) async throws -> Bool

    /// Whether every head that has such a video holds its id.
    func holds(_ writeBack: WriteBack) async throws -> Bool

    /// Tries every write that ``apply(_:)`` and ``undo(_:)`` make as far as it goes without a change to any document: so that no
    /// cut-over is the first to find that a right is missing.
    ///
    /// - Returns: each of them; none where there is no course to write into.
    /// - Throws: ``Failure`` where that cannot be known.
    func tryOut() async throws -> [WriteTrial]

    /// Puts back what stood there before, as long as nobody has saved the course since; may be called twice.
    ///
    /// - Returns: false where somebody has: nothing was changed.
    func undo(_ writeBack: WriteBack) async throws -> Bool
}
