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

    /// Whether it is this engine's own.
    func isOf(_ engine: EngineIdentity) -> Bool {
        host == engine.host && boot == engine.boot && pid == engine.pid
    }

    /// Whether an engine stands behind it: on this machine its process is looked for, elsewhere its heartbeat decides.
    func isAlive(at date: Date, seenFrom engine: EngineIdentity = .current) -> Bool {
        guard !released, date.timeIntervalSince1970 - heartbeat < Self.lifetime else { return false }
        guard host == engine.host else { return true }
        // A process of another user cannot be signalled, but it is there.
        return boot == engine.boot && (kill(pid, 0) == 0 || errno == EPERM)
    }

    /// An open transaction can be settled only on the stores that it was begun on.
    static func refuseOtherStores(_ db: Database, _ header: RunHeader, ledger: String) throws {
        let sql = """
            SELECT DISTINCT r.id, r.kind, r.store, r.catalog FROM intent i
            JOIN video_transaction t ON t.number = i.owner JOIN run r ON r.id = t.run
            WHERE \(OpenWork.isOpen) AND (r.store <> ? OR r.catalog <> ?)
            """
        guard let row = try Row.fetchOne(db, sql: sql, arguments: [header.store, header.catalog]) else { return }
        let (run, store, catalog): (Int64, String, String) = (row["id"], row["store"], row["catalog"])
        let settling =
            row["kind"] == "rehearsal"
            ? "write that store and that catalog below staging: again, and settle them there with mallow recover --rehearsal"
            : "settle them there first, with mallow recover --store '\(store)' --catalog '\(catalog)'"
        throw Failure(
            .conflict, "starting a run", at: ledger,
            cause: "run \(run) left transactions open on --store \(store) --catalog \(catalog)",
            advice: settling
        )
    }

    static func fetch(_ db: Database) throws -> Lease? {
        try Lease.fetchOne(db, sql: "SELECT * FROM lease")
    }

    /// Hands the ledger to a new run, and puts back what a dead engine left as running.
    static func take(
        _ db: Database, for header: RunHeader, by engine: EngineIdentity, at date: Date
    ) throws -> (run: RunID, epoch: Int64) {
        let now = date.timeIntervalSince1970
        let stopper = try Int64.fetchOne(db, sql: "SELECT id FROM run WHERE ended IS NULL ORDER BY id DESC")
            .flatMap { try Orders(db, of: $0).stoppedBy }
        try db.execute(
            sql: """
                UPDATE run SET state = 'aborted', ending = 'died', reason = ?,
                    ended = ifnull((SELECT heartbeat FROM lease WHERE lease.run = run.id), ?),
                    braked_to = NULL, brake_reason = NULL
                WHERE ended IS NULL;
                """, arguments: [stopper.map { "\($0) stopped it at once" } ?? "", now]
        )
        try db.execute(
            sql: "UPDATE course SET state = 'queued', reason = ? WHERE state IN ('running', 'retrying')",
            arguments: ["\(stopper.map { "\($0) stopped its run" } ?? "its engine died"); the next run goes on here"]
        )
        try db.execute(sql: "UPDATE video SET state = 'pending' WHERE state = 'migrating'")
        try db.execute(
            sql: """
                INSERT INTO run (kind, state, reason, actor, host, pid, source, store, catalog, options, started,
                    choices, configuration, manner)
                VALUES (?, 'planning', '', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                header.kind, header.actor, engine.host, engine.pid,
                header.source, header.store, header.catalog, header.options, now,
                String(decoding: try JSONEncoder().encode(header.choices), as: UTF8.self),
                header.configuration, header.manner,
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
