// SPDX-License-Identifier: Apache-2.0
package import Foundation
import GRDB
import MigrationModel

extension Ledger {
    /// What a ledger says about beginning a run now.
    package struct Readiness: Sendable, Hashable {
        /// The engine that holds the ledger.
        package struct Holder: Sendable, Hashable {
            package let host: String
            package let pid: Int32
            /// Seconds since it was last heard.
            package let heartbeatAge: Double
        }

        /// nil when no engine lives.
        package let holder: Holder?
        /// Transactions that the next run settles before anything else.
        package let openTransactions: Int
        /// When the newest event was written; nil in a ledger without any.
        package let newestEvent: Date?
        /// Whether the first thing a run does is to bring the schema up to date.
        package let isOfEarlierVersion: Bool
    }

    /// What a run would find in a ledger's file.
    package enum Trial: Sendable, Hashable {
        /// No tables: the first run makes them.
        case empty
        /// Another program has its write lock, and did not give it back in two seconds.
        case locked
        case ready(Readiness)
    }

    /// Looks whether a run on these stores could begin with the ledger at `path`: takes the write lock and gives it back,
    /// and writes nothing. A ledger of an earlier version stays one.
    ///
    /// May be called while an engine runs, whose lock it waits for. Blocks, up to some seconds.
    ///
    /// - Throws: ``Failure``, of class `conflict` when transactions are open that were begun on other stores.
    package static func tryOut(path: String, store: String, catalog: String, at date: Date) throws -> Trial {
        try withFile(path) { db in
            do {
                try db.beginTransaction(.immediate)
                try db.rollback()
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                return .locked
            }
            let header = RunHeader(kind: "", actor: "", source: "", store: store, catalog: catalog, options: "")
            try Lease.refuseOtherStores(db, header, ledger: path)
            return .ready(try Readiness(db, at: date))
        } ?? .empty
    }
}

extension Ledger.Readiness {
    /// Asks only for what ledgers of every version have.
    fileprivate init(_ db: Database, at date: Date) throws {
        let lease = try Lease.fetch(db).flatMap { $0.isAlive(at: date) ? $0 : nil }
        let open = "SELECT count(DISTINCT owner) FROM intent i WHERE \(OpenWork.isOpen)"
        let newest = try Double.fetchOne(db, sql: "SELECT at FROM event ORDER BY seq DESC LIMIT 1")
        holder = lease.map {
            Holder(host: $0.host, pid: $0.pid, heartbeatAge: max(0, date.timeIntervalSince1970 - $0.heartbeat))
        }
        openTransactions = try Int.fetchOne(db, sql: open) ?? 0
        newestEvent = newest.map { Date(timeIntervalSince1970: $0) }
        isOfEarlierVersion = try !LedgerSchema.migrator.hasCompletedMigrations(db)
    }
}
