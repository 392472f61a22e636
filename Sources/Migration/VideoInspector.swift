// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// Looks at one video in all the stores, for somebody who has to decide about it. It reads; it cannot write.
package struct VideoInspector: Sendable {
    let readers: Readers
    /// What was stored under keys of ours; nothing for keys that are not.
    let written: @Sendable (Set<ObjectKey>) async throws -> [ObjectKey: StoredTranscript]

    package init(
        _ readers: Readers, written: @escaping @Sendable (Set<ObjectKey>) async throws -> [ObjectKey: StoredTranscript]
    ) {
        self.readers = readers
        self.written = written
    }

    /// Reads the video anew: its course's listing, each head's assets, the catalog's rows and the objects behind them.
    ///
    /// - Parameters:
    ///   - block: its usage key, or the last part of it.
    ///   - language: the transcript whose text is wanted too; nil for none.
    /// - Returns: nil when the course has no such video.
    /// - Throws: ``Failure`` when the course cannot be read or a store does not answer.
    package func inspect(
        _ block: String, of course: CourseKey, textOf language: LanguageCode? = nil
    ) async throws -> InspectedVideo? {
        let reading = try await readers.reading(of: course)
        let video = reading.videos.first { $0.block.usageKey.text == block || $0.block.usageKey.block == block }
        guard let video else { return nil }
        let plan = try await readers.plan(video, of: course)
        let assets = Set(video.languages.flatMap { [$0.published?.asset, $0.draft?.asset].compactMap { $0 } })
        let content = try await readers.source.content(of: Array(assets), in: course)
        let ours = try await written(Set(plan.transcripts.compactMap { $0.row?.object }))
        var transcripts: [InspectedTranscript] = []
        for (decided, resolved) in zip(plan.transcripts, video.languages) {
            let wantsText = decided.language == language
            var copies = self.copies(of: resolved, in: video, content, wantsText: wantsText)
            let ourOwn = decided.row?.object.flatMap { ours[$0] }
            if let key = decided.row?.object {
                copies.append(try await stored(key, as: ourOwn, wantsText: wantsText))
            }
            transcripts.append(
                InspectedTranscript(
                    language: decided.language, action: decided.action, head: decided.head,
                    asset: decided.found?.asset.name, rule: decided.found?.rule, failure: decided.failure,
                    notes: decided.notes, copies: copies, storedBy: ourOwn?.run.number
                )
            )
        }
        await readers.source.release(course)
        return InspectedVideo(
            course: course, usageKey: video.block.usageKey, edxVideoID: video.video, isNewID: video.isNewID,
            displayName: video.displayName, failure: plan.failure, notes: video.notes, transcripts: transcripts
        )
    }

    /// What the contentstore has: one copy where the heads lead to the same asset, else one of each.
    private func copies(
        of language: ResolvedLanguage, in video: ResolvedVideo, _ content: [AssetName: Result<[UInt8], Failure>],
        wantsText: Bool
    ) -> [TranscriptCopy] {
        let (published, draft) = (language.published?.asset, language.draft?.asset)
        let isShared = video.block.draft == nil || video.block.published == nil || published == draft
        let found: [(TranscriptCopy.Place, Asset?)] =
            isShared ? [(.contentstore, published ?? draft)] : [(.published, published), (.draft, draft)]
        return found.compactMap { place, asset in
            guard let asset, let bytes = content[asset.name] else { return nil }
            return copy(place, asset.name.text, bytes, wantsText: wantsText)
        }
    }

    /// The object as it is, held against what we stored there.
    private func stored(
        _ key: ObjectKey, as ours: StoredTranscript?, wantsText: Bool
    ) async throws -> TranscriptCopy {
        do {
            guard let bytes = try await readers.store.get(key) else {
                return TranscriptCopy(
                    place: .store, name: key.text, format: nil, bytes: nil, sha256: nil, problem: "no object is there",
                    cues: nil)
            }
            let seen = copy(.store, key.text, .success(bytes), policy: .keep, wantsText: wantsText)
            let checksum = Checksum(of: bytes)
            let isChanged = ours.map { $0.checksum != checksum } ?? false
            return TranscriptCopy(
                place: .store, name: key.text, format: seen.format, bytes: bytes.count, sha256: checksum,
                problem: isChanged
                    ? "it is not what was stored there: \(ours?.checksum.hexadecimal ?? "")" : seen.problem,
                cues: seen.cues)
        } catch let failure as Failure where failure.class == .integrity {
            return TranscriptCopy(
                place: .store, name: key.text, format: nil, bytes: nil, sha256: nil,
                problem: "it is not what was stored there: \(failure.cause)", cues: nil)
        }
    }

    private func copy(
        _ place: TranscriptCopy.Place, _ name: String, _ content: Result<[UInt8], Failure>,
        policy: FormatPolicy? = nil, wantsText: Bool
    ) -> TranscriptCopy {
        func result(
            _ bytes: [UInt8]?, _ format: TranscriptFormat?, _ problem: String?, _ cues: [Cue]?
        ) -> TranscriptCopy {
            TranscriptCopy(
                place: place, name: name, format: format, bytes: bytes?.count, sha256: bytes.map { Checksum(of: $0) },
                problem: problem, cues: wantsText ? cues : nil)
        }
        switch content {
        case .failure(let failure): return result(nil, nil, failure.cause, nil)
        case .success(let bytes):
            do throws(CorruptTranscript) {
                let known = try TranscriptRecogniser(policy: policy ?? readers.format).recognise(bytes)
                let cues = wantsText ? try Cue.cues(of: known.bytes, as: known.format) : []
                return result(known.bytes, known.format, nil, cues)
            } catch {
                return result(bytes, nil, "it \(error.reason)", wantsText ? Cue.lines(of: bytes) : nil)
            }
        }
    }
}
