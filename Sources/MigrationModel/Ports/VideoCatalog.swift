// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// One row of edx-val's transcripts: what readers join to a video's id.
package struct CatalogRow: Sendable, Hashable {
    /// The row's own number.
    package let id: Int64
    package let video: VideoID
    package let language: LanguageCode
    /// The key of its object; nil when the row has none.
    package let object: ObjectKey?
    /// The `file_format` column, as it stands there.
    package let format: String
    /// The `provider` column.
    package let provider: String

    package init(
        id: Int64, video: VideoID, language: LanguageCode, object: ObjectKey?, format: String, provider: String
    ) {
        self.id = id
        self.video = video
        self.language = language
        self.object = object
        self.format = format
        self.provider = provider
    }
}

/// A row about to be inserted.
package struct NewTranscript: Sendable, Hashable {
    package let language: LanguageCode
    package let object: ObjectKey
    package let format: TranscriptFormat

    package init(language: LanguageCode, object: ObjectKey, format: TranscriptFormat) {
        self.language = language
        self.object = object
        self.format = format
    }
}

/// All that one transaction commits for one video.
package struct VideoCommit: Sendable, Hashable {
    package let video: VideoID
    package let transcripts: [NewTranscript]

    package init(video: VideoID, transcripts: [NewTranscript]) {
        self.video = video
        self.transcripts = transcripts
    }
}

/// What one transaction did.
package struct CommitReceipt: Sendable, Hashable {
    /// Whether the Video row is ours.
    package let createdVideo: Bool
    /// The languages whose rows are ours.
    package let inserted: Set<LanguageCode>
    /// Rows that somebody else added meanwhile; they stay, and our object for them is superfluous.
    package let alreadyThere: [LanguageCode: CatalogRow]

    package init(createdVideo: Bool, inserted: Set<LanguageCode>, alreadyThere: [LanguageCode: CatalogRow]) {
        self.createdVideo = createdVideo
        self.inserted = inserted
        self.alreadyThere = alreadyThere
    }
}

/// A course's feature flag as the platform reads it. Open edX: section 6.1.
package struct FlagState: Sendable, Hashable {
    /// What the newest row for the whole platform says.
    package enum Platform: Sendable, Hashable {
        /// No course has the feature, whatever its own row says.
        case off
        /// Courses have it whose own row is enabled.
        case byCourse
        /// Every course has it.
        case allCourses
    }

    /// For how long the platform's processes may go by what they read before: they keep each flag in a cache, in seconds.
    package static let cached: TimeInterval = 600

    /// Whether the platform has the flag's tables at all; newer releases do not.
    package let isAvailable: Bool
    /// Whether the newest row of this course is enabled.
    package let isOn: Bool
    package let platform: Platform

    package init(isAvailable: Bool, isOn: Bool, platform: Platform = .off) {
        self.isAvailable = isAvailable
        self.isOn = isOn
        self.platform = platform
    }
}

/// A course whose retries are spent, as edX's PersistOnFailureTask keeps it. Open edX: section 1.5.
package struct FailedTask: Sendable, Hashable, Codable {
    package let id: UUID
    package let name: String
    package let course: CourseKey
    package let exception: String

    /// - Parameter exception: what stopped the course the last time.
    package init(course: CourseKey, exception: String) {
        name = "mallow.migrate_course"
        // The same course is the same task, however often it fails: it is applied again under the same id.
        id = UUID(version5Of: "\(name):\(course)", namespace: UUID.urlNamespace)
        self.course = course
        self.exception = exception
    }
}

/// Reads edx-val. What plans, checks and dry runs get: it has no method that writes.
///
/// Every method may be called again and from any task; none blocks the caller's thread. Errors are ``Failure``.
package protocol CatalogReader: Sendable {
    /// Whether `zh-CN` and `zh-cn` are one language to this catalog's unique key.
    var foldsLanguageCase: Bool { get }

    /// The rows of videos, joined as readers join them; a video without a Video row is left out.
    func rows(of videos: Set<VideoID>) async throws -> [VideoID: [CatalogRow]]

    /// The rows that hold any of these keys.
    func rows(withKeys keys: Set<ObjectKey>) async throws -> [CatalogRow]

    /// The keys that the last `count` transcript rows name, the newest first; rows without an object are left out.
    func newestObjects(_ count: Int) async throws -> [ObjectKey]

    /// A course's feature flag.
    func flag(of course: CourseKey) async throws -> FlagState
}

/// Reads and adds to edx-val. Rows are only inserted.
package protocol VideoCatalog: CatalogReader {
    /// Inserts a video's missing rows, and its Video row when there is none, in ONE transaction; durable when it returns.
    ///
    /// Languages that have a row by then keep it: they come back in the receipt. Calling it again inserts nothing more.
    ///
    /// - Throws: ``Failure``: `ambiguous` when the reply to COMMIT was lost, anything else when nothing was inserted.
    func commit(_ video: VideoCommit) async throws -> CommitReceipt

    /// The rows that hold any of these keys, when every commit of this video that was ever begun is over: a commit whose
    /// reply was lost, by this process or one that died, has happened or never will.
    ///
    /// - Throws: ``Failure``, of class `transient` as long as one is not over.
    func settled(_ keys: Set<ObjectKey>, of video: VideoID) async throws -> [CatalogRow]

    /// Switches a course's flag on, by a new row as the platform's own configuration does; durable when it returns.
    ///
    /// - Throws: ``Failure``; `ambiguous` when the reply was lost. Read the flag before calling it again.
    func switchOn(_ course: CourseKey) async throws

    /// Keeps a failed task where the platform's own tools list it; one unresolved row for each task id.
    func record(_ task: FailedTask) async throws

    /// Stamps a course's failed tasks of this name resolved.
    func resolveFailedTasks(of course: CourseKey) async throws
}

extension VideoCatalog {
    /// For a catalog whose commits are over when their call is.
    package func settled(_ keys: Set<ObjectKey>, of video: VideoID) async throws -> [CatalogRow] {
        try await rows(withKeys: keys)
    }
}
