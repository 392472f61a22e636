// SPDX-License-Identifier: Apache-2.0
import Canvas
import Ledger
import MigrationModel
import Themes

/// What failed: by cause, then by video, and what can be decided about it.
extension Frame {
    mutating func triage(_ cause: TroubleGroup.Cause?) {
        let groups = model.troubleGroups
        let cursor = model.place(of: cause, in: groups)
        let count = groups.reduce(0) { $0 + $1.videos.count }
        let more = count >= LedgerView.mostTroubles ? ", the first of more" : ""
        let inside = dialog(
            "Triage · \(counted(count, "video"))\(more), \(counted(groups.count, "cause"))",
            Size(grid.size.width - 8, grid.size.height - 6), right: "Esc closes"
        )
        guard !groups.isEmpty else {
            let held = model.view?.totals.courses(in: CourseState.held.rawValue) ?? 0
            let text =
                held > 0
                ? "no video failed; \(counted(held, "course")) held: see the verdict in pane 3" : "nothing failed"
            draw(text, at: inside.x, inside.y, .textDim, on: .surfaceRaised, limit: inside.width)
            return
        }
        let (list, rest) = inside.split(top: max(1, min(groups.count, inside.height / 3)))
        let first = max(0, min(cursor - list.height / 2, groups.count - list.height))
        for (index, group) in groups.dropFirst(first).prefix(list.height).enumerated() {
            let plane: Role = first + index == cursor ? .surfaceSelected : .surfaceRaised
            let row = list.row(index)
            fill(row, plane)
            let x = draw("\(group.videos.count)".leftPadded(to: 5) + " ", at: row.x, row.y, .textStrong, on: plane)
            let next = draw(
                "\(glyphs.failed) \(group.cause.class)  ", at: x, row.y, .stateFailed, on: plane, limit: row.right - x)
            draw(group.failure?.what ?? "", at: next, row.y, .text, on: plane, limit: row.right - next)
        }
        guard groups.indices.contains(cursor) else { return }
        details(of: groups[cursor], Rect(rest.x, rest.y + 1, rest.width, rest.height - 1))
    }

    private mutating func details(of group: TroubleGroup, _ rect: Rect) {
        var text: [DialogLine] = []
        if let failure = group.failure {
            text += wrapped("first: \(failure.place)", width: rect.width).map { DialogLine($0, .textStrong) }
            text += wrapped("cause: \(failure.cause)", width: rect.width).map { DialogLine($0) }
            text += wrapped("SAFE NOW: \(failure.safe)", width: rect.width).map { DialogLine($0, .stateOK) }
            text += wrapped("advice: \(failure.advice)", width: rect.width).map { DialogLine($0) }
        }
        text.append(DialogLine(""))
        let keys = model.keymap
        text.append(
            DialogLine(
                "\(keys.hint(.retry)) run the \(counted(group.courses.count, "course")) again\(group.mayPass ? "" : " (this class does not pass by itself)")   "
                    + "\(keys.hint(.waive)) let \(counted(group.videos.count, "video")) stay behind   \(keys.hint(.open)) first video",
                .textKey))
        text.append(DialogLine(""))
        let room = max(0, rect.height - text.count)
        for video in group.videos.prefix(room) {
            text.append(DialogLine("\(video.key)  \(video.displayName)  (attempt \(video.attempt))", .textDim))
        }
        lines(text, in: rect)
    }

    mutating func waive(_ waiving: Waiving) {
        let width = min(grid.size.width - 4, 84)
        var text = wrapped("\(names(waiving)) will stay behind: \(waiving.cause)", width: width)
            .map { DialogLine($0) }
        text.append(
            DialogLine("It takes effect when the course is run next. mallow waive --withdraw takes it back.", .textDim))
        text.append(DialogLine(""))
        text.append(DialogLine("reason, signed \(model.place.operator): \(waiving.reason)_", .textStrong))
        text.append(DialogLine(waiving.isReady ? "Enter waives, Esc cancels" : "write why; Esc cancels", .textDim))
        let inside = dialog("Waive", Size(width, text.count))
        lines(text, in: inside)
    }

    private func names(_ waiving: Waiving) -> String {
        let first = "\"\(waiving.name)\" of \(waiving.videos[0].course)"
        return waiving.videos.count == 1 ? first : "\(counted(waiving.videos.count, "video")), \(first) and others,"
    }

    mutating func video(_ video: VideoReference) {
        let inside = dialog("Video", Size(grid.size.width - 8, grid.size.height - 6), right: "Esc closes")
        let row = model.view?.video
        var text = [DialogLine(video.block.text, .textStrong)]
        if let row {
            let look = Look(video: row.state, glyphs)
            text.append(DialogLine("\(row.displayName)  ·  edx_video_id \(row.videoId)\(row.isNewId ? " (new)" : "")"))
            text.append(
                DialogLine(
                    "\(look.glyph) \(look.word), attempt \(row.attempt), \(Figures.duration(row.seconds))", look.role))
            text.append(
                DialogLine(
                    "transcripts: contentstore \(row.contentstore), store \(row.store); migrated \(row.migrated), present \(row.present), "
                        + "dangling \(row.dangling), corrupt \(row.corrupt), in conflict \(row.conflict), waived \(row.waived)"
                ))
            if let why = row.why {
                for line in wrapped("\(why)", width: inside.width) { text.append(DialogLine(line, .stateFailed)) }
                text.append(
                    DialogLine(
                        "\(model.keymap.hint(.waive)) lets it stay behind, \(model.keymap.hint(.copy)) copies its key",
                        .textKey))
            }
        }
        text.append(DialogLine(""))
        text.append(DialogLine("what happened", .textDim))
        for event in model.view?.history ?? [] {
            let detail = [event.language, event.detail, event.object].compactMap { $0 }.joined(separator: "  ")
            text.append(DialogLine("\(clock(event.at)) \(event.kind) \(event.toState ?? "") \(detail)"))
        }
        lines(text, in: inside)
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - count)) + self
    }
}
