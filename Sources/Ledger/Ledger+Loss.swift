// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import MigrationModel

extension Ledger {
    /// Where transcripts are put, by the name that a run's row has for it.
    package enum Place: String, Sendable, Hashable { case store, catalog }

    /// Why nobody must make a place anew in which nothing is now; nil when the ledger at `path` knows of nothing that
    /// was in it, as when there is no ledger.
    ///
    /// A share that is not mounted just now looks like a place that is yet to be made. The runs that took courses and the
    /// courses' sums tell them apart, and transactions that are open: runs that only listed or recovered took no course.
    /// Writes nothing, works while an
    /// engine runs, and blocks for some milliseconds.
    ///
    /// - Parameter endpoint: as the run's row keeps it.
    /// - Returns: a ``Failure`` of class `conflict`.
    /// - Throws: ``Failure`` when the ledger cannot be read.
    package static func loss(of place: Place, _ endpoint: String, knownTo path: String) throws -> Failure? {
        let column = place.rawValue
        let sql = """
            SELECT r.id, c.migrated > 0 AS is_ours FROM course c JOIN run r ON r.id = c.run
            WHERE c.store > 0 AND r.\(column) = ? ORDER BY is_ours DESC, r.id DESC LIMIT 1
            """
        let unsettled = """
            SELECT r.id FROM intent i JOIN video_transaction t ON t.number = i.owner
            JOIN run r ON r.id = t.run WHERE \(OpenWork.isOpen) AND r.\(column) = ? LIMIT 1
            """
        let known: (run: Int64, what: String)?? = try withFile(path) { db in
            // Where nothing is mounted, everything is absent: that would prove nothing about what is open.
            if let run = try Int64.fetchOne(db, sql: unsettled, arguments: [endpoint]) {
                return (run, "left transactions open")
            }
            let row = try Row.fetchOne(db, sql: sql, arguments: [endpoint])
            return row.map { ($0["id"], ($0["is_ours"] as Bool) ? "stored transcripts" : "found transcripts") }
        }
        guard let known = known ?? nil else { return nil }
        return Failure(
            .conflict, "opening a platform", at: endpoint,
            cause: "run \(known.run) \(known.what) there, and nothing is there now",
            advice: "mount it, or name the right place; a new place needs a new ledger"
        )
    }

    /// Where a run read and wrote, as it was given.
    package struct Places: Sendable, Hashable {
        package let source: String
        package let store: String
        package let catalog: String

        package init(source: String, store: String, catalog: String) {
            self.source = source
            self.store = store
            self.catalog = catalog
        }
    }

    /// Places that runs of a kind had, and what is kept of the last of them.
    package struct UsedPlaces: Sendable, Hashable {
        package let places: Places
        /// What the ledger calls the runs: ``RunHeader/kind``.
        package let kind: String
        /// The configuration that was in force; nil for none, and where an earlier version kept the run.
        package let configuration: String?
    }

    /// The places of every run, the newest one's first; none without a ledger or a run. Blocks, and changes nothing: not
    /// even a ledger of an earlier version is brought up to date.
    ///
    /// - Throws: ``Failure`` when the ledger cannot be read.
    package static func places(knownTo path: String) throws -> [UsedPlaces] {
        try withFile(path) { db in
            let isKept = try db.columns(in: "run").contains { $0.name == "configuration" }
            let sql = """
                SELECT source, store, catalog, kind, \(isKept ? "configuration" : "NULL AS configuration"), max(id)
                FROM run GROUP BY source, store, catalog, kind ORDER BY max(id) DESC
                """
            return try Row.fetchAll(db, sql: sql).map { row in
                UsedPlaces(
                    places: Places(source: row["source"], store: row["store"], catalog: row["catalog"]),
                    kind: row["kind"], configuration: row["configuration"])
            }
        } ?? []
    }

    /// Whether a ledger is at `path`, which a file without a table is not yet. Writes nothing.
    ///
    /// - Throws: ``Failure`` as opening the ledger does.
    package static func isThere(_ path: String) throws -> Bool {
        try withFile(path) { _ in true } ?? false
    }

    /// Lends a ledger's file as it is: its schema stays what it is. Waits two seconds for other programs' locks.
    ///
    /// - Returns: nil where no ledger is yet: no file, or one without a table.
    /// - Throws: ``Failure`` as opening the ledger does.
    static func withFile<Value>(_ path: String, _ body: (Database) throws -> Value) throws -> Value? {
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            try refuseForeign(path, waiting: 2)
            var configuration = Configuration()
            configuration.busyMode = .timeout(2)
            configuration.label = "ledger as it is"
            // Not a read-only connection: the last one to go takes SQLite's log with it, and one of those cannot.
            return try DatabaseQueue(path: path, configuration: configuration).writeWithoutTransaction { db in
                guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0 > 0 else { return nil }
                return try body(db)
            }
        } catch let error as DatabaseError {
            throw Failure(error, ledger: path)
        }
    }
}
