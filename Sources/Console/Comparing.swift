// SPDX-License-Identifier: Apache-2.0
import Canvas
package import Ledger
package import MigrationModel

/// Two copies of one transcript, side by side.
package struct Comparing: Sendable, Hashable {
    package let video: VideoReference
    package let language: LanguageCode
    package var inspection = Inspection.reading {
        didSet {
            let isFirst = rows.isEmpty && counts == nil
            if isFirst || !pairs.indices.contains(pair) { pair = transcript?.firstPair ?? 0 } else { align() }
        }
    }
    var look: LookID
    /// Which two of the copies.
    package var pair = 0 {
        didSet { align() }
    }
    package var showsOnlyDifferences = false {
        didSet { align() }
    }
    /// The row at the top.
    package var first = 0
    /// What is shown; empty while nothing is read.
    package private(set) var rows: [CueAlignment.Row] = []
    /// How many lines there are and how many differ; nil where two copies cannot be held against each other.
    package private(set) var counts: Counts?

    package struct Counts: Sendable, Hashable {
        package let lines, differences: Int
    }

    init(_ video: VideoReference, _ language: LanguageCode, _ look: LookID) {
        self.video = video
        self.language = language
        self.look = look
    }

    package var transcript: InspectedTranscript? {
        guard case .seen(let video, _) = inspection else { return nil }
        return video.transcripts.first { $0.language == language }
    }

    private var pairs: [(left: TranscriptCopy, right: TranscriptCopy)] { transcript?.pairs ?? [] }

    /// The two copies; nil while they are not read, and when there is only one.
    package var copies: (left: TranscriptCopy, right: TranscriptCopy)? {
        pairs.indices.contains(pair) ? pairs[pair] : nil
    }

    mutating func showNextPair() {
        if pairs.count > 1 { pair = (pair + 1) % pairs.count }
    }

    /// Once for what is read, and not for every frame: there may be thousands of lines.
    private mutating func align() {
        first = 0
        counts = nil
        guard let copies else {
            rows = CueAlignment(transcript?.copies.first?.cues ?? [], []).rows
            return
        }
        let aligned = CueAlignment(copies.left.cues ?? [], copies.right.cues ?? [])
        // What could not be read differs from nothing.
        if copies.left.cues != nil, copies.right.cues != nil {
            counts = Counts(lines: aligned.rows.count, differences: aligned.differences)
        }
        rows = showsOnlyDifferences && counts != nil ? aligned.rows.filter { !$0.isSame } : aligned.rows
    }
}

extension Model {
    mutating func press(_ key: Key, _ comparing: Comparing) -> [Effect] {
        var comparing = comparing
        let count = comparing.rows.count
        switch keymap.action(of: key) {
        case .mark: comparing.showsOnlyDifferences.toggle()
        case .nextPane, .previousPane: comparing.showNextPair()
        case .bottom: comparing.first = max(0, count - 1)
        default: comparing.first = scrolled(comparing.first, key, count: count)
        }
        layers.append(.compare(comparing))
        return []
    }
}
