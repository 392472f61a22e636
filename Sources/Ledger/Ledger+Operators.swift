// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import MigrationModel

/// What operators write: commands to a running engine, and decisions that hold with or without one.
extension Ledger {
    /// Puts a command into the queue of the running engine.
    ///
    /// - Parameter basedOn: the last event that the operator had seen.
    /// - Throws: ``Failure`` when no engine runs.
    package func submit(_ command: OperatorCommand, by actor: String, basedOn: Int64) async throws {
        let now = now().timeIntervalSince1970
        let text = String(decoding: try JSONEncoder().encode(command), as: UTF8.self)
        let path = path
        try await writing { db in
            guard let lease = try Lease.fetch(db), !lease.released else {
                throw Failure(
                    .conflict, "giving a command", at: path, cause: "no engine runs on this ledger",
                    advice: "start one with mallow run"
                )
            }
            try db.execute(
                sql: "INSERT INTO command (run, at, actor, command, based_on) VALUES (?, ?, ?, ?, ?)",
                arguments: [lease.run, now, actor, text, basedOn]
            )
        }
    }

    /// Lets videos, or single transcripts of them, stay behind: all of them or none. Takes effect when their courses are
    /// run next.
    ///
    /// - Returns: the waivers of the same things whose place these take; the log tells of them, too.
    @discardableResult
    package func waive(_ waivers: [Waiver]) async throws -> [ReplacedWaiver] {
        let now = now().timeIntervalSince1970
        return try await writing { db in
            var replaced: [ReplacedWaiver] = []
            for waiver in waivers {
                let before = try ReplacedWaiver(db, by: waiver)
                try db.execute(
                    sql: "INSERT OR REPLACE INTO waiver VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        waiver.course.text, waiver.block.text, waiver.language?.text ?? "", waiver.actor, waiver.reason,
                        now,
                    ]
                )
                let reason = waiver.reason + (before.map { ", in place of \($0)" } ?? "")
                try Self.decided(db, "waived", waiver.actor, waiver.course, waiver.block, waiver.language, reason, now)
                if let before { replaced.append(before) }
            }
            return replaced
        }
    }

    /// Takes waivers back, whoever signed them: all of them or, when that cannot be written, none.
    ///
    /// - Returns: how many there were.
    @discardableResult
    package func withdraw(_ waivers: [Waiver], by actor: String) async throws -> Int {
        let now = now().timeIntervalSince1970
        return try await writing { db in
            var count = 0
            for waiver in waivers {
                try db.execute(
                    sql: "DELETE FROM waiver WHERE course = ? AND block = ? AND language = ?",
                    arguments: [waiver.course.text, waiver.block.text, waiver.language?.text ?? ""]
                )
                guard db.changesCount > 0 else { continue }
                count += 1
                try Self.decided(
                    db, "waiver withdrawn", actor, waiver.course, waiver.block, waiver.language, nil, now)
            }
            return count
        }
    }

    /// Holds the cut-over of courses back, or releases it: of all of them or of none.
    package func hold(_ courses: [CourseKey], _ isHeld: Bool, by actor: String) async throws {
        let now = now().timeIntervalSince1970
        try await writing { db in
            for course in courses {
                try db.execute(
                    sql: "UPDATE course SET held_by = ? WHERE key = ?", arguments: [isHeld ? actor : nil, course.text]
                )
                guard db.changesCount > 0 else {
                    throw Failure(
                        .conflict, "holding a course", at: course.text,
                        cause: "the ledger does not know this course yet", advice: "run it once, or correct its key"
                    )
                }
                if !isHeld {
                    // Its cut-over was all that waited: whoever reads why it is held reads what is to be done now.
                    try db.execute(
                        sql: "UPDATE course SET reason = ? WHERE key = ? AND state = 'held' AND verdict = 'pass'",
                        arguments: ["released by \(actor); the next run cuts it over", course.text]
                    )
                }
                try Self.decided(db, isHeld ? "held" : "released", actor, course, nil, nil, nil, now)
            }
        }
    }

    private static func decided(
        _ db: Database, _ kind: String, _ actor: String, _ course: CourseKey, _ block: UsageKey?,
        _ language: LanguageCode?, _ reason: String?, _ now: Double
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO event (at, run, actor, kind, course, block, language, detail)
                VALUES (?, (SELECT max(id) FROM run), ?, ?, (SELECT id FROM course WHERE key = ?), ?, ?, ?)
                """,
            arguments: [now, actor, kind, course.text, block?.text, language?.text, reason]
        )
    }

    func writing<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.write(body)
        } catch let error as DatabaseError {
            throw Failure(error, ledger: path)
        }
    }
}
