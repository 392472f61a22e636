// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// What would be done with a course, as `mallow plan` shows it. Its encoded form is a contract with scripts.
package struct CoursePlan: Sendable, Hashable, Encodable {
    package let key: CourseKey
    package let title: String
    package var videos: [PlannedVideo]
    /// Videos that the course's root does not reach; they are left out.
    package var unreachable: Int
    package var notes: [String]

    /// How many transcripts there are of each action.
    package var actions: [Action: Int] {
        videos.flatMap(\.transcripts).reduce(into: [:]) { $0[$1.action, default: 0] += 1 }
    }
}

/// One video of a plan.
package struct PlannedVideo: Sendable, Hashable, Encodable {
    package let usageKey: UsageKey
    package let edxVideoID: VideoID
    /// The id is derived by us and is written back at cut-over.
    package let isNewID: Bool
    package let displayName: String
    package let transcripts: [PlannedTranscript]
    /// Why the video as a whole cannot be migrated; nil when it can.
    package let failure: Failure?
    package let notes: [String]

    private enum CodingKeys: String, CodingKey {
        case usageKey = "usage_key", edxVideoID = "edx_video_id", isNewID = "new_id", displayName = "display_name"
        case transcripts, failure, notes
    }
}

/// One transcript of a plan.
package struct PlannedTranscript: Sendable, Hashable, Encodable {
    package let language: LanguageCode
    package let asset: AssetName?
    package let rule: LookUpRule?
    package let head: Head
    package let format: TranscriptFormat?
    /// Of what would be stored.
    package let bytes: Int?
    package let sha256: Checksum?
    package let action: Action
    package let failure: Failure?
    package let notes: [String]
}

/// Plans whole courses. It reads; it cannot write.
package struct CoursePlanner: Sendable {
    let readers: Readers
    /// Whether objects behind rows that are there already are read and compared.
    let compares: Bool

    package init(_ readers: Readers, compares: Bool) {
        self.readers = readers
        self.compares = compares
    }

    /// Plans a course, some of its videos at once.
    ///
    /// - Throws: ``Failure`` when the course cannot be read or a store does not answer.
    package func plan(_ course: CourseSummary) async throws -> CoursePlan {
        let reading = try await readers.reading(of: course.key)
        var plan = CoursePlan(
            key: course.key, title: course.title, videos: [], unreachable: reading.unreachable, notes: reading.notes
        )
        plan.videos = try await readers.mapPlans(of: reading) { try await shown($0) }
        return plan
    }

    private func shown(_ plan: VideoPlan) async throws -> PlannedVideo {
        var transcripts: [PlannedTranscript] = []
        for transcript in plan.transcripts {
            let checksum = transcript.transcript.map { Checksum(of: $0.bytes) }
            var notes = transcript.notes
            if compares, let comparison = try await comparison(transcript, checksum) { notes.append(comparison) }
            transcripts.append(
                PlannedTranscript(
                    language: transcript.language, asset: transcript.found?.asset.name, rule: transcript.found?.rule,
                    head: transcript.head, format: transcript.transcript?.format,
                    bytes: transcript.transcript?.bytes.count, sha256: checksum, action: transcript.action,
                    failure: transcript.failure, notes: notes
                )
            )
        }
        return PlannedVideo(
            usageKey: plan.resolved.block.usageKey, edxVideoID: plan.resolved.video, isNewID: plan.resolved.isNewID,
            displayName: plan.resolved.displayName, transcripts: transcripts, failure: plan.failure,
            notes: plan.resolved.notes
        )
    }

    /// Whether the object that is there has the bytes that the contentstore has. A difference holds nothing up: authors
    /// write to edx-val alone today.
    private func comparison(_ transcript: TranscriptPlan, _ checksum: Checksum?) async throws -> String? {
        guard transcript.action == .present, let key = transcript.row?.object, let checksum else { return nil }
        guard let bytes = try await readers.store.get(key) else { return nil }
        let there = Checksum(of: bytes)
        return there == checksum ? "same" : "differs: the object has \(there), the contentstore \(checksum)"
    }
}
