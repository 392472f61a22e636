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
        for (index, (at, sentence)) in sentences.suffix(inside.height).enumerated() {
            let y = inside.y + index
            let time = draw(clock(at), at: inside.x, y, .textDim, limit: inside.width)
            let look = Look(sentence.mark, glyphs)
            let next = draw(
                " \(sentence.isInside ? " " : "")\(look.glyph) ", at: time, y, look.role, limit: inside.right - time)
            var x = next
            if let course = sentence.course {
                x = draw("\(Model.shortName(course)) ", at: x, y, .textStrong, limit: inside.right - x)
            }
            if let block = sentence.block {
                // Studio's names are 32 digits: the first tell them apart.
                let name = block.count > 14 ? "\(block.prefix(8))\(glyphs.ellipsis)" : block
                x = draw("\(name) ", at: x, y, .textDim, limit: inside.right - x)
            }
            draw(sentence.words, at: x, y, .text, limit: inside.right - x)
        }
    }
}
