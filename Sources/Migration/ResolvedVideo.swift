// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// An asset that a head's rules lead to.
package struct FoundAsset: Sendable, Hashable {
    package let asset: Asset
    package let rule: LookUpRule
}

/// One language of one video: what each head's rules lead to.
package struct ResolvedLanguage: Sendable, Hashable {
    package let language: LanguageCode
    /// nil where the published head has no such language, or nothing exists for it.
    package let published: FoundAsset?
    package let draft: FoundAsset?
    /// Whether the published head, and the draft head, name this language at all.
    package let inPublished: Bool
    package let inDraft: Bool

    /// Whether the contentstore holds anything for it.
    package var isFound: Bool { published != nil || draft != nil }
}

/// A video with its languages resolved to assets: all that can be said of it without reading a byte of transcript.
///
/// Two equal values mean that nothing about the video has changed in between; the gate depends on that.
package struct ResolvedVideo: Sendable, Hashable {
    package let block: VideoBlock
    package let video: VideoID
    /// The id is derived by us, and the course does not hold it yet.
    package let isNewID: Bool
    /// Why edx-val would refuse the id, or nil.
    package let idObjection: String?
    package let languages: [ResolvedLanguage]
    package let notes: [String]

    package var outline: VideoOutline {
        VideoOutline(block: block.usageKey, video: video, isNewID: isNewID, displayName: displayName)
    }

    package var displayName: String {
        block.published?.displayName ?? block.draft?.displayName ?? "Video"
    }

    /// Applies the look-up rules to both heads. Pure.
    ///
    /// - Parameter existing: those of the video's candidate assets that exist.
    init(_ block: VideoBlock, lookUp: LookUp, existing: AssetListing) {
        self.block = block
        var notes = block.notes
        let ids = [block.published, block.draft].compactMap { $0?.edxVideoID }
        let chosen = ids.first { !$0.isEmpty }
        if let chosen {
            video = VideoID(unchecked: chosen)
            if ids.contains(where: { !$0.utf8.elementsEqual(chosen.utf8) }) {
                let other = ids.last.map { $0.isEmpty ? "none" : $0 } ?? "none"
                notes.append(
                    "the heads have different edx_video_ids: \(ids[0].isEmpty ? "none" : ids[0]) published, \(other) in draft; \(chosen) is used"
                )
            }
        } else {
            video = VideoID(derivedFrom: block.usageKey)
        }
        isNewID = chosen == nil
        idObjection = video.objection

        let published = Self.found(in: block.published, lookUp, existing)
        let draft = Self.found(in: block.draft, lookUp, existing)
        let names = Set(published.keys).union(draft.keys).sorted()
        languages = names.map { language in
            ResolvedLanguage(
                language: language,
                published: published[language] ?? nil,
                draft: draft[language] ?? nil,
                inPublished: published.keys.contains(language),
                inDraft: draft.keys.contains(language)
            )
        }
        for language in languages {
            for found in [language.published, language.draft] {
                if let name = found?.asset.name, let note = existing.notes[name], !notes.contains(note) {
                    notes.append(note)
                }
            }
        }
        self.notes = notes
    }

    /// Every asset that the video's rules could lead to.
    static func candidates(of block: VideoBlock, lookUp: LookUp) -> [AssetName] {
        [block.published, block.draft].compactMap { $0 }.flatMap { fields in
            lookUp.languages(of: fields).flatMap { $0.candidates.map(\.asset) }
        }
    }

    /// Per language, the first candidate that exists. A language that is only discoverable and not there is left out.
    private static func found(
        in fields: VideoFields?, _ lookUp: LookUp, _ existing: AssetListing
    ) -> [LanguageCode: FoundAsset?] {
        guard let fields else { return [:] }
        var found: [LanguageCode: FoundAsset?] = [:]
        for language in lookUp.languages(of: fields) {
            let hit = language.candidates.lazy.compactMap { candidate in
                existing.assets[candidate.asset].map { FoundAsset(asset: $0, rule: candidate.rule) }
            }.first
            if hit != nil || language.isDeclared { found[language.language] = .some(hit) }
        }
        return found
    }
}
