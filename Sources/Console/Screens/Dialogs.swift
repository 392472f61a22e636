// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
import Themes

/// The lines of a text that lies over the overview.
struct DialogLine {
    let text: String
    let role: Role

    init(_ text: String, _ role: Role = .text) {
        self.text = text
        self.role = role
    }
}

extension Frame {
    /// A raised box in the middle with room for `size`, or the whole screen when it does not fit.
    ///
    /// - Returns: its inside.
    mutating func dialog(_ title: String, _ size: Size, right: String = "") -> Rect {
        let screen = grid.bounds
        let (width, height) = (min(screen.width, size.width + 4), min(screen.height, size.height + 2))
        let rect = Rect((screen.width - width) / 2, (screen.height - height) / 2, width, height)
        fill(rect, .surfaceRaised)
        box(rect, title: title, right: right, isFocused: true, on: .surfaceRaised)
        return rect.inset(2, 1)
    }

    mutating func lines(_ lines: [DialogLine], in rect: Rect, first: Int = 0) {
        for (index, line) in lines.dropFirst(first).prefix(rect.height).enumerated() {
            draw(line.text, at: rect.x, rect.y + index, line.role, on: .surfaceRaised, limit: rect.width)
        }
    }

    mutating func help(_ first: Int) {
        let actions = Action.allCases
        let size = Size(min(grid.size.width - 4, 92), min(grid.size.height - 2, actions.count + 2))
        let inside = dialog(
            "Keys", size, right: "\(model.keymap.hint(.up))/\(model.keymap.hint(.down)) scrolls, Esc closes")
        let first = max(0, min(first, actions.count - inside.height))
        for (index, action) in actions.dropFirst(first).prefix(inside.height).enumerated() {
            let y = inside.y + index
            let keys = model.keymap.keys(of: action).map(\.name).joined(separator: " ")
            draw(keys, at: inside.x, y, .textKey, on: .surfaceRaised, limit: 12)
            let x = draw(action.label, at: inside.x + 13, y, .textStrong, on: .surfaceRaised, limit: 16)
            draw(
                action.explanation + (action.effect == .asks ? " Asks first." : ""), at: max(x + 1, inside.x + 30), y,
                .text, on: .surfaceRaised,
                limit: inside.right - max(x + 1, inside.x + 30))
        }
    }

    mutating func notices(_ first: Int) {
        let lines = model.notices.reversed().map { notice in
            DialogLine(
                "\(clock(notice.at)) \(notice.text)",
                notice.kind == .refused ? .stateAttention : notice.kind == .done ? .stateOK : .text
            )
        }
        let inside = dialog(
            "Notices", Size(grid.size.width - 8, min(grid.size.height - 4, max(3, lines.count))), right: "Esc closes")
        self.lines(lines.isEmpty ? [DialogLine("nothing yet", .textDim)] : lines, in: inside, first: first)
    }

    mutating func filter(_ list: Model.Pane) {
        let rect = Rect(0, grid.size.height - 1, grid.size.width, 1)
        fill(rect, .surfaceRaised)
        let x = draw(
            " \(list == .log ? "log " : "")/ \(model[filterOf: list])", at: rect.x, rect.y, .textStrong,
            on: .surfaceRaised, limit: rect.width - 30)
        draw("_", at: x, rect.y, .textKey, on: .surfaceRaised)
        draw("Enter keeps, Esc drops the filter ", endingAt: rect.right, rect.y, .textDim, on: .surfaceRaised)
    }

    mutating func palette(_ palette: Palette) {
        let matches = palette.matches
        let size = Size(min(grid.size.width - 4, 76), min(grid.size.height - 4, 14))
        let inside = dialog("Command", size, right: "Enter does it, Esc closes")
        draw(": \(palette.text)_", at: inside.x, inside.y, .textStrong, on: .surfaceRaised, limit: inside.width)
        let rows = inside.split(top: 2).rest
        let first = max(0, min(palette.cursor - rows.height / 2, matches.count - rows.height))
        for (index, action) in matches.dropFirst(first).prefix(rows.height).enumerated() {
            let isUnderCursor = first + index == palette.cursor
            let plane: Role = isUnderCursor ? .surfaceSelected : .surfaceRaised
            let row = rows.row(index)
            fill(row, plane)
            draw(model.keymap.hint(action), at: row.x, row.y, .textKey, on: plane, limit: 7)
            let x = draw(action.label, at: row.x + 8, row.y, .textStrong, on: plane, limit: 16)
            draw(
                action.explanation, at: max(x + 1, row.x + 25), row.y, .text, on: plane,
                limit: row.right - max(x + 1, row.x + 25))
        }
        if matches.isEmpty {
            draw("no command has these words", at: rows.x, rows.y, .textDim, on: .surfaceRaised, limit: rows.width)
        }
    }

    mutating func themes(_ cursor: Int) {
        let themes = model.themes
        let size = Size(min(grid.size.width - 4, 40), min(grid.size.height - 4, themes.count))
        let inside = dialog("Theme", size, right: "Enter keeps")
        let first = max(0, min(cursor - inside.height / 2, themes.count - inside.height))
        for (index, theme) in themes.dropFirst(first).prefix(inside.height).enumerated() {
            let plane: Role = first + index == cursor ? .surfaceSelected : .surfaceRaised
            let row = inside.row(index)
            fill(row, plane)
            let x = draw(theme.name, at: row.x, row.y, .text, on: plane, limit: row.width - 8)
            draw(" \(theme.appearance.rawValue)", at: x, row.y, .textDim, on: plane, limit: row.right - x)
        }
    }

    /// Focus rests on Cancel, and what cannot be shown whole cannot be done.
    mutating func confirmation(_ confirmation: Confirmation) {
        let width = Confirmation.width(on: grid.size)
        var text = confirmation.paragraphs(width: width).map { part in
            DialogLine(part.head.padding(to: 11) + part.line, part.role)
        }
        text.append(DialogLine(""))
        text.append(
            DialogLine(
                "on \(model.place.word) \(model.place.store ?? "")", model.place.isProduction ? .stateAttention : .text)
        )
        let copies = confirmation.commandLine == nil ? "" : "y copies it as a command"
        let inside = dialog(confirmation.title, Size(width, text.count + 3), right: copies)
        let (body, bottom) = inside.split(bottom: 2)
        lines(text, in: body)
        guard bottom.height == 2 else { return }
        let isWhole = confirmation.isWhole(on: grid.size)
        if !isWhole {
            draw(
                "not all of it fits: make the screen larger, then it can be done", at: bottom.x, bottom.y,
                .stateAttention,
                on: .surfaceRaised, limit: bottom.width)
        } else if confirmation.preflight == .proving {
            draw(
                "wait until what it needs is proven", at: bottom.x, bottom.y, .stateActive, on: .surfaceRaised,
                limit: bottom.width)
        } else if confirmation.isRefused {
            draw(
                "what failed has to be put right first; ^L proves all of it anew", at: bottom.x, bottom.y,
                .stateAttention, on: .surfaceRaised, limit: bottom.width)
        } else if let typed = confirmation.typed, confirmation.blockers.isEmpty {
            draw(
                "type \(typed) to confirm: \(confirmation.text)_", at: bottom.x, bottom.y, .textStrong,
                on: .surfaceRaised,
                limit: bottom.width)
        }
        let cancel: Role = confirmation.isOnGo ? .surfaceRaised : .surfaceSelected
        let x = draw(" Cancel ", at: bottom.x, bottom.y + 1, .text, on: cancel)
        let go: Role = confirmation.isOnGo ? .surfaceSelected : .surfaceRaised
        draw(" Go ", at: x + 2, bottom.y + 1, isWhole && confirmation.isReady ? .textStrong : .textDim, on: go)
        draw("Tab moves, Enter chooses", endingAt: bottom.right, bottom.y + 1, .textDim, on: .surfaceRaised)
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
