// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MigrationModel

/// The row that says which engine holds the ledger.
struct Lease: Sendable, Hashable, Codable, FetchableRecord {
    /// How many seconds after its last heartbeat an engine on another host is taken for dead.
    static let lifetime: TimeInterval = 60

    let epoch: Int64
    let run: Int64
    let host: String
    let pid: Int32
    let boot: String
    let since: Double
    let heartbeat: Double
    let released: Bool

    static func fetch(_ db: Database) throws -> Lease? {
        try Lease.fetchOne(db, sql: "SELECT * FROM lease")
    }

    /// Hands the ledger to a new run, and puts back what a dead engine left as running.
    static func take(
        _ db: Database, for header: RunHeader, by engine: EngineIdentity, at date: Date
    ) throws -> (run: RunID, epoch: Int64) {
        let now = date.timeIntervalSince1970
        try db.execute(
            sql: """
                UPDATE run SET state = 'aborted', ending = 'died', reason = 'its engine died', ended = ? WHERE ended IS NULL;
                """, arguments: [now]
        )
        try db.execute(
            sql: """
                UPDATE course SET state = 'queued', reason = 'its engine died; the next run goes on here'
                WHERE state IN ('running', 'retrying')
                """
        )
        try db.execute(sql: "UPDATE video SET state = 'pending' WHERE state = 'migrating'")
        try db.execute(
            sql: """
                INSERT INTO run (kind, state, reason, actor, host, pid, source, store, catalog, options, started)
                VALUES (?, 'planning', '', ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                header.kind, header.actor, engine.host, engine.pid,
                header.source, header.store, header.catalog, header.options, now,
            ]
        )
        let run = db.lastInsertedRowID
        let epoch = try (fetch(db)?.epoch ?? 0) + 1
        try db.execute(
            sql: "INSERT OR REPLACE INTO lease VALUES (1, ?, ?, ?, ?, ?, ?, ?, 0)",
            arguments: [epoch, run, engine.host, engine.pid, engine.boot, now, now]
        )
        try db.execute(
            sql: "INSERT INTO event (at, run, actor, kind, detail) VALUES (?, ?, ?, 'run started', ?)",
            arguments: [now, run, header.actor, header.kind]
        )
        return (RunID(run), epoch)
    }
}
