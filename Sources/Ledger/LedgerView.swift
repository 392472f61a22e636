// SPDX-License-Identifier: Apache-2.0
package import Foundation
import GRDB
package import MigrationModel

/// One consistent view of the ledger, as far as a screen shows it.
package struct LedgerView: Sendable {
    /// When it was read.
    package let at: Date
    package let run: RunRow?
    /// Seconds since the engine's last heartbeat; nil when no engine lives.
    package let heartbeatAge: Double?
    /// Over every course of the ledger, as `mallow status` sums them.
    package let totals: RunTotals
    /// The ids of all courses that pass the filter, in the order they are shown.
    package let order: [Int64]
    /// The place in `order` of the first row in `courses`.
    package let firstCourse: Int
    package let courses: [CourseRow]
    /// The course under the cursor.
    package let selected: CourseRow?
    /// The filter and the sort that `order` was made for.
    package let filter: String
    package let sort: CourseSort
    /// The marked courses that still exist, in the order of their keys.
    package let marked: [ChosenCourse]
    /// The courses of the request's choice, in the order of their keys.
    package let chosen: [ChosenCourse]
    /// How fast the last run was, where a choice was asked for.
    package let pace: Pace?
    /// How many completed rehearsals the ledger keeps, but for those that an earlier version counted without a manner.
    package let rehearsals: [Rehearsed: Int]
    /// The ids of all videos of the course under the cursor, worst first.
    package let videoOrder: [Int64]
    /// The place in `videoOrder` of the first row in `videos`.
    package let firstVideo: Int
    package let videos: [VideoRow]
    /// Oldest first.
    package let events: [EventRow]
    /// The number of the newest event.
    package let lastEvent: Int64
    /// The newest commands, newest first.
    package let commands: [CommandRow]
    /// What operators have the newest run do.
    package let orders: Orders
    /// What is neither committed nor proven absent.
    package let open: OpenWork
    /// At most ``mostTroubles``.
    package let troubles: [TroubledVideo]
    /// At most as many.
    package let troubledCourses: [TroubledCourse]
    /// The waivers in force for them and for their transcripts.
    package let troubleWaivers: [Waiver]
    /// The video that is looked at by itself, as it was asked for.
    package let openVideo: VideoReference?
    package let video: VideoRow?
    /// Its events, oldest first.
    package let history: [EventRow]
    /// The waivers in force for it or a transcript of it.
    package let waivers: [Waiver]
    /// The kind of run that the living engine is on; nil when none lives.
    package let engineKind: String?
    /// The process of the living engine when it is on this machine.
    package let enginePID: Int32?

    /// A filter of the log looks at so many of the newest lines: every key reads them anew.
    package static let filteredLines = 20_000

    /// More troubled videos are one cause, not as many decisions.
    package static let mostTroubles = 1000
}

/// What is told of a course before something is done with it.
package struct ChosenCourse: Sendable, Hashable, Codable, FetchableRecord {
    package let id: Int64
    package let key: String
    package let state: String
    package let heldBy: String?
    package let videos: Int
    package let verified: Int
    /// Whether its feature flag is on, as far as the ledger knows.
    package let flag: Bool
    /// How many of its videos have transcripts under an id that the course does not hold; 0 while any is to be verified.
    package let newIDs: Int
    /// Whether the newest run took it and has not brought it to its end.
    package let isUnfinished: Bool

    /// Whether there is nothing left in it that could be held back.
    package var isAtItsEnd: Bool { CourseState(rawValue: state)?.isProven == true }
}

/// How fast a run that has ended was: what a next one may take is told from it.
package struct Pace: Sendable, Hashable {
    package let run: Int64
    /// Videos that it brought to an end, those included that an earlier run had verified.
    package let videos: Int
    package let seconds: Double
    /// For how many seconds each of the newest verified videos was in flight, on average.
    package let secondsEach: Double

    package init(run: Int64, videos: Int, seconds: Double, secondsEach: Double) {
        (self.run, self.videos, self.seconds, self.secondsEach) = (run, videos, seconds, secondsEach)
    }
}

/// A command as the ledger keeps it.
package struct CommandRow: Sendable, Hashable, Codable, FetchableRecord {
    package let id: Int64
    package let at: Double
    package let actor: String
    /// An ``OperatorCommand`` as JSON.
    package let command: String
    package let answered: Double?
    package let refusal: String?

    /// What was asked; nil when a later version of the program asked it.
    package var asked: OperatorCommand? { OperatorCommand(kept: command) }
}

/// A video that failed or was rolled back, and whose course it is.
package struct TroubledVideo: Sendable, Hashable, Codable, FetchableRecord {
    package let key: String
    package let block: String
    package let displayName: String
    package let state: String
    /// A ``Failure`` as JSON.
    package let failure: String?
    package let attempt: Int
    /// Whether somebody has let it, or a transcript of it, stay behind since: it counts when its course is run next.
    package let isWaived: Bool
    /// The state of its course.
    package let courseState: String

    /// Whether a run is still at work on its course, and may try it again by itself.
    package var isInWork: Bool { CourseState(rawValue: courseState)?.isUnfinished == true }

    /// Why; nil when a later version of the program wrote it.
    package var why: Failure? { Failure(kept: failure) }
}

/// A course that failed or is held as a whole: none of its videos tells why.
package struct TroubledCourse: Sendable, Hashable, Codable, FetchableRecord {
    package let key: String
    package let title: String
    package let state: String
    /// The whole of it, in words.
    package let reason: String
    /// A ``Failure`` as JSON; nil where it is held, and where an earlier version of the program ran it.
    package let failure: String?
    /// Who holds back its cut-over; nil for nobody.
    package let heldBy: String?
    package let retries: Int

    package var isHeld: Bool { state == CourseState.held.rawValue }

    /// Why, where it is known in more than words.
    package var why: Failure? { Failure(kept: failure) }
}
