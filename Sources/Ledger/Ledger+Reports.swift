// SPDX-License-Identifier: Apache-2.0
import GRDB
package import MigrationModel

/// What the report of a run tells besides its courses.
extension Ledger {
    /// The courses that had failed or waited for somebody when a run began, which did not take them; sorted by key. What
    /// later runs made of them does not count.
    package func coursesLeft(before run: RunID) async throws -> [CourseLeft] {
        try await reading {
            try CourseLeft.fetchAll(
                $0,
                sql: """
                    WITH record AS (
                        SELECT id AS course, run, state, reason FROM course WHERE run <= ?1
                        UNION ALL SELECT course, run, state, reason FROM past_course WHERE run <= ?1
                    ), newest AS (SELECT course, max(run) AS run, state, reason FROM record GROUP BY course)
                    SELECT c.key, c.title, n.state, n.reason, n.run FROM newest n JOIN course c ON c.id = n.course
                    WHERE n.run < ?1 AND n.state IN ('failed', 'held') ORDER BY c.key
                    """, arguments: [run.number]
            )
        }
    }

    /// The videos that have transcripts under an `edx_video_id` that their course does not hold: of the courses that the run
    /// was the last to take, and those of others that it committed itself; by course, sorted.
    package func newVideoIDs(by run: RunID) async throws -> [CourseKey: [NewVideoID]] {
        try await reading { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT c.key AS course, v.block, v.display_name, v.video_id FROM video v JOIN course c ON c.id = v.course
                    WHERE v.is_new_id AND v.store > 0 AND c.run = ?1
                    UNION
                    SELECT t.course, v.block, v.display_name, t.video_id FROM video_transaction t
                    JOIN course c ON c.key = t.course JOIN video v ON v.course = c.id AND v.block = t.block
                    WHERE t.run = ?1 AND v.is_new_id AND v.video_id = t.video_id
                        AND EXISTS (SELECT 1 FROM intent i WHERE i.owner = t.number AND i.state = 'committed')
                    ORDER BY 1, 2
                    """, arguments: [run.number])
            return Dictionary(grouping: rows) { CourseKey(unchecked: $0["course"]) }.mapValues { rows in
                rows.map { NewVideoID(block: $0["block"], displayName: $0["display_name"], videoID: $0["video_id"]) }
            }
        }
    }

    /// Who has ended at once the engine of a run; nil when nobody did.
    package func stopper(of run: RunID) async throws -> String? {
        try await reading { try Orders($0, of: run.number).stoppedBy }
    }

    /// The videos of a course that a run did not verify, sorted by usage key. Where a later run has taken the course
    /// since, those that this one had not begun are not among them.
    package func videosLeft(by run: RunID, in course: CourseKey) async throws -> [VideoLeft] {
        try await reading {
            try VideoLeft.fetchAll(
                $0,
                sql: """
                    SELECT v.block, v.display_name AS displayName, v.state, v.failure
                    FROM video v JOIN course c ON c.id = v.course
                    WHERE c.key = ?1 AND c.run = ?2 AND v.state <> 'verified'
                    UNION ALL
                    SELECT p.block, p.display_name, p.state, p.failure
                    FROM past_video p JOIN course c ON c.id = p.course WHERE c.key = ?1 AND p.run = ?2
                    ORDER BY 1
                    """, arguments: [course.text, run.number])
        }
    }
}

/// A video that a run did not verify.
package struct VideoLeft: Sendable, Hashable, Codable, FetchableRecord {
    package let block: String
    package let displayName: String
    package let state: String
    /// A ``Failure`` as JSON.
    package let failure: String?

    /// Why, if it failed.
    package var why: Failure? { Failure(kept: failure) }
}

/// A course that a run did not take, as the run before left it.
package struct CourseLeft: Sendable, Hashable, Codable, FetchableRecord {
    package let key: String
    package let title: String
    package let state: String
    package let reason: String
    /// The run that left it so.
    package let run: Int64
}

/// The `edx_video_id` that a run made for a video that had none.
package struct NewVideoID: Sendable, Hashable {
    package let block: String
    package let displayName: String
    package let videoID: String
}
