// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// The number of a run in its ledger, from 1.
package struct RunID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    package var description: String { "\(number)" }

    package static func < (left: RunID, right: RunID) -> Bool { left.number < right.number }
}

/// What the engine writes down, and what it reads back at its next start.
///
/// Calls may come from any task; none blocks the caller's thread. Whatever it throws ends the run: an engine that
/// cannot write down what it does must not do it.
package protocol CheckpointLog: Sendable {
    /// Writes checkpoints in this order, all or none of them; durable when it returns.
    func record(_ checkpoints: [Checkpoint]) async throws

    /// Writes checkpoints in the next transaction that anybody waits for, after all that came before. Never waits.
    ///
    /// For progress: what is lost in a crash here is found out again by reading the stores.
    func note(_ checkpoints: [Checkpoint])

    /// The video transactions whose objects are neither committed nor proven absent, oldest first.
    func openTransactions() async throws -> [OpenTransaction]

    /// Those of `keys` that a commit for this course put into the catalog, in this or any earlier run, and what was stored
    /// there.
    func committed(among keys: Set<ObjectKey>, for course: CourseKey) async throws -> [ObjectKey: Checksum]

    /// The waivers in force for a course.
    func waivers(of course: CourseKey) async throws -> [Waiver]

    /// Whether an operator holds back this course's cut-over.
    func isHeld(_ course: CourseKey) async throws -> Bool

    /// The last write-back of a course, as long as neither its end nor its failure is recorded; nil for none.
    func openWriteBack(of course: CourseKey) async throws -> WriteBack?
}

/// The durable row that names an object before it is written.
package struct Intent: Sendable, Hashable {
    package let id: UUID
    package let language: LanguageCode
    package let object: ObjectKey
    /// In bytes.
    package let size: Int
    package let checksum: Checksum
    package let format: TranscriptFormat

    package init(
        id: UUID, language: LanguageCode, object: ObjectKey, size: Int, checksum: Checksum, format: TranscriptFormat
    ) {
        self.id = id
        self.language = language
        self.object = object
        self.size = size
        self.checksum = checksum
        self.format = format
    }
}

/// A video's transaction as its intents name it.
package struct TransactionHeader: Sendable, Hashable {
    package let id: UUID
    package let run: RunID
    package let course: CourseKey
    package let block: UsageKey
    package let video: VideoID

    package init(id: UUID, run: RunID, course: CourseKey, block: UsageKey, video: VideoID) {
        self.id = id
        self.run = run
        self.course = course
        self.block = block
        self.video = video
    }
}

/// A transaction that was not finished.
package struct OpenTransaction: Sendable, Hashable {
    package let header: TransactionHeader
    /// The intents that are still open, and when each was written.
    package let intents: [OpenIntent]

    package init(header: TransactionHeader, intents: [OpenIntent]) {
        self.header = header
        self.intents = intents
    }
}

/// An intent whose object may be there.
package struct OpenIntent: Sendable, Hashable {
    package let intent: Intent
    /// When it was recorded, or first watched.
    package let written: Date
    /// Whether its object was looked for and not found after a PUT whose reply was lost: it may still arrive.
    package let isWatched: Bool

    package init(intent: Intent, written: Date, isWatched: Bool) {
        self.intent = intent
        self.written = written
        self.isWatched = isWatched
    }
}

/// An operator's decision that a failed or conflicting video, or one transcript of it, may stay behind.
package struct Waiver: Sendable, Hashable, Codable {
    package let course: CourseKey
    package let block: UsageKey
    /// nil waives the whole video.
    package let language: LanguageCode?
    package let actor: String
    package let reason: String

    package init(course: CourseKey, block: UsageKey, language: LanguageCode?, actor: String, reason: String) {
        self.course = course
        self.block = block
        self.language = language
        self.actor = actor
        self.reason = reason
    }
}
