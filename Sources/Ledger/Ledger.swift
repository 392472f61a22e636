// SPDX-License-Identifier: Apache-2.0
package import Foundation
import GRDB
import MigrationModel

/// One platform's ledger: an SQLite file with every checkpoint, intent, event and command.
///
/// Written by one engine at a time, by group commit; read by as many as like.
package final class Ledger: Sendable {
    package let path: String
    let pool: DatabasePool
    /// The wall clock that its times are taken from.
    package let now: @Sendable () -> Date

    /// Opens a ledger, or makes one where there is none.
    ///
    /// Blocks for some milliseconds.
    ///
    /// - Throws: ``Failure``, also for a file that is no ledger or that a newer version of this program wrote: it is
    ///   refused, never guessed at and never started afresh. ``LedgerBusy`` when an engine of an earlier version is at
    ///   work on it.
    package init(path: String, now: @escaping @Sendable () -> Date) throws {
        // One ledger has one lock, by whatever name it is called.
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        self.path = path
        self.now = now
        do {
            pool = try Self.open(path)
            try pool.writeWithoutTransaction { db in
                // WAL alone does not survive a power cut: GRDB opens it with synchronous=NORMAL.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
                precondition(synchronous == 2, "the ledger syncs every commit")
                // 64 MB of pages in memory, and a checkpoint every 32 MB of log.
                try db.execute(sql: "PRAGMA cache_size = -65536")
                try db.execute(sql: "PRAGMA wal_autocheckpoint = 8000")
            }
            try Self.bringUpToDate(pool, path, at: now())
        } catch let error as DatabaseError {
            throw Failure(error, ledger: path)
        }
    }

    /// The file is whole without the log beside it then, also where the process ends next: who is told that his rows are
    /// durable is told by a thread that still has the file open. Blocks until what was begun is over.
    deinit {
        // Its readers' connections first: the last one to go takes the log with it, which a reader cannot.
        pool.releaseMemory()
        try? pool.close()  // one that cannot be closed now is closed with its last holder
    }

    /// Whoever makes a new ledger's log has the file to himself for a moment; SQLite turns others away then and there,
    /// however long they would wait.
    private static func open(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = Self.lookingAgain(for: 10)
        configuration.label = "ledger"
        let end = ContinuousClock.now + patience
        while true {
            do {
                try refuseForeign(path)
                return try DatabasePool(path: path, configuration: configuration)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < end {
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
    }

    /// An engine at work gives the lock away for a moment between two commits, if its disk is slow hundreds of times a second:
    /// whoever waits for it, such as a console with a command, looks every millisecond, where SQLite would look ten times a
    /// second and miss most of them.
    private static func lookingAgain(for seconds: Double) -> Database.BusyMode {
        .callback { tries in
            usleep(1000)
            return Double(tries) < seconds * 1000
        }
    }

    /// Far longer than it takes to make a log, and less than a lock is waited for.
    private static let patience = Duration.seconds(3)

    /// An engine of an earlier version goes by the tables and indexes that it knows, from when it has the file's lock until it
    /// gives it back: nobody changes them under it. Other versions' consoles are told the same.
    ///
    /// - Throws: ``LedgerBusy``.
    private static func bringUpToDate(_ pool: DatabasePool, _ path: String, at date: Date) throws {
        let end = ContinuousClock.now + patience
        repeat {
            let (isComplete, isNew, lease) = try pool.read { db -> (Bool, Bool, Lease?) in
                if try LedgerSchema.migrator.hasCompletedMigrations(db) { return (true, false, nil) }
                return try db.tableExists("lease") ? (false, false, try Lease.fetch(db)) : (false, true, nil)
            }
            if isComplete { return }
            // Nobody is at work on one that is being made.
            if isNew { return try takeSteps(pool) }
            if let lease, lease.isAlive(at: date), !lease.isOf(.current) {
                throw LedgerBusy(of: lease, ledger: path, isOfEarlierVersion: true)
            }
            if let lock = try LedgerLock(beside: path) { return try withExtendedLifetime(lock) { try takeSteps(pool) } }
            // Somebody begins a run, or takes these very steps.
            Thread.sleep(forTimeInterval: 0.02)
        } while ContinuousClock.now < end
        throw LedgerBusy(of: nil, ledger: path, isOfEarlierVersion: true)
    }

    /// Several programs may come to a new ledger at once, a console and its engine among them. Each step is a transaction:
    /// whoever finds that another took it in between has lost nothing and looks again.
    private static func takeSteps(_ pool: DatabasePool) throws {
        let migrator = LedgerSchema.migrator
        let end = ContinuousClock.now + patience
        for attempt in 0... {
            do { return try migrator.migrate(pool) } catch let error as DatabaseError {
                // A step that fails again although nobody else took one is broken; a lock was waited for already.
                let mayPass = error.resultCode != .SQLITE_BUSY || ContinuousClock.now < end
                guard attempt < migrator.migrations.count, mayPass else { throw error }
            }
        }
    }

    /// Looks before anything is written: even opening a pool changes a file's journal mode.
    ///
    /// - Parameter seconds: how long other programs' locks are waited for.
    static func refuseForeign(_ path: String, waiting seconds: TimeInterval = 10) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(seconds)
        try DatabaseQueue(path: path, configuration: configuration).read { db in
            // The first table is the list of steps, which stands before the first step is taken.
            let others = "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'"
            let tables = try Int.fetchOne(db, sql: others) ?? 0
            let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            guard tables == 0 || application == LedgerSchema.applicationID else {
                throw Failure(
                    .integrity, "opening the ledger", at: path, cause: "it is an SQLite file of another program",
                    advice: "name another file with --ledger"
                )
            }
            guard try !LedgerSchema.migrator.hasBeenSuperseded(db) else {
                throw Failure(
                    .integrity, "opening the ledger", at: path, cause: "a newer version of mallow wrote it",
                    advice: "use that version; this one would not understand every checkpoint"
                )
            }
        }
    }

    /// The right to begin a run: at most one engine has it.
    package struct Claim: Sendable {
        let lock: LedgerLock
        let engine: EngineIdentity
    }

    /// Claims the ledger before anything else is opened or made.
    ///
    /// - Throws: ``LedgerBusy`` when another engine holds it; ``Failure``.
    package func claim(as engine: EngineIdentity = .current) async throws -> Claim {
        guard let lock = try LedgerLock(beside: path) else { throw try await busy() }
        if let holder = try await livingHolder(otherThan: engine) { throw holder }
        return Claim(lock: lock, engine: engine)
    }

    /// Begins a run under a claim.
    ///
    /// What an engine that died left as running is put back; its open transactions are for recovery to settle.
    ///
    /// - Throws: ``Failure``, of class `conflict` when transactions are open that were begun on other stores: only there
    ///   could they be settled.
    package func beginRun(_ header: RunHeader, under claim: Claim) async throws -> RunLog {
        do {
            let (run, epoch) = try await pool.write { [now, path] db in
                try Lease.refuseOtherStores(db, header, ledger: path)
                return try Lease.take(db, for: header, by: claim.engine, at: now())
            }
            return RunLog(ledger: self, run: run, epoch: epoch, actor: header.actor, lock: claim.lock)
        } catch let error as DatabaseError {
            throw Failure(error, ledger: path)
        }
    }

    private func busy() async throws -> LedgerBusy {
        LedgerBusy(of: try await pool.read { try Lease.fetch($0) }, ledger: path)
    }

    /// File locks do not reach every host that shares a folder, and a lock file can be removed; the heartbeat tells.
    private func livingHolder(otherThan engine: EngineIdentity) async throws -> LedgerBusy? {
        // By the clock before the look: one that beats meanwhile is alive.
        let date = now()
        guard let lease = try await pool.read({ try Lease.fetch($0) }), lease.isAlive(at: date, seenFrom: engine)
        else { return nil }
        return lease.isOf(engine) ? nil : LedgerBusy(of: lease, ledger: path)
    }
}

/// What is known of a run when it begins.
package struct RunHeader: Sendable, Hashable, Codable {
    /// `production`, `rehearsal` or `dry run`.
    package let kind: String
    /// Who started it.
    package let actor: String
    /// Endpoints as given, without credentials.
    package let source: String
    package let store: String
    package let catalog: String
    /// Everything else that was chosen, for the report.
    package let options: String
    /// What was chosen otherwise than by default, as options of the command line: a next run is given the same. How many
    /// videos are in flight is not among them; the run says it itself, for it may change.
    package let choices: [String]
    /// The configuration that is in force, by its path; nil for none.
    package let configuration: String?
    /// In which manner it writes; nil for a run that takes no courses.
    package let manner: String?

    package init(
        kind: String, actor: String, source: String, store: String, catalog: String, options: String,
        choices: [String] = [], configuration: String? = nil, manner: Manner? = nil
    ) {
        self.kind = kind
        self.actor = actor
        self.source = source
        self.store = store
        self.catalog = catalog
        self.options = options
        self.choices = choices
        self.configuration = configuration
        self.manner = manner?.description
    }
}
