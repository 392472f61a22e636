// SPDX-License-Identifier: Apache-2.0
import Canvas
package import Ledger
package import MigrationModel

/// A video that is looked at by itself: what the ledger says of it, and what the stores have of it.
package struct VideoDetail: Sendable, Hashable {
    package let video: VideoReference
    /// What the stores have of it.
    package var inspection = Inspection.reading
    /// The transcript under the cursor; nil for the first.
    package var cursor: LanguageCode?

    package init(_ video: VideoReference) { self.video = video }

    package var transcripts: [InspectedTranscript] {
        if case .seen(let video, _) = inspection { video.transcripts } else { [] }
    }

    /// The transcript under the cursor.
    package var selected: InspectedTranscript? {
        transcripts.first { $0.language == cursor } ?? transcripts.first
    }

    mutating func move(by rows: Int) {
        guard !transcripts.isEmpty else { return }
        let before = transcripts.firstIndex { $0.language == cursor } ?? 0
        cursor =
            transcripts[max(0, min(before.addingReportingOverflow(rows).partialValue, transcripts.count - 1))].language
    }
}

/// Two copies of one transcript, side by side.
package struct Comparing: Sendable, Hashable {
    package let video: VideoReference
    package let language: LanguageCode
    package var inspection = Inspection.reading {
        didSet {
            if oldValue == .reading { pair = transcript?.firstPair ?? 0 }
            align()
        }
    }
    /// Which two of the copies.
    package var pair = 0 {
        didSet { align() }
    }
    package var showsOnlyDifferences = false {
        didSet { if showsOnlyDifferences != oldValue { first = 0 } }
    }
    /// The row at the top.
    package var first = 0
    package private(set) var alignment: CueAlignment?

    package init(_ video: VideoReference, _ language: LanguageCode) {
        self.video = video
        self.language = language
    }

    package var transcript: InspectedTranscript? {
        guard case .seen(let video, _) = inspection else { return nil }
        return video.transcripts.first { $0.language == language }
    }

    /// The two copies; nil while they are not read, and when there is only one.
    package var copies: (left: TranscriptCopy, right: TranscriptCopy)? {
        guard let pairs = transcript?.pairs, pairs.indices.contains(pair) else { return nil }
        return pairs[pair]
    }

    package var rows: [CueAlignment.Row] {
        guard let alignment else { return [] }
        return showsOnlyDifferences ? alignment.rows.filter { !$0.isSame } : alignment.rows
    }

    private mutating func align() {
        first = 0
        if let copies {
            alignment = CueAlignment(copies.left.cues ?? [], copies.right.cues ?? [])
        } else if let only = transcript?.copies.first {
            alignment = CueAlignment(only.cues ?? [], [])
        } else {
            alignment = nil
        }
    }
}

extension Model {
    /// Opens a video, and has the stores looked into for it.
    mutating func open(_ video: VideoReference) -> [Effect] {
        layers.append(.video(VideoDetail(video)))
        return [.inspect(InspectionRequest(video: video))]
    }

    mutating func take(_ inspection: Inspection, of request: InspectionRequest) {
        for index in layers.indices {
            switch layers[index] {
            case .video(var detail) where request.language == nil && detail.video == request.video:
                detail.inspection = inspection
                layers[index] = .video(detail)
            case .compare(var comparing)
            where comparing.language == request.language && comparing.video == request.video:
                comparing.inspection = inspection
                layers[index] = .compare(comparing)
            default: break
            }
        }
    }

    mutating func press(_ key: Key, _ detail: VideoDetail) -> [Effect] {
        var detail = detail
        layers.append(.video(detail))
        switch keymap.action(of: key) {
        case .up: detail.move(by: -1)
        case .down: detail.move(by: 1)
        case .top: detail.move(by: -.max)
        case .bottom: detail.move(by: .max)
        case .open:
            guard let transcript = detail.selected else { return [] }
            guard !transcript.copies.isEmpty else {
                return refuse("there is no copy of \(transcript.language) anywhere")
            }
            layers.append(.compare(Comparing(detail.video, transcript.language)))
            return [.inspect(InspectionRequest(video: detail.video, language: transcript.language))]
        case .waive: return command(.waive)
        case .withdraw: return command(.withdraw)
        case .copy:
            tell(.information, "copied \(detail.video.block)")
            return [.copy(detail.video.block.text)]
        default: break
        }
        layers[layers.count - 1] = .video(detail)
        return []
    }

    mutating func press(_ key: Key, _ comparing: Comparing) -> [Effect] {
        var comparing = comparing
        let count = comparing.rows.count
        switch keymap.action(of: key) {
        case .mark: comparing.showsOnlyDifferences.toggle()
        case .nextPane, .previousPane:
            let pairs = comparing.transcript?.pairs.count ?? 0
            if pairs > 1 { comparing.pair = (comparing.pair + 1) % pairs }
        case .bottom: comparing.first = max(0, count - 1)
        default: comparing.first = scrolled(comparing.first, key, count: count)
        }
        layers.append(.compare(comparing))
        return []
    }
}
