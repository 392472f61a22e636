// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
import Ledger
import MigrationModel
import Themes

/// One frame in the making: a grid, and the words and colours of its model.
struct Frame {
    let model: Model
    private(set) var grid: Grid

    init(_ model: Model) {
        self.model = model
        grid = Grid(model.size, filledWith: model.theme.style(.text, on: .surface, model.capabilities.colours))
    }

    var glyphs: Glyphs { model.glyphs }

    func style(_ ink: Role, on plane: Role = .surface) -> Style {
        model.theme.style(ink, on: plane, model.capabilities.colours)
    }

    /// Draws text, cut to `limit` columns with an ellipsis.
    ///
    /// - Returns: the column after it.
    @discardableResult
    mutating func draw(
        _ text: String, at x: Int, _ y: Int, _ ink: Role = .text, on plane: Role = .surface, limit: Int = 10_000
    ) -> Int {
        let cut = CellText(spelled(text)).truncated(to: max(0, limit), ellipsis: glyphs.ellipsis)
        return grid.draw(cut, at: Point(x, y), style(ink, on: plane), limit: max(0, limit))
    }

    /// Draws text so that it ends before column `x`.
    ///
    /// - Returns: the column where it begins.
    @discardableResult
    mutating func draw(_ text: String, endingAt x: Int, _ y: Int, _ ink: Role = .text, on plane: Role = .surface) -> Int
    {
        let text = CellText(spelled(text))
        grid.draw(text, at: Point(x - text.width, y), style(ink, on: plane))
        return x - text.width
    }

    /// Our own signs, spelled so that the terminal can show them; names stay as they are.
    private func spelled(_ text: String) -> String {
        guard model.capabilities.characters != .unicode else { return text }
        return text.map { sign in
            switch sign {
            case "…": glyphs.ellipsis
            case "→": glyphs.arrow
            case "·": "-"
            case "±": "+/-"
            case "–": "-"
            case "≠": glyphs.differs
            default: model.capabilities.characters == .ascii && !sign.isASCII ? "?" : String(sign)
            }
        }
        .joined()
    }

    func clock(_ seconds: Double) -> String { Figures.clock(seconds, model.timeZone) }
    func clock(_ date: Date) -> String { clock(date.timeIntervalSince1970) }

    mutating func fill(_ rect: Rect, _ plane: Role) { grid.fill(rect, style(.text, on: plane)) }

    mutating func tint(_ rect: Rect, _ plane: Role) {
        grid.tint(rect, model.theme.style(plane, model.capabilities.colours))
    }

    /// A frame with a title, and its right-hand title.
    mutating func box(_ rect: Rect, title: String, right: String = "", isFocused: Bool, on plane: Role = .surface) {
        guard rect.width >= 2, rect.height >= 2 else { return }
        let line: Role = isFocused ? .lineFocus : .line
        let across = String(repeating: glyphs.horizontal, count: rect.width - 2)
        grid.draw(glyphs.topLeft + across + glyphs.topRight, at: Point(rect.x, rect.y), style(line, on: plane))
        grid.draw(
            glyphs.bottomLeft + across + glyphs.bottomRight, at: Point(rect.x, rect.bottom - 1), style(line, on: plane))
        for y in rect.y + 1..<rect.bottom - 1 {
            grid.draw(glyphs.vertical, at: Point(rect.x, y), style(line, on: plane))
            grid.draw(glyphs.vertical, at: Point(rect.right - 1, y), style(line, on: plane))
        }
        heading(rect, title: title, right: right, isFocused: isFocused, on: plane)
    }

    /// A pane's title on its first line.
    mutating func heading(_ rect: Rect, title: String, right: String = "", isFocused: Bool, on plane: Role = .surface) {
        let ink: Role = isFocused ? .textStrong : .text
        let end = draw(" \(title) ", at: rect.x + 1, rect.y, ink, on: plane, limit: rect.width - 2)
        let room = rect.right - 2 - end
        guard !right.isEmpty, CellText(right).width + 2 <= room else { return }
        draw(" \(right) ", endingAt: rect.right - 1, rect.y, .textDim, on: plane)
    }

    /// - Returns: the column after it.
    @discardableResult
    mutating func bar(
        _ fraction: Double, at x: Int, _ y: Int, width: Int, _ ink: Role = .barFill, on plane: Role = .surface
    ) -> Int {
        let bar = Bar(fraction, width: width, model.capabilities.characters)
        let middle = grid.draw(bar.filled, at: Point(x, y), style(ink, on: plane))
        return grid.draw(bar.rest, at: Point(middle, y), style(.barRest, on: plane))
    }
}

/// A state as it is always shown: a sign, a word and a colour.
struct Look {
    let glyph: String
    let word: String
    let role: Role

    /// - Parameter isInWork: whether an engine lives: without one nothing goes on, whatever was going on.
    init(course state: String, _ glyphs: Glyphs, isInWork: Bool = true) {
        word = state
        switch CourseState(rawValue: state) {
        case .failed: (glyph, role) = (glyphs.failed, .stateFailed)
        case .held: (glyph, role) = (glyphs.held, .stateHeld)
        case .retrying where isInWork: (glyph, role) = (glyphs.undone, .stateUndone)
        case .running where isInWork: (glyph, role) = (glyphs.active, .stateActive)
        case .migrated: (glyph, role) = (glyphs.ok, .stateOK)
        // Its own sign: nothing in it waits for anybody.
        case .empty: (glyph, role) = ("-", .stateIdle)
        case .running, .retrying, .queued, .pending, nil: (glyph, role) = (glyphs.idle, .stateIdle)
        }
    }

    init(video state: String, _ glyphs: Glyphs, isInWork: Bool = true) {
        word = state
        switch VideoState(rawValue: state) {
        case .failed: (glyph, role) = (glyphs.failed, .stateFailed)
        case .rolledBack: (glyph, role) = (glyphs.undone, .stateUndone)
        case .migrating where isInWork: (glyph, role) = (glyphs.active, .stateActive)
        case .verified: (glyph, role) = (glyphs.ok, .stateOK)
        case .waived: (glyph, role) = (glyphs.waived, .stateHeld)
        case .migrating, .pending, nil: (glyph, role) = (glyphs.idle, .stateIdle)
        }
    }

    init(_ mark: EventSentence.Mark, _ glyphs: Glyphs) {
        word = ""
        switch mark {
        case .done: (glyph, role) = (glyphs.ok, .stateOK)
        case .failed: (glyph, role) = (glyphs.failed, .stateFailed)
        case .attention: (glyph, role) = (glyphs.attention, .stateAttention)
        case .undone: (glyph, role) = (glyphs.undone, .stateUndone)
        case .active: (glyph, role) = (glyphs.active, .stateActive)
        case .idle: (glyph, role) = (glyphs.idle, .stateIdle)
        case .information: (glyph, role) = ("i", .textDim)
        }
    }
}
