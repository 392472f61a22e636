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
        let counting = plan.transcripts.filter { !waived.contains($0.language) && $0.action != .dangling }
        let languages = Set(counting.map(\.language))
        let objects = try await store.heads(
            of: Set(rows.filter { languages.contains($0.language) }.compactMap(\.object)))
        var counts = TranscriptCounts()
        for transcript in plan.transcripts {
            if waived.contains(transcript.language) {
                counts.waived += 1
                continue
            }
            guard transcript.action != .dangling else {
                counts.dangling += 1
                continue
            }
            if transcript.found != nil { counts.contentstore += 1 }
            let row = rows.first { $0.language == transcript.language }
            let intent = written.first { $0.language == transcript.language }
            let stored = row?.object.flatMap { ours[$0] }
            try prove(
                row, row?.object.flatMap { objects[$0] }, intent, stored,
                place: "\(plan.resolved.block.usageKey) \(transcript.language)")
            counts.store += 1
            if stored != nil { counts.migrated += 1 } else { counts.present += 1 }
        }
        return counts
    }

    /// - Parameters:
    ///   - info: the object at the row's key, where there is one.
    ///   - intent: of this very attempt, when it wrote the row.
    ///   - stored: what we stored there, in this attempt or an earlier one.
    private func prove(
        _ row: CatalogRow?, _ info: ObjectInfo?, _ intent: Intent?, _ stored: Checksum?, place: String
    ) throws {
        func violated(_ cause: String) -> Failure {
            Failure(
                .integrity, "checking a video", at: place, cause: cause,
                safe: "the contentstore still has the transcript, and the course does not cut over",
                advice: "run mallow verify --deep on the course and compare with the platform's own log"
            )
        }
        guard let row else { throw violated("the catalog has no row that readers would find") }
        guard let key = row.object else { throw violated("the catalog's row names no object") }
        guard let info else { throw violated("no object is at \(key)") }
        if let stored, info.checksum != stored {
            throw violated("the object at \(key) has other bytes than were stored")
        }
        guard let intent else { return }
        guard key == intent.object else { throw violated("the row names \(key), not our \(intent.object)") }
        guard row.format == intent.format.rawValue else {
            throw violated("the row says \(row.format), not \(intent.format.rawValue)")
        }
    }
}
