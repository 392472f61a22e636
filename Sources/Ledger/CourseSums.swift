// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// Sums over the videos of one course, or of several.
package protocol CourseSums {
    var pending: Int { get }
    var migrating: Int { get }
    var verified: Int { get }
    var rolledBack: Int { get }
    var failed: Int { get }
    var waivedVideos: Int { get }
    var contentstore: Int { get }
    var store: Int { get }
    var migrated: Int { get }
    var present: Int { get }
    var dangling: Int { get }
    var corrupt: Int { get }
    var conflict: Int { get }
    var waived: Int { get }
}

extension CourseSums {
    /// Videos by state.
    package var videosByState: [VideoState: Int] {
        [
            .pending: pending, .migrating: migrating, .verified: verified, .rolledBack: rolledBack, .failed: failed,
            .waived: waivedVideos,
        ]
    }

    /// Transcripts by what they are; the words are a contract with scripts.
    package var transcripts: [String: Int] {
        [
            "contentstore": contentstore, "store": store, "migrated": migrated, "present": present,
            "dangling": dangling, "corrupt": corrupt, "conflict": conflict, "waived": waived,
        ]
    }
}

extension CourseRow: CourseSums {}
extension RunTotals.State: CourseSums {}

extension CourseState {
    /// Those of ``isUnfinished``, for a list in SQL.
    static let unfinishedStates = allCases.filter(\.isUnfinished).map { "'\($0.rawValue)'" }.joined(separator: ", ")
}
