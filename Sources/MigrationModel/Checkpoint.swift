// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// A run's state. A state, its reason and its ETA are three separate things.
package enum RunState: String, Sendable, Hashable, Codable, CaseIterable {
    case planning, running, pausing, paused, waitingForWindow = "waiting for window", draining, finished, aborted
}

/// Why a run ended. The exit code follows from it and from the courses' states.
package enum RunEnding: String, Sendable, Hashable, Codable, CaseIterable {
    /// Every selected course was brought as far as it could be.
    case completed
    /// An operator or a signal asked it to drain.
    case interrupted
    /// More videos failed than the error budget allows.
    case budgetSpent = "error budget spent"
    case windowClosed = "window closed"
    /// A place did not let the engine in: credentials or permissions.
    case refused = "access refused"
    /// The engine died; a later one wrote this down.
    case died
}

/// A course's state.
package enum CourseState: String, Sendable, Hashable, Codable, CaseIterable {
    case pending, queued, running, retrying, held, migrated, failed, empty

    /// Whether a run has taken the course and not yet brought it to an end.
    package var isUnfinished: Bool { self == .queued || self == .running || self == .retrying }

    /// Whether everything that there was to do is done and proven.
    package var isProven: Bool { self == .migrated || self == .empty }
}

/// A video's state.
package enum VideoState: String, Sendable, Hashable, Codable, CaseIterable {
    case pending, migrating, verified, rolledBack = "rolled back", failed, waived
}

/// What became of a course's consistency check.
package enum CheckResult: String, Sendable, Hashable, Codable {
    case pending, pass, fail
}

/// How many transcripts of a video, or of a course, are what. Dangling and corrupt ones are counted apart.
package struct TranscriptCounts: Sendable, Hashable, Codable {
    /// Languages whose asset exists in the contentstore, good or corrupt, waived ones left out.
    package var contentstore = 0
    /// Languages with a row that readers find and an object behind it.
    package var store = 0
    /// Those of `store` that we migrated, in this run or an earlier one.
    package var migrated = 0
    /// Those of `store` that were there before us.
    package var present = 0
    package var dangling = 0
    package var corrupt = 0
    package var conflict = 0
    package var waived = 0

    package init() {}
}

/// One thing the engine writes down. The ledger keeps the state that follows from it and an event that says it happened.
package enum Checkpoint: Sendable, Hashable {
    case runState(RunState, reason: String)
    case runEnded(RunEnding, reason: String)
    /// How many videos may be in flight at once from now on.
    case concurrency(Int)
    /// The brake lets this many of them be in flight from now on, and why; nil when it is released.
    case braked(to: Int?, reason: String)
    /// How many transcripts the run has read from the contentstore, and how many in each of its last seconds.
    case reads(total: Int, perSecond: Double)
    /// Something that should be a course and cannot be read.
    case unreadable(name: String, Failure)
    /// A course was found or will be run.
    case courseFound(CourseSummary, CourseState)
    /// A course as the source lists it, for an operator to choose from. Changes nothing that is known already.
    case courseListed(CourseSummary, videos: [VideoOutline], unreachable: Int)
    /// With the failure where the course as a whole did not go on, and not its videos.
    case courseState(CourseKey, CourseState, reason: String, retries: Int, failure: Failure? = nil)
    /// The videos of a course as listed, before any that is `pending` is touched.
    case outlined(CourseKey, videos: [VideoOutline], pending: Set<UsageKey>, unreachable: Int)
    case videoState(VideoReport)
    /// Before the first PUT of a transaction: it announces the objects and the catalog rows that will name them.
    case intents(TransactionHeader, [Intent])
    /// An object was acknowledged. Progress only.
    case stored(TransactionHeader, Intent, seconds: Double)
    /// After the catalog's transaction: the rows of these intents are in the catalog for good.
    case committed(TransactionHeader, intents: [UUID])
    /// The object of an intent is proven absent.
    case removed(TransactionHeader, Intent)
    /// The object of an intent is absent now, but a PUT whose reply was lost might still arrive.
    case watched(TransactionHeader, Intent)
    /// Nothing that a video's transaction wrote is there any more.
    case rolledBack(TransactionHeader, Failure, Absence)
    case checked(CourseKey, CheckResult, contentstore: Int, store: Int)
    /// Before ids are written back.
    case writeBackIntent(WriteBack)
    /// After them, proven.
    case wroteBack(WriteBack)
    /// It is proven that the course does not hold them.
    case writeBackAbandoned(WriteBack, reason: String)
    /// Before an operator takes it back.
    case writeBackUndoIntent(WriteBack)
    /// An operator has taken it back.
    case writeBackUndone(WriteBack)
    /// Before the flag.
    case flagIntent(CourseKey)
    case flagOn(CourseKey)
    case failedTask(FailedTask)
    case failedTasksResolved(CourseKey)
    /// Something an operator should read.
    case notice(course: CourseKey?, block: UsageKey?, text: String)
}

/// How far it is proven that the objects of a transaction are absent.
package struct Absence: Sendable, Hashable {
    /// Objects that are, for good.
    package var proven = 0
    /// Objects that are absent now, and whose PUT might still arrive.
    package var watched = 0

    package init(proven: Int = 0, watched: Int = 0) { (self.proven, self.watched) = (proven, watched) }
}

/// A video as its course lists it.
package struct VideoOutline: Sendable, Hashable {
    package let block: UsageKey
    package let video: VideoID
    package let isNewID: Bool
    package let displayName: String

    package init(block: UsageKey, video: VideoID, isNewID: Bool, displayName: String) {
        self.block = block
        self.video = video
        self.isNewID = isNewID
        self.displayName = displayName
    }
}

/// A video's state, why, and its counts.
package struct VideoReport: Sendable, Hashable {
    package let course: CourseKey
    package let block: UsageKey
    package let state: VideoState
    package let failure: Failure?
    package let counts: TranscriptCounts
    /// From 1.
    package let attempt: Int
    /// Since the attempt began.
    package let seconds: Double
    package let steps: StepTimes

    package init(
        course: CourseKey, block: UsageKey, state: VideoState, failure: Failure? = nil,
        counts: TranscriptCounts = TranscriptCounts(), attempt: Int, seconds: Double = 0, steps: StepTimes = StepTimes()
    ) {
        self.course = course
        self.block = block
        self.state = state
        self.failure = failure
        self.counts = counts
        self.attempt = attempt
        self.seconds = seconds
        self.steps = steps
    }
}

/// How long a video was in each step, in seconds; 0 for one that it did not come to.
package struct StepTimes: Sendable, Hashable {
    /// From the first question to bytes that are recognised and hashed.
    package var reading = 0.0
    /// Intents, objects and commit; or what undid them.
    package var storing = 0.0
    /// The consistency check.
    package var checking = 0.0

    package init() {}
}
