// SPDX-License-Identifier: Apache-2.0

/// What the stores have of one video at this moment, transcript by transcript. Its encoded form is a contract with
/// scripts.
package struct InspectedVideo: Sendable, Hashable, Codable {
    package let course: CourseKey
    package let usageKey: UsageKey
    package let edxVideoID: VideoID
    /// The id is derived by us and is written back at cut-over.
    package let isNewID: Bool
    package let displayName: String
    /// Why the video as a whole cannot be migrated; nil when it can.
    package let failure: Failure?
    package let notes: [String]
    /// In order of language.
    package let transcripts: [InspectedTranscript]

    package init(
        course: CourseKey, usageKey: UsageKey, edxVideoID: VideoID, isNewID: Bool, displayName: String,
        failure: Failure?, notes: [String], transcripts: [InspectedTranscript]
    ) {
        self.course = course
        self.usageKey = usageKey
        self.edxVideoID = edxVideoID
        self.isNewID = isNewID
        self.displayName = displayName
        self.failure = failure
        self.notes = notes
        self.transcripts = transcripts
    }

    private enum CodingKeys: String, CodingKey {
        case course, usageKey = "usage_key", edxVideoID = "edx_video_id", isNewID = "new_id"
        case displayName = "display_name", failure, notes, transcripts
    }
}

/// One transcript of a video: what would be done with it, and every copy of it there is.
package struct InspectedTranscript: Sendable, Hashable, Codable {
    package let language: LanguageCode
    package let action: Action
    package let head: Head
    /// The asset that is taken, and the rule that found it; nil for a dangling reference.
    package let asset: AssetName?
    package let rule: LookUpRule?
    /// Why it is corrupt or a conflict.
    package let failure: Failure?
    package let notes: [String]
    /// The contentstore's first, the object store's last.
    package let copies: [TranscriptCopy]
    /// The number of the run that stored the object; nil when it was there before, or is not there.
    package let storedBy: Int64?

    package init(
        language: LanguageCode, action: Action, head: Head, asset: AssetName?, rule: LookUpRule?, failure: Failure?,
        notes: [String],
        copies: [TranscriptCopy], storedBy: Int64?
    ) {
        self.language = language
        self.action = action
        self.head = head
        self.asset = asset
        self.rule = rule
        self.failure = failure
        self.notes = notes
        self.copies = copies
        self.storedBy = storedBy
    }

    private enum CodingKeys: String, CodingKey {
        case language, action, head, asset, rule, failure, notes, copies, storedBy = "stored_by_run"
    }

    /// The copy that is stored, or else the one that would be; nil where there is none.
    package var foremost: TranscriptCopy? {
        copies.first { $0.place == .store } ?? copies.first { $0.name == asset?.text } ?? copies.first
    }

    /// Whether a copy is not what it should be.
    package var isTroubled: Bool { failure != nil || foremost?.problem != nil }

    /// Every two copies that may be held against each other: those with the stored one first, then published against
    /// draft.
    package var pairs: [(left: TranscriptCopy, right: TranscriptCopy)] {
        copies.indices.reversed().flatMap { right in copies[..<right].map { ($0, copies[right]) } }
    }

    /// The place in ``pairs`` of the two to look at first: that differ, where any do.
    package var firstPair: Int { pairs.firstIndex { $0.left.sha256 != $0.right.sha256 } ?? 0 }
}

/// One copy of a transcript.
package struct TranscriptCopy: Sendable, Hashable, Codable {
    package enum Place: String, Sendable, Hashable, Codable {
        /// The contentstore, as both heads name it.
        case contentstore
        /// The contentstore, as only one of the heads names it.
        case published, draft
        /// The object behind the catalog's row.
        case store
    }

    package let place: Place
    /// An asset's name or an object's key.
    package let name: String
    /// nil when it is no transcript.
    package let format: TranscriptFormat?
    /// Of the object as it is; for the contentstore, of what would be stored. nil when nothing could be read.
    package let bytes: Int?
    package let sha256: Checksum?
    /// Why it is no transcript, is not what was stored there, or could not be read.
    package let problem: String?
    /// What stands in it; nil when that was not asked for, or nothing could be read.
    package let cues: [Cue]?

    package init(
        place: Place, name: String, format: TranscriptFormat?, bytes: Int?, sha256: Checksum?, problem: String?,
        cues: [Cue]?
    ) {
        self.place = place
        self.name = name
        self.format = format
        self.bytes = bytes
        self.sha256 = sha256
        self.problem = problem
        self.cues = cues
    }
}
