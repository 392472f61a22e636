// SPDX-License-Identifier: Apache-2.0
import GRDB
package import MigrationModel

/// A rehearsal that was brought to its end, as production's ledger keeps it.
package struct CompletedRehearsal: Sendable, Hashable, Codable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "rehearsal"

    /// The name of its own ledger, which is beside production's.
    package let ledger: String
    package let source: String
    package let store: String
    package let catalog: String
    package let actor: String
    /// When its first run began and its last one ended, in seconds since 1970.
    package let began: Double
    package let ended: Double
    /// How long its runs took in all.
    package let seconds: Double
    package let courses: Int
    package let videos: Int
    /// Transcripts that it moved.
    package let transcripts: Int
    package let retries: Int
    package let rollbacks: Int
}

/// What a rehearsal's ledger amounts to.
package enum RehearsalVerdict: Sendable, Hashable {
    case completed(CompletedRehearsal)
    /// Courses of the source that were not brought to their end.
    case unfinished(courses: Int, of: Int)
    /// Everything was there before.
    case movedNothing
}

extension Ledger {
    /// Judges a rehearsal in its own ledger, after a run that ended as it should. It is complete when every course of the
    /// source was brought to its end and a transcript was moved: what moves nothing has rehearsed nothing.
    ///
    /// - Parameters:
    ///   - source: all courses that the source has now.
    ///   - name: the one of this ledger among ``RehearsalLedgers``.
    package func rehearsal(of source: Set<CourseKey>, named name: String) async throws -> RehearsalVerdict {
        try await reading { db in
            let states = try Row.fetchAll(db, sql: "SELECT key, state FROM course")
            let proven = Set(
                states.filter { CourseState(rawValue: $0["state"])?.isProven == true }.map { $0["key"] as String })
            let missing = source.filter { !proven.contains($0.text) }.count
            guard missing == 0 else { return .unfinished(courses: missing, of: source.count) }
            let figures = try CompletedRehearsal.fetchOne(db, sql: Self.figures, arguments: [name])
            guard let figures, figures.transcripts > 0 else { return .movedNothing }
            return .completed(figures)
        }
    }

    /// Of the last run that took courses, and of all that were before it.
    private static let figures = """
        SELECT ?1 AS ledger, r.source, r.store, r.catalog, r.actor,
            (SELECT min(started) FROM run) AS began, r.ended,
            (SELECT sum(ended - started) FROM run WHERE ended IS NOT NULL) AS seconds,
            (SELECT count(*) FROM course) AS courses, (SELECT count(*) FROM video) AS videos,
            (SELECT count(*) FROM intent WHERE state = 'committed') AS transcripts,
            (SELECT sum(retries) FROM (SELECT retries FROM course UNION ALL SELECT retries FROM past_course)) AS retries,
            (SELECT sum(rollbacks) FROM (SELECT rollbacks FROM course UNION ALL SELECT rollbacks FROM past_course))
                AS rollbacks
        FROM run r WHERE r.ended IS NOT NULL ORDER BY r.id DESC LIMIT 1
        """

    /// Keeps a completed rehearsal in this ledger, which is production's; one that is kept already stays as it is.
    ///
    /// - Returns: how many of its source are kept now.
    package func keep(_ rehearsal: CompletedRehearsal) async throws -> Int {
        try await writing { db in
            try rehearsal.insert(db, onConflict: .ignore)
            return try CompletedRehearsal.filter(Column("source") == rehearsal.source).fetchCount(db)
        }
    }

    /// The completed rehearsals that a ledger keeps, the oldest first; none without a ledger. Blocks, and changes nothing:
    /// not even a ledger of an earlier version is brought up to date.
    ///
    /// - Parameter source: nil for those of every source.
    /// - Throws: ``Failure`` when the ledger cannot be read.
    package static func rehearsals(of source: String? = nil, knownTo path: String) throws -> [CompletedRehearsal] {
        try withFile(path) { db in
            guard try db.tableExists(CompletedRehearsal.databaseTableName) else { return [] }
            let sql = "SELECT * FROM rehearsal WHERE source = ifnull(?, source) ORDER BY ended, ledger"
            return try CompletedRehearsal.fetchAll(db, sql: sql, arguments: [source])
        } ?? []
    }

    /// Whether the last run of a ledger ended as it should and none has moved anything. Blocks, and changes nothing.
    ///
    /// - Throws: ``Failure`` when the ledger cannot be read.
    static func movedNothing(_ path: String) throws -> Bool {
        try withFile(path) { db in
            let exit = try Int32.fetchOne(db, sql: "SELECT exit FROM run WHERE id = (\(Snapshot.newestRun))")
            let committed = "SELECT EXISTS (SELECT 1 FROM intent WHERE state = 'committed')"
            return try exit == RunExit.done.rawValue && Bool.fetchOne(db, sql: committed) == false
        } ?? false
    }

    /// The courses that the newest run took and did not bring to their end, where it was a production run on these places:
    /// to go on with them is no new decision. None without a ledger. Blocks, and changes nothing.
    ///
    /// - Throws: ``Failure`` when the ledger cannot be read.
    package static func unfinished(
        source: String, store: String, catalog: String, knownTo path: String
    ) throws -> Set<CourseKey> {
        let sql = """
            SELECT c.key FROM course c JOIN run r ON r.id = c.run
            WHERE c.state IN ('queued', 'running', 'retrying') AND r.id = (\(Snapshot.newestRun))
                AND r.kind = 'production' AND r.source = ? AND r.store = ? AND r.catalog = ?
            """
        let keys = try withFile(path) { try String.fetchSet($0, sql: sql, arguments: [source, store, catalog]) }
        return Set((keys ?? []).map { CourseKey(unchecked: $0) })
    }
}
