// SPDX-License-Identifier: Apache-2.0
package import Foundation
import GRDB
package import MigrationModel

/// Ids that were written back into a course, or were to be.
package struct WriteBackRow: Sendable, Hashable {
    package enum State: String, Sendable, Hashable {
        case open, done, abandoned, undone
    }

    package let plan: WriteBack
    package let state: State
    /// When it was announced.
    package let at: Date

    /// The last of a course that is in one of these states; nil for none.
    static func last(of course: CourseKey, in states: [State], _ db: Database) throws -> WriteBackRow? {
        let marks = databaseQuestionMarks(count: states.count)
        let row = try Row.fetchOne(
            db,
            sql: "SELECT * FROM write_back WHERE course = ? AND state IN (\(marks)) ORDER BY rowid DESC LIMIT 1",
            arguments: [course.text] + StatementArguments(states.map(\.rawValue)))
        guard let row, let state = State(rawValue: row["state"]) else { return nil }
        let plan = try JSONDecoder().decode(WriteBack.self, from: Data((row["plan"] as String).utf8))
        return WriteBackRow(plan: plan, state: state, at: Date(timeIntervalSince1970: row["at"]))
    }

    static func text(of plan: WriteBack) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(plan), as: UTF8.self)
    }

    /// `3 videos; draft-branch 5a… to 5b…`.
    static func words(_ plan: WriteBack) -> String {
        ([counted(plan.ids.count, "video")] + plan.moves.map { "\($0.branch) \($0.before) to \($0.after)" })
            .joined(separator: "; ")
    }
}

extension Ledger {
    /// The last write-back of a course that stands, or may stand; nil for none.
    package func lastWriteBack(of course: CourseKey) async throws -> WriteBackRow? {
        try await reading { try WriteBackRow.last(of: course, in: [.open, .done], $0) }
    }
}
