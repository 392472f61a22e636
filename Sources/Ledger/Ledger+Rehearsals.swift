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
    /// In which manner it wrote: ``Manner``. nil where an earlier version has counted it.
    package let manner: String?
}

/// What a rehearsal's ledger amounts to.
package enum RehearsalVerdict: Sendable, Hashable {
    case completed(CompletedRehearsal)
    /// Something in the source that should be a course cannot be read: nobody knows what would become of it.
    case unreadable(String)
    /// Courses of the source that were not brought to their end.
    case unfinished(courses: Int, of: Int)
    /// No more transcripts were moved than were there before.
    case foundMost(moved: Int, found: Int)
    /// The rehearsal of this name was completed after this one had begun: both went through one staging at once.
    case overlapped(by: String)
}

extension Ledger {
    /// Judges a rehearsal in its own ledger, after a run that ended as it should. It is complete when every course of the
    /// source was brought to its end on these places, more transcripts were moved than were found there, and it began
    /// after the one before it was complete: what moves little has rehearsed little.
    ///
    /// - Parameters:
    ///   - courses: all that the source has now.
    ///   - places: where they are read and written; what runs made of them elsewhere, or in another manner than the newest
    ///     run here, is not looked at.
    ///   - name: the one of this ledger among ``RehearsalLedgers``.
    ///   - others: the completed rehearsals of the source, the oldest first.
    package func rehearsal(
        of courses: Set<CourseKey>, on places: Places, named name: String, after others: [CompletedRehearsal] = []
    ) async throws -> RehearsalVerdict {
        try await reading { db in
            let here = try Self.here(db, places)
            let states = try Row.fetchAll(
                db, sql: "\(Self.runsHere) SELECT key, state FROM course WHERE run IN (SELECT id FROM here)",
                arguments: here)
            let proven = Set(
                states.filter { CourseState(rawValue: $0["state"])?.isProven == true }.map { $0["key"] as String })
            let missing = courses.filter { !proven.contains($0.text) }.count
            guard missing == 0, let row = try Row.fetchOne(db, sql: Self.figures, arguments: here + [name]) else {
                return .unfinished(courses: missing, of: courses.count)
            }
            let figures = try CompletedRehearsal(row: row)
            let found: Int = row["found"]
            guard figures.transcripts > found else { return .foundMost(moved: figures.transcripts, found: found) }
            if let other = others.last(where: { $0.ledger != name && figures.began < $0.ended }) {
                return .overlapped(by: other.ledger)
            }
            return .completed(figures)
        }
    }

    /// What ``runsHere`` is asked with.
    private static func here(_ db: Database, _ places: Places) throws -> StatementArguments {
        let sql = """
            SELECT manner FROM run WHERE \(Snapshot.takesCourses) AND source = ? AND store = ? AND catalog = ?
            ORDER BY id DESC LIMIT 1
            """
        let manner = try String.fetchOne(db, sql: sql, arguments: [places.source, places.store, places.catalog])
        return [places.source, places.store, places.catalog, manner]
    }

    /// The runs that took courses, from one source into one store and one catalog, in one manner.
    private static let runsHere = """
        WITH here AS (
            SELECT * FROM run
            WHERE \(Snapshot.takesCourses) AND source = ?1 AND store = ?2 AND catalog = ?3 AND manner IS ?4
        )
        """

    private static let moved = """
        SELECT count(*) FROM intent i JOIN video_transaction t ON t.number = i.owner
        WHERE i.state = 'committed' AND t.run IN (SELECT id FROM here)
        """

    /// Reruns share videos: what one course of this rehearsal has moved, another one finds. The fewest that any of them has
    /// found of a video were there before all of them.
    private static let found = """
        SELECT ifnull(sum(present), 0) FROM (
            SELECT min(v.present) AS present FROM video v JOIN course c ON c.id = v.course
            WHERE c.run IN (SELECT id FROM here) GROUP BY v.video_id
        )
        """

    /// Of the last of these runs, and of all that were before it.
    private static let figures = """
        \(runsHere)
        SELECT ?5 AS ledger, r.source, r.store, r.catalog, r.actor, r.manner,
            (SELECT min(started) FROM here) AS began, r.ended,
            (SELECT sum(ended - started) FROM here WHERE ended IS NOT NULL) AS seconds,
            (SELECT count(*) FROM course WHERE run IN (SELECT id FROM here)) AS courses,
            (SELECT count(*) FROM video v JOIN course c ON c.id = v.course WHERE c.run IN (SELECT id FROM here))
                AS videos, (\(moved)) AS transcripts, (\(found)) AS found,
            (SELECT sum(retries) FROM (SELECT retries FROM course UNION ALL SELECT retries FROM past_course)) AS retries,
            (SELECT sum(rollbacks) FROM (SELECT rollbacks FROM course UNION ALL SELECT rollbacks FROM past_course))
                AS rollbacks
        FROM here r WHERE r.ended IS NOT NULL ORDER BY r.id DESC LIMIT 1
        """

    /// Keeps a completed rehearsal in this ledger, which is production's; one that is kept already stays as it is.
    ///
    /// - Returns: how many of its source and its manner are kept now.
    package func keep(_ rehearsal: CompletedRehearsal) async throws -> Int {
        try await writing { db in
            try rehearsal.insert(db, onConflict: .ignore)
            return try CompletedRehearsal.filter(
                Column("source") == rehearsal.source && Column("manner") == rehearsal.manner
            ).fetchCount(db)
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

    /// Whether a run over courses is in a ledger. Blocks, and changes nothing.
    ///
    /// - Throws: ``Failure`` when the ledger cannot be read.
    static func hasRun(_ path: String) throws -> Bool {
        try withFile(path) { try Int64.fetchOne($0, sql: Snapshot.newestRun) != nil } ?? false
    }

    /// Whether a rehearsal's ledger cannot come to count any more, whatever is done in it: its last run ended as it should
    /// and has found as much as was moved, or another rehearsal of the source was completed after it had begun. Blocks, and
    /// changes nothing.
    ///
    /// - Throws: ``Failure`` when the ledger cannot be read.
    static func isSpent(_ path: String, after completed: [CompletedRehearsal]) throws -> Bool {
        try withFile(path) { db in
            guard let run = try Row.fetchOne(db, sql: "SELECT * FROM run WHERE id = (\(Snapshot.newestRun))") else {
                return false
            }
            let source: String = run["source"]
            // A file of an earlier version stays as it is, and does not tell its runs' manner.
            let isKept = run.hasColumn("manner")
            let runsHere = isKept ? runsHere : runsHere.replacing("manner IS ?4", with: "?4 IS NULL")
            let here: StatementArguments = [
                source, run["store"], run["catalog"], isKept ? run["manner"] as String? : nil,
            ]
            let began = try Double.fetchOne(db, sql: "\(runsHere) SELECT min(started) FROM here", arguments: here)
            if let began, completed.contains(where: { $0.source == source && began < $0.ended }) { return true }
            // All that was moved is summed up only where it decides something.
            let exit: Int32? = run["exit"]
            guard exit == RunExit.done.rawValue else { return false }
            let sql = "\(runsHere) SELECT (\(moved)) <= (\(found))"
            return try Bool.fetchOne(db, sql: sql, arguments: here) ?? false
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
            WHERE c.state IN (\(CourseState.unfinishedStates)) AND r.id = (\(Snapshot.newestRun))
                AND r.kind = 'production' AND r.source = ? AND r.store = ? AND r.catalog = ?
            """
        let keys = try withFile(path) { try String.fetchSet($0, sql: sql, arguments: [source, store, catalog]) }
        return Set((keys ?? []).map { CourseKey(unchecked: $0) })
    }
}
