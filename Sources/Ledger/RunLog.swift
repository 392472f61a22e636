// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import MigrationModel

/// The ledger as the engine that holds it writes it.
package final class RunLog: CheckpointLog, CommandQueue {
    /// This run's number.
    package let run: RunID
    private let ledger: Ledger
    private let actor: String
    private let commits: GroupCommit
    private let heartbeat: Task<Void, Never>
    /// Held until this goes.
    private let lock: LedgerLock

    init(ledger: Ledger, run: RunID, epoch: Int64, actor: String, lock: LedgerLock) {
        self.ledger = ledger
        self.run = run
        self.actor = actor
        self.lock = lock
        let path = ledger.path
        let commits = GroupCommit(ledger.pool) { db in
            let holder = try db.cachedStatement(sql: "SELECT epoch FROM lease WHERE NOT released")
            guard try Int64.fetchOne(holder) == epoch else {
                throw Failure(
                    .conflict, "writing the ledger", at: path, cause: "another engine has taken it over",
                    safe: "this engine does nothing more", advice: "see mallow status"
                )
            }
        }
        self.commits = commits
        let now = ledger.now
        // Ends with this object.
        heartbeat = Task {
            while !Task.isCancelled {
                try? await commits.write { try Self.beat($0, at: now()) }  // whoever writes a checkpoint notices
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
            }
        }
    }

    deinit { heartbeat.cancel() }

    private static func beat(_ db: Database, at date: Date) throws {
        try db.cachedStatement(sql: "UPDATE lease SET heartbeat = ?").execute(arguments: [date.timeIntervalSince1970])
    }

    /// Gives the ledger back, after everything noted is written. Call once, at the end.
    package func close() async throws {
        heartbeat.cancel()
        try await write { try $0.execute(sql: "UPDATE lease SET released = 1") }
    }

    // MARK: - CheckpointLog

    package func record(_ checkpoints: [Checkpoint]) async throws {
        let writer = CheckpointWriter(run: run, actor: actor, at: ledger.now())
        try await write { db in
            for checkpoint in checkpoints { try writer.write(checkpoint, to: db) }
        }
    }

    package func note(_ checkpoints: [Checkpoint]) {
        let writer = CheckpointWriter(run: run, actor: actor, at: ledger.now())
        commits.enqueue { db in
            for checkpoint in checkpoints { try writer.write(checkpoint, to: db) }
        }
    }

    package func openTransactions() async throws -> [OpenTransaction] {
        try await read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT t.number, t.id AS owner, t.run, t.course, t.block, t.video_id, i.*
                    FROM intent i INDEXED BY intent_open JOIN video_transaction t ON t.number = i.owner
                    WHERE \(OpenWork.isOpen) ORDER BY t.number, i.language
                    """
            )
            var transactions: [OpenTransaction] = []
            while let row = try rows.next() {
                let header = TransactionHeader(
                    id: row["owner"], run: RunID(row["run"]), course: CourseKey(unchecked: row["course"]),
                    block: UsageKey(unchecked: row["block"]), video: VideoID(unchecked: row["video_id"])
                )
                let intent = try OpenIntent(row)
                if let last = transactions.last, last.header == header {
                    transactions[transactions.count - 1] = OpenTransaction(
                        header: header, intents: last.intents + [intent])
                } else {
                    transactions.append(OpenTransaction(header: header, intents: [intent]))
                }
            }
            return transactions
        }
    }

    package func committed(among keys: Set<ObjectKey>, for course: CourseKey) async throws -> [ObjectKey: Checksum] {
        guard !keys.isEmpty else { return [:] }
        return try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT i.sha256 FROM intent i JOIN video_transaction t ON t.number = i.owner
                    WHERE i.object = ? AND i.state = 'committed' AND t.course = ?
                    """
            )
            return try keys.reduce(into: [:]) { found, key in
                let sha256 = try String.fetchOne(statement, arguments: [key.text, course.text])
                found[key] = sha256.flatMap(Checksum.init(hexadecimal:))
            }
        }
    }

    package func waivers(of course: CourseKey) async throws -> [Waiver] {
        try await read { try Waiver.fetch($0, course: course) }
    }

    package func openWriteBack(of course: CourseKey) async throws -> WriteBack? {
        try await read { db in
            try WriteBackRow.last(of: course, in: [.open], db)?.plan
        }
    }

    package func isHeld(_ course: CourseKey) async throws -> Bool {
        try await read { db in
            try Bool.fetchOne(
                db, sql: "SELECT held_by IS NOT NULL FROM course WHERE key = ?", arguments: [course.text]
            ) ?? false
        }
    }

    // MARK: - CommandQueue

    package func pendingCommands() async throws -> [QueuedCommand] {
        let run = run.number
        return try await read { db in
            let sql = "SELECT * FROM command WHERE run = ? AND answered IS NULL ORDER BY id"
            return try Row.fetchAll(db, sql: sql, arguments: [run]).map { row in
                let text: String = row["command"]
                return QueuedCommand(
                    id: row["id"],
                    command: OperatorCommand(kept: text),
                    actor: row["actor"], basedOn: row["based_on"]
                )
            }
        }
    }

    package func answer(_ command: QueuedCommand, refusal: String?) async throws {
        let (run, date) = (run.number, ledger.now().timeIntervalSince1970)
        try await write { db in
            try db.execute(
                sql: "UPDATE command SET answered = ?, refusal = ? WHERE id = ?",
                arguments: [date, refusal, command.id]
            )
            try db.execute(
                sql: "INSERT INTO event (at, run, actor, kind, detail) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    date, run, command.actor, refusal == nil ? "command applied" : "command refused",
                    (command.command.map { "\($0)" } ?? "a command") + (refusal.map { ": \($0)" } ?? ""),
                ]
            )
        }
    }

    // MARK: - Errors

    private func write(_ work: @escaping GroupCommit.Work) async throws {
        do {
            try await commits.write(work)
        } catch let error as DatabaseError {
            throw Failure(error, ledger: ledger.path)
        }
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await ledger.pool.read(body)
        } catch let error as DatabaseError {
            throw Failure(error, ledger: ledger.path)
        }
    }
}

extension OpenIntent {
    fileprivate init(_ row: Row) throws {
        guard
            let checksum = Checksum(hexadecimal: row["sha256"]),
            let format = TranscriptFormat(rawValue: row["format"])
        else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "an intent that cannot be read")
        }
        self.init(
            intent: Intent(
                id: row["id"], language: LanguageCode(unchecked: row["language"]),
                object: ObjectKey(unchecked: row["object"]), size: row["size"], checksum: checksum, format: format
            ),
            written: Date(timeIntervalSince1970: row["written"]),
            isWatched: row["state"] == "watched"
        )
    }
}

extension Waiver {
    static func fetch(_ db: Database, course: CourseKey?) throws -> [Waiver] {
        let sql = "SELECT * FROM waiver WHERE course = ifnull(?, course) ORDER BY course, block, language"
        return try fetch(db, sql: sql, arguments: [course?.text])
    }

    /// The waivers that a query of their table gives.
    static func fetch(_ db: Database, sql: String, arguments: StatementArguments = []) throws -> [Waiver] {
        try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
            let language: String = row["language"]
            return Waiver(
                course: CourseKey(unchecked: row["course"]), block: UsageKey(unchecked: row["block"]),
                language: language.isEmpty ? nil : LanguageCode(unchecked: language),
                actor: row["actor"], reason: row["reason"]
            )
        }
    }
}
