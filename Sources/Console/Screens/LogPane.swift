// SPDX-License-Identifier: Apache-2.0
import Canvas
import Ledger
import Themes

extension Frame {
    mutating func log(_ layout: Layout) {
        let pane = layout.log
        guard !pane.isEmpty else { return }
        let isFocused = model.pane == .log
        let follows = model.pinnedEvent == nil
        var title =
            follows ? "4 Log · FOLLOW \(glyphs.follow)" : "4 Log · PINNED, \(model.keymap.hint(.follow)) follows"
        if !model.logFilter.isEmpty { title += " · /\(model.logFilter)" }
        if layout.kind == .small {
            heading(pane, title: title, isFocused: isFocused)
        } else {
            box(pane, title: title, isFocused: isFocused)
        }
        let inside = layout.inside(pane)
        let sentences = (model.view?.events ?? []).compactMap { event in EventSentence(event).map { (event.at, $0) } }
        if sentences.isEmpty, !model.logFilter.isEmpty {
            let text = "none of the newest \(Figures.number(LedgerView.filteredLines)) lines has \"\(model.logFilter)\""
            draw("\(text); Esc drops the filter", at: inside.x + 1, inside.y, .textDim, limit: inside.width - 2)
        }
        // Each line whole where the log has the screen to itself, and cut where it has not; the newest are at the bottom.
        let lines = sentences.map { at, sentence in
            let head = head(of: sentence, at: at)
            let start = inside.x + head.reduce(0) { $0 + CellText($1.0).width }
            let room = max(20, inside.right - start)
            return (head, start, parts: model.isZoomed ? wrapped(sentence.words, width: room) : [sentence.words])
        }
        let count = lines.reduce(0) { $0 + $1.parts.count }
        var y = inside.y + min(0, inside.height - count)
        for (head, start, parts) in lines {
            for (index, part) in parts.enumerated() {
                if y >= inside.y {
                    var x = inside.x
                    for (text, role) in index == 0 ? head : [] {
                        x = draw(text, at: x, y, role, limit: inside.right - x)
                    }
                    draw(part, at: start, y, .text, limit: inside.right - start)
                }
                y += 1
            }
        }
    }

    /// What stands before an event's words: when, of what kind, and what it is about.
    private func head(of sentence: EventSentence, at time: Double) -> [(String, Role)] {
        let look = Look(sentence.mark, glyphs)
        var head: [(String, Role)] = [
            (clock(time), .textDim), (" \(sentence.isInside ? " " : "")\(look.glyph) ", look.role),
        ]
        if let course = sentence.course { head.append(("\(Model.shortName(course)) ", .textStrong)) }
        if let block = sentence.block {
            // Studio's names are 32 digits: the first tell them apart.
            head.append(("\(block.count > 14 ? "\(block.prefix(8))\(glyphs.ellipsis)" : block) ", .textDim))
        }
        return head
    }
}
