// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// Proves a video: contentstore count <= store count, an object behind every row, and our own objects with our hash.
struct ConsistencyCheck: Sendable {
    let store: any ObjectReader
    let catalog: any CatalogReader
    let journal: Journal

    /// Checks one video after its transaction, on rows read anew, the way readers join them.
    ///
    /// - Parameters:
    ///   - plan: what the contentstore has; its corrupt and conflicting transcripts count only when they are waived.
    ///   - written: the intents whose rows are ours by this transaction.
    /// - Returns: the counts, when they prove the video.
    /// - Throws: ``Failure`` of class `integrity` when they do not, `transient` when somebody was changing them just then; whatever the stores throw; ``LedgerLost``.
    func prove(
        _ plan: VideoPlan, of course: CourseKey, written: [Intent], waived: Set<LanguageCode>
    ) async throws -> TranscriptCounts {
        let id = plan.resolved.video
        let rows = try await catalog.rows(of: [id])[id] ?? []
        do {
            return try await prove(plan, on: rows, of: course, written: written, waived: waived)
        } catch let failure as Failure where failure.class == .integrity {
            // An author who deletes or replaces a transcript changes its object and its row one after the other.
            let now = try await catalog.rows(of: [id])[id] ?? []
            if now == rows { throw failure }
            throw Failure(
                .transient, failure.what, at: failure.place,
                cause: "\(failure.cause), while somebody was changing the video's rows", safe: failure.safe,
                advice: "it is looked at again at the next attempt")
        }
    }

    private func prove(
        _ plan: VideoPlan, on rows: [CatalogRow], of course: CourseKey, written: [Intent], waived: Set<LanguageCode>
    ) async throws -> TranscriptCounts {
        // What was written just now may not stand in the log yet.
        let new = Dictionary(uniqueKeysWithValues: written.map { ($0.object, $0.checksum) })
        let ours = try await journal.committed(among: Set(rows.compactMap(\.object)).subtracting(new.keys), for: course)
            .merging(new) { $1 }
        let place = { (transcript: TranscriptPlan) in "\(plan.resolved.block.usageKey) \(transcript.language)" }
        let counting = plan.transcripts.filter { !waived.contains($0.language) && $0.action != .dangling }
        // What the rows alone prove wrong needs no store, and must not wait for one that is out.
        let keys = try counting.map { transcript in
            try requireRow(
                rows.first { $0.language == transcript.language },
                written.first { $0.language == transcript.language }, place: place(transcript))
        }
        let objects = try await store.heads(of: Set(keys))
        for (transcript, key) in zip(counting, keys) {
            try requireObject(objects[key], at: key, ours[key], place: place(transcript))
        }
        var counts = TranscriptCounts()
        counts.waived = plan.transcripts.count { waived.contains($0.language) }
        counts.dangling = plan.transcripts.count - counting.count - counts.waived
        counts.contentstore = counting.count { $0.found != nil }
        counts.store = counting.count
        counts.migrated = keys.count { ours[$0] != nil }
        counts.present = counts.store - counts.migrated
        return counts
    }

    /// - Parameter intent: of this very attempt, when it wrote the row.
    /// - Returns: the key that the row names.
    private func requireRow(_ row: CatalogRow?, _ intent: Intent?, place: String) throws -> ObjectKey {
        guard let row else { throw violated("the catalog has no row that readers would find", at: place) }
        guard let key = row.object else { throw violated("the catalog's row names no object", at: place) }
        guard let intent else { return key }
        guard key == intent.object else { throw violated("the row names \(key), not our \(intent.object)", at: place) }
        guard row.format == intent.format.rawValue else {
            throw violated("the row says \(row.format), not \(intent.format.rawValue)", at: place)
        }
        return key
    }

    /// - Parameter stored: what we stored there, in this attempt or an earlier one.
    private func requireObject(_ info: ObjectInfo?, at key: ObjectKey, _ stored: Checksum?, place: String) throws {
        guard let info else { throw violated("no object is at \(key)", at: place) }
        if let stored, info.checksum != stored {
            throw violated("the object at \(key) has other bytes than were stored", at: place)
        }
    }

    private func violated(_ cause: String, at place: String) -> Failure {
        Failure(
            .integrity, "checking a video", at: place, cause: cause,
            safe: "the contentstore still has the transcript, and the course does not cut over",
            advice: "run mallow verify --deep on the course and compare with the platform's own log"
        )
    }
}
