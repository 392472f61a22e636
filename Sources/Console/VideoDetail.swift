// SPDX-License-Identifier: Apache-2.0
import Canvas
package import Ledger
package import MigrationModel

/// A video that is looked at by itself: what the ledger says of it, and what the stores have of it.
package struct VideoDetail: Sendable, Hashable {
    package let video: VideoReference
    /// What the stores have of it, and the look that says so.
    package var inspection = Inspection.reading
    var look: LookID
    /// The transcript under the cursor; nil for the first.
    package var cursor: LanguageCode?
    /// The line at the top; nil for where the cursor can be seen.
    package var first: Int?

    init(_ video: VideoReference, _ look: LookID) {
        self.video = video
        self.look = look
    }

    package var transcripts: [InspectedTranscript] {
        if case .seen(let video, _) = inspection { video.transcripts } else { [] }
    }

    /// The transcript under the cursor.
    package var selected: InspectedTranscript? {
        transcripts.first { $0.language == cursor } ?? transcripts.first
    }

    /// Moves the cursor, as far as there are transcripts.
    mutating func move(by rows: Int) {
        guard !transcripts.isEmpty else { return }
        let before = transcripts.firstIndex { $0.language == cursor } ?? 0
        cursor = transcripts[max(0, min(before + rows, transcripts.count - 1))].language
        first = nil
    }
}

extension Model {
    /// A look that was never asked for before.
    mutating func newLook() -> LookID { lastLook.next() }

    /// Opens a video, and has the stores looked into for it.
    mutating func open(_ video: VideoReference) -> [Effect] {
        let look = newLook()
        layers.append(.video(VideoDetail(video, look)))
        return [.inspect(InspectionRequest(video: video), look)]
    }

    /// What the ledger says of the video that is looked at; nil while it has not been read.
    var openVideo: VideoRow? {
        guard case .video(let detail)? = layers.last(where: { if case .video = $0 { true } else { false } }),
            let row = view?.video, UsageKey(unchecked: row.block) == detail.video.block, view?.openVideo == detail.video
        else { return nil }
        return row
    }

    mutating func take(_ inspection: Inspection, of look: LookID) {
        for index in layers.indices {
            switch layers[index] {
            case .video(var detail) where detail.look == look:
                detail.inspection = inspection
                layers[index] = .video(detail)
            case .compare(var comparing) where comparing.look == look:
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
        case .top: detail.move(by: -detail.transcripts.count)
        case .bottom: detail.move(by: detail.transcripts.count)
        case .pageUp: detail.first = max(0, (detail.first ?? 0) - page)
        case .pageDown: detail.first = (detail.first ?? 0) + page
        case .open:
            guard let transcript = detail.selected else { return [] }
            guard !transcript.copies.isEmpty else {
                return refuse("there is no copy of \(transcript.language) anywhere")
            }
            let look = newLook()
            layers.append(.compare(Comparing(detail.video, transcript.language, look)))
            return [.inspect(InspectionRequest(video: detail.video, language: transcript.language), look)]
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
}
