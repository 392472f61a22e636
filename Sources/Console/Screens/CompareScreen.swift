// SPDX-License-Identifier: Apache-2.0
import Canvas
import Ledger
import MigrationModel
import Themes

/// Two copies of a transcript side by side, with what differs marked by a sign, a colour and nothing else in the way.
extension Frame {
    mutating func compare(_ comparing: Comparing) {
        let keys = model.keymap
        let inside = dialog(
            "Compare · \(comparing.language)", grid.size,
            right: "\(keys.hint(.mark)) only what differs, \(keys.hint(.nextPane)) other copies, Esc closes")
        switch comparing.inspection {
        case .reading:
            return lines([DialogLine("looking into the stores…", .stateActive)], in: inside)
        case .failed(let words):
            return lines(
                wrapped("the stores could not be looked into: \(words)", width: inside.width)
                    .map { DialogLine($0, .stateFailed) }, in: inside)
        case .seen: break
        }
        let half = (inside.width - 3) / 2
        let right = Rect(inside.right - half, inside.y, half, inside.height)
        let left = Rect(inside.x, inside.y, half, inside.height)
        let headings = min(4, max(1, inside.height / 3))
        if let copies = comparing.copies {
            heading(copies.left, in: left, rows: headings - 1)
            heading(copies.right, in: right, rows: headings - 1)
        } else if let only = comparing.transcript?.copies.first {
            heading(only, in: left, rows: headings - 1)
            lines([DialogLine("there is no other copy", .textDim)], in: right.split(top: 1).top)
        }
        sum(of: comparing, in: inside.row(headings - 1))
        draw(
            comparing.rows.dropFirst(comparing.first), left, right, from: inside.y + headings, to: inside.bottom,
            isPair: comparing.counts != nil)
    }

    /// Which copy it is, and what is known of it.
    private mutating func heading(_ copy: TranscriptCopy, in rect: Rect, rows: Int) {
        let facts = [copy.format?.rawValue, copy.bytes.map { "\(Figures.number($0)) bytes" }].compactMap { $0 }
        var text = [DialogLine("\(copy.place.rawValue)  \(copy.name)", .textStrong)]
        if let problem = copy.problem {
            text += wrapped(problem, width: rect.width).prefix(rows - 1).map { DialogLine($0, .stateFailed) }
        } else {
            text.append(DialogLine(facts.joined(separator: ", "), .textDim))
        }
        if let hash = copy.sha256 { text.append(DialogLine("SHA-256 \(hash)", .textDim)) }
        lines(text, in: rect.split(top: rows).top)
    }

    private mutating func sum(of comparing: Comparing, in rect: Rect) {
        guard let copies = comparing.copies else { return }
        guard let counts = comparing.counts else {
            let unread = copies.right.cues == nil ? copies.right : copies.left
            let text =
                "\(glyphs.attention) they cannot be compared: \(unread.place.rawValue): \(unread.problem ?? "no text")"
            draw(text, at: rect.x, rect.y, .stateFailed, on: .surfaceRaised, limit: rect.width)
            return
        }
        let text =
            counts.differences == 0
            ? "\(glyphs.ok) all \(counted(counts.lines, "line")) are the same"
            : "\(glyphs.differs) \(counts.differences) of \(counted(counts.lines, "line")) differ"
                + (comparing.showsOnlyDifferences ? ", only those are shown" : "")
        draw(
            text, at: rect.x, rect.y, counts.differences == 0 ? .stateOK : .stateAttention, on: .surfaceRaised,
            limit: rect.width)
    }

    /// Rows as high as their longer side.
    private mutating func draw(
        _ rows: ArraySlice<CueAlignment.Row>, _ left: Rect, _ right: Rect, from top: Int, to bottom: Int,
        isPair: Bool
    ) {
        var y = top
        // A narrow screen needs its columns for the text.
        let showsTimes = left.width >= 34
        for row in rows {
            guard y < bottom else { return }
            let isSame = row.isSame || !isPair
            let role: Role = isSame ? .text : .stateAttention
            let sides = [(left, row.left), (right, row.right)].map { rect, cue in
                (rect, cue, cue.map { wrapped($0.text, width: rect.width - (showsTimes ? 13 : 0)) } ?? [])
            }
            draw(isSame ? glyphs.vertical : glyphs.differs, at: left.right + 1, y, role, on: .surfaceRaised)
            for (rect, cue, text) in sides {
                if showsTimes, let cue {
                    draw(Figures.cueTime(cue.start), at: rect.x, y, .textDim, on: .surfaceRaised, limit: 12)
                }
                let place = Rect(rect.x + (showsTimes ? 13 : 0), y, rect.width - (showsTimes ? 13 : 0), bottom - y)
                lines(text.map { DialogLine($0, role) }, in: place)
            }
            y += max(1, sides.map(\.2.count).max() ?? 1)
        }
    }
}
