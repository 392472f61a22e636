// SPDX-License-Identifier: Apache-2.0
import Foundation
package import GRDB
package import MigrationModel

/// What the ledger says at one moment: what the console draws and `mallow status` prints.
package struct Snapshot: Sendable {
    /// A living engine of which nothing was heard for so many seconds is silent: it beats every second.
    package static let silence = 3.0

    /// The newest run, if there was any.
    package let run: RunRow?
    /// Sorted by key.
    package let courses: [CourseRow]
    /// Seconds since the engine's last heartbeat; nil when no engine lives.
    package let heartbeatAge: Double?
    /// The number of the newest event.
    package let lastEvent: Int64
    /// What earlier runs did again and took back.
    package let earlier: EarlierTrouble
    /// What operators have the newest run do.
    package let orders: Orders
    /// What is neither committed nor proven absent.
    package let open: OpenWork

    /// The number of the newest run over courses: settling and listing are none.
    static let newestRun = "SELECT max(id) FROM run WHERE \(takesCourses)"

    /// What holds of the runs that bring courses to their end.
    static let takesCourses = "kind NOT IN ('recovery', 'discovery', 'undo write-back')"

    static func newestRun(_ db: Database) throws -> RunRow? {
        try RunRow.fetchOne(db.cachedStatement(sql: "SELECT * FROM run WHERE id = (\(newestRun))"))
    }
}

/// A run as the ledger keeps it.
package struct RunRow: Sendable, Hashable, Codable, FetchableRecord {
    package let id: Int64
    package let kind: String
    package let state: String
    package let reason: String
    /// nil while it goes on.
    package let ending: String?
    package let actor: String
    package let host: String
    package let pid: Int32
    package let source: String
    package let store: String
    package let catalog: String
    package let options: String
    /// Seconds since 1970.
    package let started: Double
    package let ended: Double?
    /// How many things that should be courses could not be read.
    package let unreadable: Int
    /// The exit code it ended with; nil while it goes on.
    package let exit: Int32?
    /// How many videos may be in flight at once; 0 when it has not said so.
    package let concurrency: Int
    /// How many of them the brake lets be in flight; nil while it is released.
    package let brakedTo: Int?
    package let brakeReason: String?
    /// How many transcripts it has read from the contentstore, how many in each of its last seconds, and when it said so; nil
    /// when it has not.
    let reads: Int?
    let readRate: Double?
    let readsAt: Double?
    /// What was chosen otherwise than by default, as options of the command line.
    package let choices: [String]
    /// In which manner it writes; nil where that is not known, or it takes no courses.
    package let manner: String?

    /// How many videos may be in flight, and why not more; nil while the brake is released.
    package var brake: (bound: Int, reason: String)? {
        guard let brakedTo, brakedTo < concurrency else { return nil }
        return (brakedTo, brakeReason ?? "")
    }

    private enum CodingKeys: String, CodingKey {
        case id, kind, state, reason, ending, actor, host, pid, source, store, catalog, options, started, ended
        case unreadable, exit, concurrency, choices, manner, brakedTo = "braked_to", brakeReason = "brake_reason"
        case reads, readRate = "read_rate", readsAt = "reads_at"
    }
}

/// A course as the ledger keeps it, with the sums over its videos.
package struct CourseRow: Sendable, Hashable, Codable, FetchableRecord {
    package let id: Int64
    package let key: String
    package let title: String
    package let state: String
    package let reason: String
    /// The run that last took it.
    package let run: Int64?
    package let heldBy: String?
    package let retries: Int
    package let rollbacks: Int
    package let verdict: String
    package let flag: Bool
    package let unreachable: Int
    package let started: Double?
    package let ended: Double?
    package let pending: Int
    package let migrating: Int
    package let verified: Int
    package let rolledBack: Int
    package let failed: Int
    package let waivedVideos: Int
    package let contentstore: Int
    package let store: Int
    package let migrated: Int
    package let present: Int
    package let dangling: Int
    package let corrupt: Int
    package let conflict: Int
    package let waived: Int

    /// The columns that are kept of it when a later run takes it.
    static let kept = [
        "state", "reason", "retries", "rollbacks", "verdict", "flag", "unreachable", "pending", "migrating", "verified",
        "rolled_back", "failed", "waived_videos", "contentstore", "store", "migrated", "present", "dangling", "corrupt",
        "conflict", "waived",
    ]

    /// The courses that run `?1` took, as it left them where a later one has taken them since.
    static let ofRun: String = {
        func columns(_ table: String) -> String {
            (["run", "started", "ended"] + kept).map { "\(table).\($0)" }.joined(separator: ", ")
        }
        return """
            SELECT c.id, c.key, c.title, c.held_by, \(columns("c")) FROM course c WHERE c.run = ?1
            UNION ALL
            SELECT c.id, c.key, c.title, NULL, \(columns("p")) FROM past_course p JOIN course c ON c.id = p.course
            WHERE p.run = ?1
            """
    }()

    private enum CodingKeys: String, CodingKey {
        case id, key, title, state, reason, run, retries, rollbacks, verdict, flag, unreachable, started, ended
        case pending, migrating, verified, failed, contentstore, store, migrated, present, dangling, corrupt, conflict
        case waived, heldBy = "held_by", rolledBack = "rolled_back", waivedVideos = "waived_videos"
    }
}

/// A video as the ledger keeps it.
package struct VideoRow: Sendable, Hashable, Codable, FetchableRecord {
    package let id: Int64
    package let block: String
    package let videoId: String
    package let isNewId: Bool
    package let displayName: String
    package let state: String
    /// A ``Failure`` as JSON.
    package let failure: String?
    package let attempt: Int
    package let seconds: Double
    /// In which step how long, in seconds: ``StepTimes``.
    package let reading: Double
    package let storing: Double
    package let checking: Double
    /// Transcripts of its open transaction, and how many of them are acknowledged; 0 when none is open.
    package let planned: Int
    package let stored: Int
    package let contentstore: Int
    package let store: Int
    package let migrated: Int
    package let present: Int
    package let dangling: Int
    package let corrupt: Int
    package let conflict: Int
    package let waived: Int

    /// Why it failed, if it did.
    package var why: Failure? { Failure(kept: failure) }

    /// Whether a run has not brought it to its end, and nobody has let it stay behind since.
    package var isTroubled: Bool { [.failed, .rolledBack].contains(VideoState(rawValue: state)) }

    /// The videos of the course whose key is `?1`, each with how far its open transaction is.
    static let query = """
        WITH open AS (
            SELECT t.block, count(*) AS planned, sum(i.state = 'stored') AS stored
            FROM intent i INDEXED BY intent_open JOIN video_transaction t ON t.number = i.owner
            WHERE \(OpenWork.isOpen) AND t.course = ?1 GROUP BY t.block
        )
        SELECT v.*, ifnull(o.planned, 0) AS planned, ifnull(o.stored, 0) AS stored
        FROM video v LEFT JOIN open o ON o.block = v.block WHERE v.course = (SELECT id FROM course WHERE key = ?1)
        """

    private enum CodingKeys: String, CodingKey {
        case id, block, state, failure, attempt, seconds, reading, storing, checking, planned, stored, contentstore,
            store, migrated, present,
            dangling
        case corrupt, conflict, waived, videoId = "video_id", isNewId = "is_new_id", displayName = "display_name"
    }
}

/// An event as the ledger keeps it.
package struct EventRow: Sendable, Hashable, FetchableRecord {
    package let seq: Int64
    package let at: Double
    package let run: Int64?
    package let actor: String
    package let kind: String
    package let course: String?
    package let block: String?
    package let language: String?
    package let object: String?
    package let fromState: String?
    package let toState: String?
    package let `class`: String?
    package let attempt: Int?
    package let seconds: Double?
    package let bytes: Int?
    package let sha256: String?
    package let detail: String?

    /// The state to which something was rolled back of which an object may still arrive. Its detail says how many.
    static let watched = "watched"

    /// Its columns, in the order in which ``init(row:)`` reads them.
    static let query = """
        SELECT e.seq, e.at, e.run, e.actor, e.kind, c.key, e.block, e.language, e.object, e.from_state, e.to_state, e.class,
            e.attempt, e.seconds, e.bytes, e.sha256, e.detail
        FROM event e LEFT JOIN course c ON c.id = e.course
        """

    /// What is more than filling: not an object stored, not a video verified. An index has the same words.
    static let isNotable = "NOT (kind = 'stored' OR kind = 'video' AND to_state = 'verified')"

    /// What has a sentence in ``EventSentence``. An index has the same words.
    static let isWorthALine = """
        \(isNotable) AND (kind = 'video' OR kind = 'course' AND to_state NOT IN ('queued', 'pending')
            OR kind = 'rolled back' OR kind = 'notice' OR kind = 'unreadable' OR kind = 'command applied'
            OR kind = 'command refused' OR kind = 'waived' OR kind = 'waiver withdrawn' OR kind = 'held' OR kind = 'released'
            OR kind = 'wrote back' OR kind = 'write-back undone' OR kind = 'write-back abandoned')
        """

    /// Read by hand: events come by the hundred thousand.
    package init(row: Row) {
        (seq, at, run, actor, kind) = (row[0], row[1], row[2], row[3], row[4])
        (course, block, language, object) = (row[5], row[6], row[7], row[8])
        (fromState, toState, `class`, attempt) = (row[9], row[10], row[11], row[12])
        (seconds, bytes, sha256, detail) = (row[13], row[14], row[15], row[16])
    }
}

/// A failed task as the ledger keeps it.
package struct FailedTaskRow: Sendable, Hashable, Codable, FetchableRecord {
    package let taskId: String
    package let taskName: String
    package let course: String
    package let exception: String
    package let run: Int64?
    package let created: Double
    package let resolved: Double?

    private enum CodingKeys: String, CodingKey {
        case course, exception, run, created, resolved, taskId = "task_id", taskName = "task_name"
    }
}
