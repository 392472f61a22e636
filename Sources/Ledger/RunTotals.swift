// SPDX-License-Identifier: Apache-2.0
import GRDB

/// A run in sums: one row for each state that one of its courses is in, whatever their number.
package struct RunTotals: Sendable, Hashable {
    /// The courses of one state.
    package struct State: Sendable, Hashable, Codable, FetchableRecord {
        package let state: String
        package let courses: Int
        /// Courses whose videos are not listed yet.
        package let unlisted: Int
        /// The part of each course's videos that is done, summed; a course without videos counts as 0.
        package let progress: Double
        package let retries: Int
        package let rollbacks: Int
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
    }

    package let states: [State]
    /// What earlier runs did again and took back of the same courses; nothing where the totals are of one run.
    package var earlier = EarlierTrouble()

    package init(states: [State], earlier: EarlierTrouble = EarlierTrouble()) {
        self.states = states
        self.earlier = earlier
    }

    /// Over all runs, where the totals are of every course: they never become fewer.
    package var retries: Int { sum(\.retries) + earlier.retries }
    package var rollbacks: Int { sum(\.rollbacks) + earlier.rollbacks }

    /// The sum of a column over all states.
    package func sum(_ column: KeyPath<State, Int>) -> Int { states.reduce(0) { $0 + $1[keyPath: column] } }

    /// Of the courses of one run.
    static let ofRun = query("(\(CourseRow.ofRun))", unlisted: "videos = 0")
    /// Of every course.
    static let ofAll = query("course", unlisted: "videos = 0 AND NOT is_listed")

    private static func query(_ courses: String, unlisted: String) -> String {
        """
        WITH mine AS (
            SELECT *, pending + migrating + verified + rolled_back + failed + waived_videos AS videos
            FROM \(courses)
        )
        SELECT state, count(*) AS courses, sum(\(unlisted)) AS unlisted,
            total(1.0 * (videos - pending - migrating) / max(videos, 1)) AS progress,
            sum(retries) AS retries, sum(rollbacks) AS rollbacks, sum(pending) AS pending,
            sum(migrating) AS migrating, sum(verified) AS verified, sum(rolled_back) AS rolledBack,
            sum(failed) AS failed, sum(waived_videos) AS waivedVideos, sum(contentstore) AS contentstore,
            sum(store) AS store, sum(migrated) AS migrated, sum(present) AS present, sum(dangling) AS dangling,
            sum(corrupt) AS corrupt, sum(conflict) AS conflict, sum(waived) AS waived
        FROM mine GROUP BY state ORDER BY state
        """
    }
}

/// Retries and rollbacks of runs whose courses later runs have taken.
package struct EarlierTrouble: Sendable, Hashable {
    package var retries = 0
    package var rollbacks = 0

    package init() {}

    /// A look at an index that holds nothing of a healthy fleet.
    init(_ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT ifnull(sum(retries), 0), ifnull(sum(rollbacks), 0) FROM past_course INDEXED BY past_trouble
                WHERE retries + rollbacks > 0
                """
        )
        guard let row = try Row.fetchOne(statement) else { return }
        (retries, rollbacks) = (row[0], row[1])
    }
}
