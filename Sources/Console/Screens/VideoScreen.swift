// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
import Ledger
import MigrationModel
import Themes

/// One video: what the ledger says of it, and every transcript as the stores have it now.
extension Frame {
    mutating func video(_ detail: VideoDetail) {
        let keys = model.keymap
        let inside = dialog(
            "Video", Size(grid.size.width - 4, grid.size.height - 4),
            right: "\(keys.hint(.open)) compares, \(keys.hint(.copy)) copies its key, Esc closes")
        let head = facts(of: detail, width: inside.width)
        let (top, rest) = inside.split(top: min(head.count, max(1, inside.height / 2)))
        lines(head, in: top)
        let transcripts = detail.transcripts
        let (middle, bottom) = rest.split(
            top: transcripts.isEmpty ? 1 : min(transcripts.count + 1, max(2, rest.height / 2)))
        draw(detail, in: middle)
        let more = selectedFacts(of: detail, width: bottom.width) + history
        lines(more, in: bottom)
    }

    /// What the ledger says.
    private func facts(of detail: VideoDetail, width: Int) -> [DialogLine] {
        var text = [DialogLine(detail.video.block.text, .textStrong)]
        guard let row = model.view?.video else { return text }
        let look = Look(video: row.state, glyphs)
        text.append(DialogLine("\(row.displayName)  ·  edx_video_id \(row.videoId)\(row.isNewId ? " (new)" : "")"))
        let steps = [("read", row.reading), ("stored and committed", row.storing), ("checked", row.checking)]
            .filter { $0.1 > 0 }.map { "\($0.0) in \(Figures.milliseconds($0.1))" }
        text.append(
            DialogLine(
                (["\(look.glyph) \(look.word), attempt \(row.attempt)"] + steps).joined(separator: " · "), look.role))
        let counts: [(String, Int)] = [
            ("contentstore", row.contentstore), ("store", row.store), ("migrated", row.migrated),
            ("present", row.present), ("dangling", row.dangling), ("corrupt", row.corrupt),
            ("in conflict", row.conflict), ("waived", row.waived),
        ]
        let shown = counts.enumerated().filter { $0.offset < 2 || $0.element.1 > 0 }.map { "\($1.0) \($1.1)" }
        text.append(DialogLine("transcripts: " + shown.joined(separator: ", ")))
        for waiver in model.view?.waivers ?? [] {
            let what = waiver.language.map { "\($0)" } ?? "the video"
            let line = "\(glyphs.waived) \(what) may stay behind, by \(waiver.actor): \(waiver.reason)"
            text.append(DialogLine("\(line)  (\(model.keymap.hint(.withdraw)) takes it back)", .stateHeld))
        }
        if let why = row.why {
            text += wrapped("\(why)", width: width).map { DialogLine($0, .stateFailed) }
            text.append(DialogLine("\(model.keymap.hint(.waive)) lets it stay behind", .textKey))
        }
        return text
    }

    /// Every transcript, a row each.
    private mutating func draw(_ detail: VideoDetail, in rect: Rect) {
        switch detail.inspection {
        case .reading:
            draw("looking into the stores…", at: rect.x, rect.y, .stateActive, on: .surfaceRaised, limit: rect.width)
        case .failed(let words):
            draw(
                "the stores could not be looked into: \(words)", at: rect.x, rect.y, .stateFailed, on: .surfaceRaised,
                limit: rect.width)
        case .seen(_, let date):
            let columns = TranscriptColumns(width: rect.width)
            let (heading, rows) = rect.split(top: 1)
            columns.draw(
                ["language", "action", "rule", "head", "bytes", "SHA-256", "asset → object"], in: heading, .textDim,
                on: .surfaceRaised, with: &self)
            let age = "as of \(clock(date)), ^L looks again"
            if rect.width >= 100 { draw(age, endingAt: rect.right, rect.y, .textDim, on: .surfaceRaised) }
            let all = detail.transcripts
            if all.isEmpty {
                draw("it has no transcript", at: rows.x, rows.y, .textDim, on: .surfaceRaised, limit: rows.width)
            }
            let cursor = all.firstIndex { $0.language == detail.selected?.language } ?? 0
            let first = max(0, min(cursor - rows.height / 2, all.count - rows.height))
            for (index, transcript) in all.dropFirst(first).prefix(rows.height).enumerated() {
                let plane: Role = first + index == cursor ? .surfaceSelected : .surfaceRaised
                fill(rows.row(index), plane)
                columns.draw(transcript.columns, in: rows.row(index), transcript.role, on: plane, with: &self)
            }
        }
    }

    /// What there is to say of the transcript under the cursor.
    private func selectedFacts(of detail: VideoDetail, width: Int) -> [DialogLine] {
        guard let transcript = detail.selected else { return [DialogLine("")] }
        var text = [DialogLine("")]
        for copy in transcript.copies {
            let facts = [
                copy.format?.rawValue, copy.bytes.map { "\(Figures.number($0)) bytes" },
                copy.sha256.map { "SHA-256 \($0)" },
            ]
            text.append(
                DialogLine("\(copy.place.rawValue): " + ([copy.name] + facts.compactMap { $0 }).joined(separator: "  "))
            )
            if let problem = copy.problem { text.append(DialogLine("  \(problem)", .stateFailed)) }
        }
        if transcript.copies.contains(where: { $0.place == .store }) {
            let by = transcript.storedBy.map { "stored by run \($0)" } ?? "there before us"
            text.append(DialogLine(by, .textDim))
        }
        text += transcript.notes.flatMap { wrapped("note: \($0)", width: width) }.map { DialogLine($0, .textDim) }
        return text
    }

    private var history: [DialogLine] {
        let events = model.view?.history ?? []
        guard !events.isEmpty else { return [] }
        return [DialogLine(""), DialogLine("what happened", .textDim)]
            + events.map { event in
                let detail = [event.language, event.detail, event.object].compactMap { $0 }.joined(separator: "  ")
                return DialogLine("\(clock(event.at)) \(event.kind) \(event.toState ?? "") \(detail)")
            }
    }
}

extension InspectedTranscript {
    /// The copy that says most: what is stored, or else what would be.
    private var foremost: TranscriptCopy? { copies.last }

    fileprivate var columns: [String] {
        let asset = copies.first { $0.place != .store }?.name
        let object = copies.first { $0.place == .store }?.name
        return [
            language.text, action.rawValue, rule?.rawValue ?? "-", head.rawValue,
            foremost?.bytes.map { Figures.number($0) } ?? "-",
            foremost?.sha256.map { String($0.hexadecimal.prefix(8)) } ?? "-",
            [asset, object].compactMap { $0 }.joined(separator: " → "),
        ]
    }

    fileprivate var role: Role {
        switch action {
        case .present: .stateOK
        case .migrate: .text
        case .dangling: .stateAttention
        case .corrupt, .conflict: .stateFailed
        }
    }
}

/// Where the columns of transcripts stand; what does not fit is left out from the right.
private struct TranscriptColumns {
    private static let widths = [10, 10, 20, 10, 10, 10]
    private let places: [Int]
    private let width: Int

    init(width: Int) {
        self.width = width
        places = Self.widths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
    }

    func draw(_ texts: [String], in rect: Rect, _ ink: Role, on plane: Role, with frame: inout Frame) {
        for (index, text) in texts.enumerated() where places[index] < width {
            let room = index < Self.widths.count ? Self.widths[index] - 1 : width - places[index]
            frame.draw(
                text, at: rect.x + places[index], rect.y, index == 1 ? ink : .text, on: plane,
                limit: min(room, width - places[index]))
        }
    }
}
