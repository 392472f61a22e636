// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// One (video, language): where it comes from and what is to be done.
package struct TranscriptPlan: Sendable, Hashable {
    package let language: LanguageCode
    package let action: Action
    /// nil for a dangling reference, and for a row that the contentstore has nothing for.
    package let found: FoundAsset?
    package let head: Head
    /// The bytes as they would be stored, if they were read and are good.
    package let transcript: RecognisedTranscript?
    /// The row that the catalog has.
    package let row: CatalogRow?
    /// Why it is corrupt or a conflict.
    package let failure: Failure?
    package let notes: [String]
}

/// One video: what is to be done with each of its transcripts.
package struct VideoPlan: Sendable, Hashable {
    package let resolved: ResolvedVideo
    package let transcripts: [TranscriptPlan]

    package var toMigrate: [TranscriptPlan] { transcripts.filter { $0.action == .migrate } }

    /// Why the video as a whole cannot be migrated, whatever its transcripts are: edx-val would refuse its id.
    package var failure: Failure? {
        guard let objection = resolved.idObjection, !toMigrate.isEmpty else { return nil }
        return Failure(
            .sourceCorrupt, "planning a video", at: "\(resolved.block.usageKey)",
            cause: "edx-val cannot hold the edx_video_id \"\(resolved.video)\": \(objection)",
            advice: "give the video another id in Studio, or waive it"
        )
    }

    /// How many transcripts are what, before anything is done; `migrated` and `store` count what is there already.
    ///
    /// - Parameter ours: rows of the catalog that an earlier run of ours made.
    package func counts(ours: Set<ObjectKey> = []) -> TranscriptCounts {
        var counts = TranscriptCounts()
        for transcript in transcripts {
            switch transcript.action {
            case .migrate: break
            case .present:
                counts.store += 1
                if let key = transcript.row?.object, ours.contains(key) {
                    counts.migrated += 1
                } else {
                    counts.present += 1
                }
            case .dangling: counts.dangling += 1
            case .corrupt: counts.corrupt += 1
            case .conflict: counts.conflict += 1
            }
            if transcript.found != nil { counts.contentstore += 1 }
        }
        return counts
    }
}
