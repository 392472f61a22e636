// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// Decides what is to be done with each transcript of a video. It reads; it cannot write.
package struct VideoPlanner: Sendable {
    /// Which transcripts' bytes are read.
    package enum Reading: Sendable {
        /// Every one, as a plan shows sizes and hashes of all.
        case all
        /// Only those that the catalog does not have.
        case missing
    }

    let source: any CourseSource
    let store: any ObjectReader
    let catalog: any CatalogReader
    let recogniser: TranscriptRecogniser

    package init(
        source: any CourseSource, store: any ObjectReader, catalog: any CatalogReader, format: FormatPolicy
    ) {
        self.source = source
        self.store = store
        self.catalog = catalog
        recogniser = TranscriptRecogniser(policy: format)
    }

    /// Plans one video of `course` against the rows that the catalog has for it.
    ///
    /// - Parameters:
    ///   - rows: the catalog's rows of this video's id, as of now.
    ///   - readsTwice: read the bytes a second time, independently, and refuse them if they differ.
    /// - Throws: ``Failure`` when a store as a whole does not answer; what is wrong with one transcript is in its plan.
    package func plan(
        _ video: ResolvedVideo, in course: CourseKey, rows: [CatalogRow], reading: Reading, readsTwice: Bool = false
    ) async throws -> VideoPlan {
        let standing = try await standingRows(of: video, rows)
        let wanted = video.languages.filter { reading == .all || standing[$0.language] == nil }
        let assets = Set(wanted.flatMap { [$0.published?.asset, $0.draft?.asset].compactMap { $0 } })
        let content = try await read(Array(assets), in: course, twice: readsTwice)
        let place = "\(video.block.usageKey)"
        return VideoPlan(
            resolved: video,
            transcripts: video.languages.map { language in
                let choice = choose(language, video, content, place: "\(place) \(language.language)")
                return decide(language, video, choice, standing[language.language], place: place)
            }
        )
    }

    // MARK: - What the catalog has

    private enum Standing {
        case present(CatalogRow)
        case conflict(CatalogRow?, why: String)
    }

    /// For each of the video's languages that the catalog has something for: is it good?
    private func standingRows(
        of video: ResolvedVideo, _ rows: [CatalogRow]
    ) async throws -> [LanguageCode: Standing] {
        var standing: [LanguageCode: Standing] = [:]
        var folded: [LanguageCode: LanguageCode] = [:]
        let exact = Dictionary(rows.map { ($0.language, $0) }, uniquingKeysWith: { first, _ in first })
        let languages = video.languages.map(\.language)
        let objects = try await store.heads(of: Set(languages.compactMap { exact[$0]?.object }))
        for language in languages {
            if let row = exact[language] {
                guard let key = row.object else {
                    standing[language] = .conflict(row, why: "the catalog's row names no object")
                    continue
                }
                standing[language] =
                    objects[key] != nil
                    ? .present(row) : .conflict(row, why: "the catalog's row names \(key), and no object is there")
            } else if catalog.foldsLanguageCase {
                if let row = rows.first(where: { $0.language.folded == language.folded }) {
                    standing[language] = .conflict(
                        row, why: "the catalog has \(row.language), which is the same code to it")
                } else if let other = folded[language.folded] {
                    standing[language] = .conflict(
                        nil, why: "the video has \(other) too, which is the same code to the catalog")
                }
                folded[language.folded] = language
            }
        }
        return standing
    }

    // MARK: - What the contentstore has

    /// Reads assets whole. A read that is shorter or longer than the store said is refused, never used; a failure that
    /// is left in the result is the transcript's own.
    private func read(
        _ assets: [Asset], in course: CourseKey, twice: Bool
    ) async throws -> [AssetName: Result<[UInt8], Failure>] {
        guard !assets.isEmpty else { return [:] }
        let content = try await source.content(of: assets, in: course)
        let again = twice ? try await source.content(of: assets, in: course) : content
        for asset in assets {
            guard let first = content[asset.name], let second = again[asset.name] else {
                throw Failure(
                    .transient, "reading a transcript", at: "\(course) \(asset.name)",
                    cause: "the source left it out of its answer", advice: "it is read again at the next attempt"
                )
            }
            switch (first, second) {
            case (.failure(let failure), _) where failure.class != .sourceCorrupt,
                (_, .failure(let failure)) where failure.class != .sourceCorrupt:
                // Not the transcript's fault: nothing may be decided from it.
                throw failure
            case (.failure, .failure): continue
            case (.success(let bytes), .success(let others)) where bytes.count == asset.length && bytes == others:
                continue
            case (.success(let bytes), _) where bytes.count != asset.length:
                throw unreliable(asset, in: course, "\(bytes.count) bytes came, \(asset.length) were announced")
            case (.success, _), (_, .success):
                throw unreliable(asset, in: course, "two reads gave different bytes")
            }
        }
        return content
    }

    private func unreliable(_ asset: Asset, in course: CourseKey, _ cause: String) -> Failure {
        Failure(
            .integrity, "reading a transcript", at: "\(course) \(asset.name)", cause: cause,
            advice: "it is read once more from the source; if it happens again, check the source's disks and network"
        )
    }

    /// What the heads come to: the asset to take, its bytes, and what to tell the operator.
    private struct Choice {
        var found: FoundAsset?
        var head: Head
        var result: Result<RecognisedTranscript, Failure>?
        var notes: [String] = []
    }

    private func choose(
        _ language: ResolvedLanguage, _ video: ResolvedVideo,
        _ content: [AssetName: Result<[UInt8], Failure>], place: String
    ) -> Choice {
        let published = language.published.map { ($0, recognised($0, content, place: place)) }
        let draft = language.draft.map { ($0, recognised($0, content, place: place)) }
        guard video.block.draft != nil else {
            return Choice(found: published?.0, head: .both, result: published?.1)
        }
        guard video.block.published != nil else {
            return Choice(found: draft?.0, head: .draft, result: draft?.1)
        }
        switch (published, draft) {
        case (let published?, let draft?):
            if published.0.asset == draft.0.asset {
                return Choice(found: published.0, head: .both, result: published.1)
            }
            switch (published.1, draft.1) {
            case (.success(let ours), .success(let theirs)) where ours.bytes == theirs.bytes:
                return Choice(found: published.0, head: .both, result: published.1)
            case (.success, .success):
                let note = "the draft resolves to different bytes (\(draft.0.asset.name)); published wins"
                return Choice(found: published.0, head: .published, result: published.1, notes: [note])
            case (.failure(let failure), .success):
                let note =
                    "the published asset \(published.0.asset.name) is corrupt (\(failure.cause)); the draft's is taken"
                return Choice(found: draft.0, head: .draft, result: draft.1, notes: [note])
            case (.failure, .failure), (.success, .failure), (nil, _), (_, nil):
                return Choice(found: published.0, head: .published, result: published.1)
            }
        case (let published?, nil):
            return Choice(found: published.0, head: .published, result: published.1)
        case (nil, let draft?):
            let notes = language.inPublished ? ["the published head's asset does not exist; the draft's is taken"] : []
            return Choice(found: draft.0, head: .draft, result: draft.1, notes: notes)
        case (nil, nil):
            return Choice(
                found: nil, head: language.inPublished ? (language.inDraft ? .both : .published) : .draft, result: nil)
        }
    }

    /// nil when the bytes were not read.
    private func recognised(
        _ found: FoundAsset, _ content: [AssetName: Result<[UInt8], Failure>], place: String
    ) -> Result<RecognisedTranscript, Failure>? {
        switch content[found.asset.name] {
        case nil: return nil
        case .failure(let failure): return .failure(failure)
        case .success(let bytes):
            do throws(CorruptTranscript) {
                return .success(try recogniser.recognise(bytes))
            } catch {
                return .failure(
                    Failure(
                        .sourceCorrupt, "recognising a transcript", at: "\(place) (\(found.asset.name))",
                        cause: "it \(error.reason)",
                        advice: "repair the file in Studio, or waive this transcript so that the video's others migrate"
                    )
                )
            }
        }
    }

    // MARK: - The decision

    private func decide(
        _ language: ResolvedLanguage, _ video: ResolvedVideo, _ choice: Choice, _ standing: Standing?, place: String
    ) -> TranscriptPlan {
        var action: Action
        var failure: Failure?
        var row: CatalogRow?
        var transcript: RecognisedTranscript?
        if case .success(let recognised)? = choice.result { transcript = recognised }
        switch (standing, choice.result) {
        case (.present(let there), _):
            (action, row) = (.present, there)
        case (.conflict(let there, let why), _):
            (action, row) = (.conflict, there)
            failure = Failure(
                .conflict, "planning a transcript", at: "\(place) \(language.language)", cause: why,
                advice: "have the row repaired or deleted in edx-val, or waive this transcript"
            )
        case (nil, .failure(let cause)?):
            (action, failure) = (.corrupt, cause)
        case (nil, .success?):
            action = .migrate
        case (nil, nil):
            action = .dangling
        }
        return TranscriptPlan(
            language: language.language, action: action, found: choice.found, head: choice.head,
            transcript: transcript, row: row, failure: failure, notes: choice.notes + (transcript?.notes ?? [])
        )
    }
}
