// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
import MigrationModel
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
    /// - Parameter coversAll: whether it may cover the last lines too, where what became of a key is told.
    /// - Returns: its inside.
    mutating func dialog(_ title: String, _ size: Size, right: String = "", coversAll: Bool = false) -> Rect {
        // Where one is stands on every screen; a question says it itself.
        let between = grid.bounds.split(bottom: model.layout.footer.height).rest.split(top: 1).rest
        let screen = coversAll ? grid.bounds : between
        let (width, height) = (min(screen.width, size.width + 4), min(screen.height, size.height + 2))
        let rect = Rect((screen.width - width) / 2, screen.y + (screen.height - height) / 2, width, height)
        fill(rect, .surfaceRaised)
        box(rect, title: title, right: right, isFocused: true, on: .surfaceRaised)
        return rect.inset(2, 1)
    }

    mutating func lines(_ lines: [DialogLine], in rect: Rect, first: Int = 0) {
        for (index, line) in lines.dropFirst(first).prefix(rect.height).enumerated() {
            draw(line.text, at: rect.x, rect.y + index, line.role, on: .surfaceRaised, limit: rect.width)
        }
    }

    /// What Enter does with a reason, or why it did nothing.
    func next(after reason: Reason, enter: String, besides: String = "") -> DialogLine {
        if reason.isRefused { return DialogLine("\(reason.shortage); Esc cancels", .stateAttention) }
        return DialogLine((reason.isGiven ? "\(enter)," : "write why;") + " Esc cancels" + besides, .textDim)
    }

    mutating func help(_ first: Int) {
        let width = min(grid.size.width - 4, 92)
        // Keys and name of an action stand on the first of its lines.
        let column = width < 48 ? 22 : 30
        let rows = Action.allCases.flatMap { action in
            let words = action.explanation + (action.effect == .asks ? " Asks first." : "")
            return wrapped(words, width: max(10, width - column)).enumerated().map { index, line in
                (action: index == 0 ? action : nil, line: line)
            }
        }
        let inside = dialog(
            "Keys", Size(width, min(grid.size.height - 2, rows.count)),
            right: "\(model.keymap.hint(.up))/\(model.keymap.hint(.down)) scrolls, Esc closes")
        let first = max(0, min(first, rows.count - inside.height))
        for (index, row) in rows.dropFirst(first).prefix(inside.height).enumerated() {
            let y = inside.y + index
            if let action = row.action {
                let name = column - 17
                let keys =
                    name < 10
                    ? model.keymap.hint(action) : model.keymap.keys(of: action).map(\.name).joined(separator: " ")
                draw(keys, at: inside.x, y, .textKey, on: .surfaceRaised, limit: name - 1)
                draw(action.label, at: inside.x + name, y, .textStrong, on: .surfaceRaised, limit: 16)
            }
            draw(row.line, at: inside.x + column, y, .text, on: .surfaceRaised, limit: inside.width - column)
        }
    }

    mutating func notices(_ first: Int) {
        let width = grid.size.width - 12
        let lines = model.notices.reversed().flatMap { notice in
            let role: Role = notice.kind == .refused ? .stateAttention : notice.kind == .done ? .stateOK : .text
            return wrapped("\(clock(notice.at)) \(notice.text)", width: width).enumerated().map { index, line in
                DialogLine(index == 0 ? line : "  \(line)", role)
            }
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
        let (rows, below) = inside.split(top: 2).rest.split(bottom: inside.height < 8 ? 0 : 3)
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
        // What the line of the cursor has no room for.
        if matches.indices.contains(palette.cursor) {
            let text = wrapped(matches[palette.cursor].explanation, width: below.width)
            lines(
                text.map { DialogLine($0, .textDim) },
                in: Rect(below.x, below.y + 1, below.width, max(0, below.height - 1)))
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

    /// Focus rests on Cancel, and what was not seen whole cannot be done.
    mutating func confirmation(_ confirmation: Confirmation) {
        let width = Confirmation.width(on: grid.size)
        let text = confirmation.paragraphs(width: width).map { part in
            DialogLine(part.head.padding(to: 11) + part.line, part.role)
        }
        let copies = confirmation.commandLine == nil ? "" : "y copies it as a command"
        let inside = dialog(
            confirmation.title, Size(width, text.count + Confirmation.frame - 2), right: copies, coversAll: true)
        let (body, bottom) = inside.split(bottom: 4)
        lines(text, in: body, first: confirmation.first)
        guard bottom.height == 4 else { return }
        let below = text.count - confirmation.first - body.height
        if below > 0 || confirmation.first > 0 {
            let rest = below > 0 ? "\(counted(below, "line")) more: Down, PgDn" : "Up, PgUp: back to the first line"
            draw(rest, at: bottom.x, bottom.y, .textKey, on: .surfaceRaised, limit: bottom.width)
        }
        draw(
            "on \(model.place.word) \(model.place.store ?? "")", at: bottom.x, bottom.y + 1,
            model.place.isProduction ? .stateAttention : .text, on: .surfaceRaised, limit: bottom.width)
        let (sentence, role) = standing(of: confirmation)
        draw(sentence, at: bottom.x, bottom.y + 2, role, on: .surfaceRaised, limit: bottom.width)
        let cancel: Role = confirmation.isOnGo ? .surfaceRaised : .surfaceSelected
        let x = draw(" Cancel ", at: bottom.x, bottom.y + 3, .text, on: cancel)
        let go: Role = confirmation.isOnGo ? .surfaceSelected : .surfaceRaised
        let isArmed = confirmation.isWhole(on: grid.size) && confirmation.isReady
        let end = draw(" Go ", at: x + 2, bottom.y + 3, isArmed ? .textStrong : .textDim, on: go)
        // The question lies over the line where it is told otherwise.
        if let remark = confirmation.remark {
            draw(remark, at: end + 2, bottom.y + 3, .stateAttention, on: .surfaceRaised, limit: bottom.right - end - 2)
            return
        }
        if let hint = ["Tab moves, Enter chooses", "Tab, Enter"].first(where: { end + $0.count < bottom.right }) {
            draw(hint, endingAt: bottom.right, bottom.y + 3, .textDim, on: .surfaceRaised)
        }
    }

    /// What it still waits for.
    private func standing(of confirmation: Confirmation) -> (String, Role) {
        if confirmation.preflight == .proving { return ("wait until what it needs is proven", .stateActive) }
        if confirmation.isRefused {
            return ("what failed has to be put right first; ^L proves all of it anew", .stateAttention)
        }
        guard confirmation.blockers.isEmpty else { return ("", .text) }
        if !confirmation.isWhole(on: grid.size) {
            return ("it can be answered when all of it was seen", .stateAttention)
        }
        return confirmation.typed.map { ("type \($0) to confirm: \(confirmation.text)_", .textStrong) } ?? ("", .text)
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
