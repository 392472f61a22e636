// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// One check of one transcript, with both values. Its encoded form is a contract with scripts.
package struct TranscriptCheck: Sendable, Hashable, Encodable {
    package enum Verdict: String, Sendable, Hashable, Encodable {
        case pass, fail
        /// The contentstore has it and the catalog does not yet.
        case notMigrated = "not migrated"
        /// A named operator lets it stay behind.
        case waived
    }

    package let course: CourseKey
    package let video: UsageKey
    package let edxVideoID: VideoID
    package let language: LanguageCode
    /// The SHA-256 of what the contentstore has; nil when it has nothing that can be stored.
    package let contentstore: Checksum?
    /// The SHA-256 of the object behind the catalog's row; nil when there is none.
    package let store: Checksum?
    package let verdict: Verdict
    package let note: String?

    private enum CodingKeys: String, CodingKey {
        case course, video, edxVideoID = "edx_video_id", language, contentstore, store, verdict, note
    }
}

/// Checks what is migrated, from the raw stores. It reads; it cannot write.
package struct Verification: Sendable {
    let readers: Readers
    /// Whether every object is read and its bytes hashed here; else the store's own checksum is believed.
    let isDeep: Bool
    /// What was stored under keys of ours; nothing for keys that are not.
    let written: @Sendable (Set<ObjectKey>) async throws -> [ObjectKey: StoredTranscript]
    let waivers: [Waiver]

    package init(
        _ readers: Readers, isDeep: Bool,
        written: @escaping @Sendable (Set<ObjectKey>) async throws -> [ObjectKey: StoredTranscript], waivers: [Waiver]
    ) {
        self.readers = readers
        self.isDeep = isDeep
        self.written = written
        self.waivers = waivers
    }

    /// Checks every transcript of a course that the contentstore has or the catalog has for one of its languages.
    ///
    /// - Throws: ``Failure`` when the course cannot be read or a store does not answer.
    package func check(_ course: CourseKey) async throws -> [TranscriptCheck] {
        try await readers.mapPlans(of: try await readers.reading(of: course)) { plan in
            let ours = try await written(Set(plan.transcripts.compactMap { $0.row?.object }))
            var checks: [TranscriptCheck] = []
            for transcript in plan.transcripts where transcript.action != .dangling {
                checks.append(try await check(transcript, of: plan.resolved, in: course, ours))
            }
            return checks
        }.flatMap(\.self)
    }

    /// The waiver under which a transcript stays behind; one that can be migrated, or is, needs none.
    private func waiver(for plan: TranscriptPlan, of video: ResolvedVideo, in course: CourseKey) -> Waiver? {
        guard plan.action != .present else { return nil }
        return waivers.first { waiver in
            waiver.course == course && waiver.block == video.block.usageKey
                && (waiver.language == nil || waiver.language == plan.language && plan.failure != nil)
        }
    }

    private func check(
        _ plan: TranscriptPlan, of video: ResolvedVideo, in course: CourseKey, _ ours: [ObjectKey: StoredTranscript]
    ) async throws -> TranscriptCheck {
        let contentstore = plan.transcript.map { Checksum(of: $0.bytes) }
        func result(_ verdict: TranscriptCheck.Verdict, _ store: Checksum? = nil, _ note: String? = nil)
            -> TranscriptCheck
        {
            TranscriptCheck(
                course: course, video: video.block.usageKey, edxVideoID: video.video, language: plan.language,
                contentstore: contentstore, store: store, verdict: verdict, note: note
            )
        }
        if let waiver = waiver(for: plan, of: video, in: course) {
            return result(.waived, nil, "by \(waiver.actor): \(waiver.reason)")
        }
        // A row that readers get an error from, or one that they may take for another's, passes nowhere.
        if plan.action == .conflict { return result(.fail, nil, plan.failure?.cause) }
        guard let key = plan.row?.object else { return result(.notMigrated, nil, plan.failure?.cause) }
        let (isThere, found): (Bool, Checksum?)
        do {
            if isDeep {
                found = try await readers.store.checksum(ofBytesAt: key)
                isThere = found != nil
            } else {
                let info = try await readers.store.head(key)
                (isThere, found) = (info != nil, info?.checksum)
            }
        } catch let failure as Failure where failure.class == .integrity {
            return result(.fail, nil, failure.cause)
        }
        guard isThere else { return result(.fail, nil, "no object is at \(key)") }
        guard let stored = found else {
            // What the platform itself puts there has no SHA-256 with it; what we put there has.
            return ours[key] == nil
                ? result(.pass, nil, "there; the store knows no SHA-256 of it, verify --deep reads it")
                : result(.fail, nil, "the store knows no SHA-256 of \(key), and it was stored with one")
        }
        if let written = ours[key], plan.row?.format != written.format.rawValue {
            return result(
                .fail, stored, "the row says \(plan.row?.format ?? "nothing"), \(written.format.rawValue) was stored")
        }
        if let written = ours[key], written.checksum != stored {
            return result(.fail, stored, "\(written.checksum) was stored there")
        }
        guard let contentstore else { return result(.pass, stored) }
        let isSame = stored == contentstore
        if isSame { return result(.pass, stored, "same") }
        return result(
            .pass, stored,
            ours[key] == nil ? "differs: it was there before" : "differs from what this course has now")
    }
}
