// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import MigrationModel

/// What consoles and commands read. Each call is one consistent view of the file.
extension Ledger {
    /// The newest run and every course, as of one moment.
    package func snapshot() async throws -> Snapshot {
        let date = now()
        return try await reading { db in
            let lease = try Lease.fetch(db)
            let run = try Snapshot.newestRun(db)
            return Snapshot(
                run: run,
                courses: try CourseRow.fetchAll(db, sql: "SELECT * FROM course ORDER BY key"),
                heartbeatAge: lease.flatMap {
                    $0.isAlive(at: date) ? max(0, date.timeIntervalSince1970 - $0.heartbeat) : nil
                },
                lastEvent: try Int64.fetchOne(db, sql: "SELECT max(seq) FROM event") ?? 0,
                earlier: try EarlierTrouble(db),
                orders: try run.map { try Orders(db, of: $0.id) } ?? Orders(), open: try OpenWork(db)
            )
        }
    }

    /// The run of the last engine, and when that was heard.
    ///
    /// - Returns: in `age` the seconds since then; nil when no engine is at work.
    package func heartbeat() async throws -> (run: Int64?, last: Double?, age: Double?) {
        let date = now()
        return try await reading { db in
            let lease = try Lease.fetch(db)
            return (
                lease?.run, lease?.heartbeat,
                lease.flatMap { $0.isAlive(at: date) ? max(0, date.timeIntervalSince1970 - $0.heartbeat) : nil }
            )
        }
    }

    /// The newest run over courses, without them: however many there are, this is one row.
    package func newestRun() async throws -> RunRow? { try await reading(Snapshot.newestRun) }

    /// A run by its number; nil when there was none.
    package func run(_ id: RunID) async throws -> RunRow? {
        try await reading { try RunRow.fetchOne($0, sql: "SELECT * FROM run WHERE id = ?", arguments: [id.number]) }
    }

    /// The courses that a run took, sorted by key; those that a later run has taken since as this one left them.
    package func courses(of run: RunID) async throws -> [CourseRow] {
        try await reading {
            try CourseRow.fetchAll($0, sql: CourseRow.ofRun + " ORDER BY 2", arguments: [run.number])
        }
    }

    /// The videos of a course, sorted by usage key.
    package func videos(of course: CourseKey) async throws -> [VideoRow] {
        try await reading { db in
            try VideoRow.fetchAll(db, sql: VideoRow.query + " ORDER BY v.block", arguments: [course.text])
        }
    }

    /// Events after a number, oldest first, at most `limit`.
    ///
    /// - Parameter isNotable: leaves out what only fills the ledger: objects stored and videos verified.
    package func events(
        after seq: Int64, run: RunID? = nil, isNotable: Bool = false, limit: Int = 1000
    ) async throws -> [EventRow] {
        try await reading { db in
            let sql =
                EventRow.query
                + " WHERE e.seq > ? AND e.run IS ifnull(?, e.run) AND (NOT ? OR \(EventRow.isNotable)) ORDER BY e.seq LIMIT ?"
            let statement = try db.cachedStatement(sql: sql)
            return try EventRow.fetchAll(statement, arguments: [seq, run?.number, isNotable, limit])
        }
    }

    /// A run's courses and their videos and transcripts in sums, as of one moment.
    package func totals(of run: RunID) async throws -> RunTotals {
        try await reading { db in
            let statement = try db.cachedStatement(sql: RunTotals.ofRun)
            return RunTotals(states: try RunTotals.State.fetchAll(statement, arguments: [run.number]))
        }
    }

    /// The next lines of the log after an event, oldest first, as far as a filter lets them through; nil after the last.
    package func log(_ filter: String, after seq: Int64) async throws -> [EventRow]? {
        let page = try await reading { try LedgerView.lines($0, after: seq, limit: 5000, filter: filter) }
        return page.isEmpty ? nil : page
    }

    /// Failed tasks, oldest first.
    package func failedTasks(includingResolved: Bool = false) async throws -> [FailedTaskRow] {
        try await reading { db in
            let sql = "SELECT * FROM failed_task WHERE ? OR resolved IS NULL ORDER BY id"
            return try FailedTaskRow.fetchAll(db, sql: sql, arguments: [includingResolved])
        }
    }

    /// The videos that failed or were rolled back, in the order of their courses.
    package func troubledVideos() async throws -> [TroubledVideo] {
        try await reading { try LedgerView.troubles($0, limit: -1) }
    }

    /// The courses that failed or are held as a whole.
    package func troubledCourses() async throws -> [TroubledCourse] {
        try await reading { try LedgerView.troubledCourses($0, limit: -1) }
    }

    /// All waivers in force.
    package func waivers() async throws -> [Waiver] {
        try await reading { try Waiver.fetch($0, course: nil) }
    }

    /// What was stored under keys of ours that are behind catalog rows.
    package func stored(under keys: Set<ObjectKey>) async throws -> [ObjectKey: StoredTranscript] {
        guard !keys.isEmpty else { return [:] }
        return try await reading { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT i.sha256, i.format, t.run FROM intent i JOIN video_transaction t ON t.number = i.owner
                    WHERE i.object = ? AND i.state = 'committed'
                    """
            )
            return try keys.reduce(into: [:]) { found, key in
                guard let row = try Row.fetchOne(statement, arguments: [key.text]) else { return }
                guard let checksum = Checksum(hexadecimal: row[0]), let format = TranscriptFormat(rawValue: row[1])
                else {
                    return
                }
                found[key] = StoredTranscript(checksum: checksum, format: format, run: RunID(row[2]))
            }
        }
    }

    /// What is neither committed nor proven absent.
    package func openWork() async throws -> OpenWork { try await reading { try OpenWork($0) } }

    /// SQLite's own word for how commits are synced: 2 is after every one.
    package var synchronous: Int {
        get async throws {
            try await pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? 0 }
        }
    }

    func reading<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.read(body)
        } catch let error as DatabaseError {
            throw Failure(error, ledger: path)
        }
    }
}
