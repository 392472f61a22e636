// SPDX-License-Identifier: Apache-2.0

/// Which of the platform's rules found a transcript's asset.
package enum LookUpRule: String, Sendable, Hashable, Codable, CaseIterable {
    /// The asset that `transcripts` names.
    case file
    /// The SJSON of the `sub` id.
    case sub
    /// An asset literally called like the `sub` id.
    case subName = "sub-name"
    case youTube = "youtube"
    case youTubeName = "youtube-name"
    case html5
    case html5Name = "html5-name"
    /// Nothing declared English, but the player would show the SJSON of the YouTube id.
    case discoveredYouTube = "discovered:youtube"
    /// Nothing declared English, but the player would show the SJSON of a video file's id.
    case discoveredHTML5 = "discovered:html5"
}

/// An asset that may be a transcript, and the rule by which.
package struct Candidate: Sendable, Hashable {
    package let asset: AssetName
    package let rule: LookUpRule
}

/// Where a video's transcripts are looked for, and in which order. Pure.
///
/// Open edX: sections 2.3 and 11. What is declared goes before what is guessed.
package struct LookUp: Sendable, Hashable {
    /// Whether English that nobody declared is looked for too.
    package let discoversEnglish: Bool

    package init(discoversEnglish: Bool = true) { self.discoversEnglish = discoversEnglish }

    /// Every language the fields may have, with its candidates in order; the first that exists is the transcript.
    ///
    /// A language without an existing candidate is a dangling reference when it was declared, and nothing at all when
    /// it would only have been discovered.
    package func languages(of fields: VideoFields) -> [LanguageLookUp] {
        var languages = fields.transcripts.keys.filter { $0 != .english }.sorted().map { language in
            LanguageLookUp(language: language, isDeclared: true, candidates: candidates(for: language, in: fields))
        }
        let declaresEnglish = !fields.sub.isEmpty || fields.transcripts[.english] != nil
        if declaresEnglish {
            let english = LanguageLookUp(
                language: .english, isDeclared: true, candidates: englishCandidates(in: fields))
            languages.append(english)
        } else if discoversEnglish {
            let discovered = discoverableCandidates(in: fields)
            if !discovered.isEmpty {
                languages.append(LanguageLookUp(language: .english, isDeclared: false, candidates: discovered))
            }
        }
        return languages.sorted { $0.language < $1.language }
    }

    private func candidates(for language: LanguageCode, in fields: VideoFields) -> [Candidate] {
        var candidates: [Candidate] = []
        if let file = fields.transcripts[language] {
            candidates.append(Candidate(asset: AssetName(cleaning: file), rule: .file))
        }
        for (id, rule) in ids(of: fields) {
            candidates.append(Candidate(asset: .subtitles(of: id, in: language), rule: rule))
        }
        return candidates
    }

    private func englishCandidates(in fields: VideoFields) -> [Candidate] {
        var candidates: [Candidate] = []
        func append(_ id: String, _ rule: LookUpRule, _ nameRule: LookUpRule) {
            candidates.append(Candidate(asset: .subtitles(of: id, in: .english), rule: rule))
            candidates.append(Candidate(asset: AssetName(cleaning: id), rule: nameRule))
        }
        if !fields.sub.isEmpty { append(fields.sub, .sub, .subName) }
        if let file = fields.transcripts[.english] {
            candidates.append(Candidate(asset: AssetName(cleaning: file), rule: .file))
        }
        if !fields.youTubeID.isEmpty { append(fields.youTubeID, .youTube, .youTubeName) }
        for id in fields.html5IDs { append(id, .html5, .html5Name) }
        return candidates
    }

    private func discoverableCandidates(in fields: VideoFields) -> [Candidate] {
        var candidates: [Candidate] = []
        if fields.isYouTubeIDSet, !fields.youTubeID.isEmpty {
            candidates.append(
                Candidate(asset: .subtitles(of: fields.youTubeID, in: .english), rule: .discoveredYouTube))
        }
        for id in fields.html5IDs {
            candidates.append(Candidate(asset: .subtitles(of: id, in: .english), rule: .discoveredHTML5))
        }
        return candidates
    }

    /// The ids whose SJSON is at normal speed, in order. Other YouTube speeds are scaled copies and never taken.
    private func ids(of fields: VideoFields) -> [(id: String, rule: LookUpRule)] {
        var ids: [(String, LookUpRule)] = []
        if !fields.sub.isEmpty { ids.append((fields.sub, .sub)) }
        if !fields.youTubeID.isEmpty { ids.append((fields.youTubeID, .youTube)) }
        ids.append(contentsOf: fields.html5IDs.map { ($0, .html5) })
        return ids
    }
}

/// One language of one head of a video.
package struct LanguageLookUp: Sendable, Hashable {
    package let language: LanguageCode
    /// Whether the course says that this language exists.
    package let isDeclared: Bool
    /// In order; the first that exists is taken, whatever is in it.
    package let candidates: [Candidate]
}
