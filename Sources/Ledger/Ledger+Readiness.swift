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
    }

    /// Looks whether a run on these stores could begin: takes the write lock and gives it back, and writes nothing.
    ///
    /// May be called while an engine runs, whose lock it waits for, up to ten seconds.
    ///
    /// - Throws: ``Failure``, of class `conflict` when transactions are open that were begun on other stores.
    package func readiness(store: String, catalog: String) async throws -> Readiness {
        let header = RunHeader(kind: "", actor: "", source: "", store: store, catalog: catalog, options: "")
        do {
            try await pool.writeWithoutTransaction { db in
                try db.beginTransaction(.immediate)
                try db.rollback()
            }
        } catch let error as DatabaseError {
            throw Failure(error, ledger: path)
        }
        let date = now()
        return try await reading { [path] db in
            try Lease.refuseOtherStores(db, header, ledger: path)
            let lease = try Lease.fetch(db).flatMap { $0.isAlive(at: date) ? $0 : nil }
            let open = "SELECT count(DISTINCT owner) FROM intent WHERE state IN ('open', 'stored', 'watched')"
            let newest = try Double.fetchOne(db, sql: "SELECT at FROM event ORDER BY seq DESC LIMIT 1")
            return Readiness(
                holder: lease.map {
                    Readiness.Holder(
                        host: $0.host, pid: $0.pid, heartbeatAge: max(0, date.timeIntervalSince1970 - $0.heartbeat))
                },
                openTransactions: try Int.fetchOne(db, sql: open) ?? 0,
                newestEvent: newest.map { Date(timeIntervalSince1970: $0) }
            )
        }
    }
}
