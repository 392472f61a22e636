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
            "Video", grid.size, right: "\(keys.hint(.open)) compares, \(keys.hint(.pageDown)) shows more, Esc closes")
        let rows =
            facts(of: detail, width: inside.width).map(VideoLine.text) + table(of: detail, width: inside.width)
            + (selectedFacts(of: detail, width: inside.width) + history(width: inside.width)).map(VideoLine.text)
        // The cursor is seen wherever it is, unless somebody reads on.
        let cursor = rows.firstIndex { if case .transcript(_, true) = $0 { true } else { false } } ?? 0
        let follow = max(0, cursor - inside.height + 2)
        let first = max(0, min(detail.first ?? follow, rows.count - inside.height))
        for (index, row) in rows.dropFirst(first).prefix(inside.height).enumerated() {
            draw(row, in: inside.row(index))
        }
    }

    /// One line of a video's page.
    private enum VideoLine {
        case text(DialogLine)
        case headings
        case transcript(InspectedTranscript, isUnderCursor: Bool)
    }

    private mutating func draw(_ line: VideoLine, in rect: Rect) {
        let columns = TranscriptColumns(width: rect.width)
        switch line {
        case .text(let line): lines([line], in: rect)
        case .headings:
            columns.draw(
                ["language", "action", "rule", "head", "bytes", "SHA-256", "asset → object"], in: rect, .textDim,
                on: .surfaceRaised, with: &self)
        case .transcript(let transcript, let isUnderCursor):
            let plane: Role = isUnderCursor ? .surfaceSelected : .surfaceRaised
            fill(rect, plane)
            if isUnderCursor { draw(glyphs.cursor, at: rect.x, rect.y, .textStrong, on: plane) }
            columns.draw(transcript.columns, in: rect, transcript.role, on: plane, with: &self)
        }
    }

    /// What the ledger says.
    private func facts(of detail: VideoDetail, width: Int) -> [DialogLine] {
        var text = [DialogLine(detail.video.block.text, .textStrong)]
        guard let row = model.openVideo else { return text }
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
        text.append(
            DialogLine(
                row.state == VideoState.pending.rawValue
                    ? "its transcripts are counted when it is run" : "transcripts: " + shown.joined(separator: ", ")))
        for waiver in model.view?.waivers ?? [] {
            let what = waiver.language.map { "\($0)" } ?? "the video"
            let line = "\(glyphs.waived) \(what) may stay behind, by \(waiver.actor): \(waiver.reason)"
            text += wrapped("\(line)  (\(model.keymap.hint(.withdraw)) takes it back)", width: width)
                .map { DialogLine($0, .stateHeld) }
        }
        if let why = row.why {
            text += wrapped("\(why)", width: width).map { DialogLine($0, .stateFailed) }
            if row.isTroubled, why.class.mayStayBehind {
                text.append(DialogLine("\(model.keymap.hint(.waive)) lets it stay behind", .textKey))
            }
        }
        return text
    }

    /// A failure that has not been told above, as the video's own.
    private func news(_ failure: Failure?) -> Failure? { failure?.cause == model.openVideo?.why?.cause ? nil : failure }

    /// Every transcript, a row each.
    private func table(of detail: VideoDetail, width: Int) -> [VideoLine] {
        switch detail.inspection {
        case .reading: return [.text(DialogLine("looking into the stores…", .stateActive))]
        case .failed(let words):
            return wrapped("the stores could not be looked into: \(words)", width: width)
                .map { .text(DialogLine($0, .stateFailed)) }
        case .seen(let video, let date):
            let failure = news(video.failure).map { wrapped("\($0)", width: width) } ?? []
            let age = "the stores as of \(clock(date)); ^L looks again"
            let rows = detail.transcripts.map {
                VideoLine.transcript($0, isUnderCursor: $0.language == detail.selected?.language)
            }
            return (video.notes.flatMap { wrapped("note: \($0)", width: width) } + [age])
                .map { .text(DialogLine($0, .textDim)) } + failure.map { .text(DialogLine($0, .stateFailed)) }
                + (rows.isEmpty ? [.text(DialogLine("it has no transcript", .textDim))] : [.headings] + rows)
        }
    }

    /// What there is to say of the transcript under the cursor.
    private func selectedFacts(of detail: VideoDetail, width: Int) -> [DialogLine] {
        guard let transcript = detail.selected else { return [] }
        var text = [DialogLine("")]
        for copy in transcript.copies {
            let facts = [
                copy.format?.rawValue, copy.bytes.map { "\(Figures.number($0)) bytes" },
                copy.sha256.map { "SHA-256 \($0)" },
            ]
            let line = "\(copy.place.rawValue): " + ([copy.name] + facts.compactMap { $0 }).joined(separator: "  ")
            text += wrapped(line, width: width).map { DialogLine($0) }
            text += (copy.problem.map { wrapped("  \($0)", width: width) } ?? []).map { DialogLine($0, .stateFailed) }
        }
        if let store = transcript.copies.first(where: { $0.place == .store }), store.bytes != nil {
            text.append(DialogLine(transcript.storedBy.map { "stored by run \($0)" } ?? "there before us", .textDim))
        }
        let failure = news(transcript.failure).map { wrapped("\($0)", width: width) } ?? []
        return text + failure.map { DialogLine($0, .stateFailed) }
            + transcript.notes.flatMap { wrapped("note: \($0)", width: width) }.map { DialogLine($0, .textDim) }
    }

    /// The newest first.
    private func history(width: Int) -> [DialogLine] {
        let events = model.openVideo == nil ? [] : model.view?.history ?? []
        guard !events.isEmpty else { return [] }
        return [DialogLine(""), DialogLine("what happened, the newest first", .textDim)]
            + events.reversed().flatMap { event in
                let detail = [event.language, event.detail, event.object].compactMap { $0 }.joined(separator: "  ")
                return wrapped("\(clock(event.at)) \(event.kind) \(event.toState ?? "") \(detail)", width: width)
                    .map { DialogLine($0) }
            }
    }
}

extension InspectedTranscript {
    fileprivate var columns: [String] {
        let object = copies.first { $0.place == .store }?.name
        return [
            language.text, action.rawValue, rule?.rawValue ?? "-", head.rawValue,
            foremost?.bytes.map { Figures.number($0) } ?? "-",
            foremost?.sha256.map { String($0.hexadecimal.prefix(8)) } ?? "-",
            [asset?.text, object].compactMap { $0 }.joined(separator: " → "),
        ]
    }

    fileprivate var role: Role {
        if isTroubled { return .stateFailed }
        return switch action {
        case .present: .stateOK
        case .migrate: .text
        case .dangling: .stateAttention
        case .corrupt, .conflict: .stateFailed
        }
    }
}

/// Where the columns of transcripts stand; what does not fit is left out from the right.
private struct TranscriptColumns {
    private static let widths = [9, 10, 19, 10, 10, 10]
    private let places: [Int]
    private let width: Int

    init(width: Int) {
        self.width = width
        // The first column is the cursor's.
        places = Self.widths.reduce(into: [1]) { $0.append(($0.last ?? 0) + $1) }
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
