// SPDX-License-Identifier: Apache-2.0
import Canvas
import Ledger
import MigrationModel
import Themes

extension Frame {
    mutating func courses(_ layout: Layout) {
        let pane = layout.courses
        guard !pane.isEmpty else { return }
        let view = model.view
        let count = view?.order.count ?? 0
        let isFocused = model.pane == .courses
        let inside = layout.inside(pane)
        if layout.kind != .tiny {
            let all = view?.totals.sum(\.courses) ?? 0
            let some =
                model.filter.isEmpty ? Figures.number(count) : "\(Figures.number(count)) of \(Figures.number(all))"
            var title = "1 Courses \(some) · \(model.isFrozen ? "FROZEN" : model.sort.rawValue)"
            if !model.filter.isEmpty { title += " · /\(model.filter), Esc drops it" }
            if troubleAbove > 0 { title += " · \(troubleAbove) above need\(troubleAbove == 1 ? "s" : "") you" }
            if layout.kind == .small {
                heading(pane, title: title, right: counts, isFocused: isFocused)
            } else {
                box(pane, title: title, right: counts, isFocused: isFocused)
            }
        }
        let columns = CourseColumns(width: inside.width, isTiny: layout.kind == .tiny)
        var rows = inside
        if layout.kind != .tiny {
            headings(inside.row(0), columns)
            rows = inside.split(top: 1).rest
        }
        if count == 0 { return empty(rows) }
        for (index, course) in (view?.courses ?? []).prefix(rows.height).enumerated() {
            row(course, rows.row(index), columns, isFocused: isFocused)
        }
    }

    /// Courses by state, as signs.
    private var counts: String {
        let states = model.view?.totals.states ?? []
        return CourseState.allCases.reversed().compactMap { state in
            let count = states.filter { $0.state == state.rawValue }.reduce(0) { $0 + $1.courses }
            return count > 0 ? "\(Figures.number(count))\(Look(course: state.rawValue, glyphs).glyph)" : nil
        }
        .joined(separator: " ")
    }

    /// Courses that need somebody and are above the first row that is shown: worst first, they are the first of all.
    private var troubleAbove: Int {
        guard let view = model.view, view.sort == .worstFirst, view.filter.isEmpty, !model.isFrozen else { return 0 }
        return min(view.firstCourse, view.totals.courses(in: CourseState.failed.rawValue, CourseState.held.rawValue))
    }

    private mutating func empty(_ rect: Rect) {
        guard rect.height > 0 else { return }
        let keys = model.keymap
        let text: String
        if let failure = model.blindness, model.view == nil {
            text = "The ledger cannot be read: \(failure.brief)"
        } else if model.view == nil {
            text = "reading the ledger…"
        } else if !model.filter.isEmpty {
            text = "No course has \"\(model.filter)\" in its key or title. \(keys.hint(.filter)) changes the filter."
        } else {
            text = "No course is known yet. \(keys.hint(.list)) lists the source's courses; nothing is moved by that."
        }
        let (_, body) = rect.split(top: min(1, rect.height - 1))
        for (index, line) in wrapped(text, width: rect.width - 2).prefix(body.height).enumerated() {
            draw(line, at: rect.x + 1, body.y + index, .textDim, limit: rect.width - 2)
        }
    }

    private mutating func headings(_ rect: Rect, _ columns: CourseColumns) {
        draw("state", at: rect.x + 4, rect.y, .textDim)
        draw("course", at: rect.x + columns.name, rect.y, .textDim, limit: columns.nameWidth)
        guard columns.bar > 0 else { return }
        draw("videos", endingAt: rect.x + columns.count, rect.y, .textDim)
        guard columns.hasCounters else { return }
        draw("try", endingAt: rect.x + columns.retries, rect.y, .textDim)
        draw("rb", endingAt: rect.x + columns.rollbacks, rect.y, .textDim)
        draw("check", endingAt: rect.x + columns.check, rect.y, .textDim)
    }

    private mutating func row(_ course: CourseRow, _ rect: Rect, _ columns: CourseColumns, isFocused: Bool) {
        let isUnderCursor = course.id == model.course.id
        let isMarked = model.marks.contains(course.id)
        let plane: Role = isUnderCursor ? .surfaceSelected : isMarked ? .surfaceMarked : .surface
        fill(rect, plane)
        let look = Look(course: course.state, glyphs, isInWork: model.hasEngine)
        let (x, y) = (rect.x, rect.y)
        if isUnderCursor { draw(glyphs.cursor, at: x, y, isFocused ? .textStrong : .textDim, on: plane) }
        if isMarked { draw(glyphs.marked, at: x + 1, y, .textStrong, on: plane) }
        draw("\(look.glyph) \(look.word)", at: x + 2, y, look.role, on: plane, limit: columns.name - 2)
        let title = course.title.isEmpty ? course.key : "\(model.listName(course)) \(course.title)"
        draw(title, at: x + columns.name, y, .text, on: plane, limit: columns.nameWidth)
        guard columns.bar > 0 else { return }
        let done = course.verified + course.waivedVideos
        let ink: Role = course.failed + course.rolledBack > 0 ? .barStall : .barFill
        bar(
            course.videos > 0 ? Double(done) / Double(course.videos) : 0, at: x + columns.barPlace, y,
            width: columns.bar, ink,
            on: plane)
        draw(
            "\(done)/\(course.videos)", endingAt: x + columns.count, y, .text,
            on: plane)
        guard columns.hasCounters else { return }
        draw(
            "\(course.retries)", endingAt: x + columns.retries, y, course.retries > 0 ? .stateUndone : .textDim,
            on: plane)
        draw(
            "\(course.rollbacks)", endingAt: x + columns.rollbacks, y, course.rollbacks > 0 ? .stateUndone : .textDim,
            on: plane)
        let (check, role) = verdict(course)
        draw(check, endingAt: x + columns.check, y, role, on: plane)
    }

    /// What the check has said; before it has, that the cut-over will be held.
    func verdict(_ course: CourseRow) -> (String, Role) {
        if course.isToBeHeld, CheckResult(rawValue: course.verdict) != .fail { return ("hold", .stateHeld) }
        return switch CheckResult(rawValue: course.verdict) {
        case .pass: ("pass", .stateOK)
        case .fail: ("FAIL", .stateFailed)
        case .pending, nil: ("-", .textDim)
        }
    }
}

extension CourseRow {
    /// Whether somebody holds its cut-over back, which is still to come.
    var isToBeHeld: Bool {
        let state = CourseState(rawValue: state)
        return heldBy != nil && state != .held && state?.isProven != true
    }
}

extension Model {
    /// A course's number, and its run too where another course on the screen has the same number.
    func listName(_ course: CourseRow) -> String {
        let name = shortName(course)
        let number = name.prefix { $0 != " " }
        let others = view?.courses.filter { $0.id != course.id && shortName($0).prefix { $0 != " " } == number } ?? []
        return others.isEmpty ? String(number) : name
    }

    /// A course's number and run: what tells courses of one organisation apart.
    func shortName(_ course: CourseRow) -> String { Self.shortName(course.key) }

    static func shortName(_ key: String) -> String {
        let parts = key.split(whereSeparator: { $0 == "+" || $0 == "/" })
        guard parts.count >= 3 else { return key }
        return "\(parts[parts.count - 2]) \(parts[parts.count - 1])"
    }
}

/// Where the columns of the courses stand, counted from the left of the pane; what does not fit is left out.
struct CourseColumns {
    let name: Int
    let nameWidth: Int
    let barPlace: Int
    let bar: Int
    /// The column after each.
    let count: Int
    let retries: Int
    let rollbacks: Int
    let check: Int
    let hasCounters: Bool

    init(width: Int, isTiny: Bool) {
        name = 13
        hasCounters = width >= 54 && !isTiny
        bar = isTiny ? 0 : width >= 66 || !hasCounters && width >= 52 ? 10 : width >= 46 ? 6 : 0
        check = width
        rollbacks = width - 6
        retries = width - 10
        count = hasCounters ? width - 14 : width
        barPlace = count - (bar > 0 ? 8 : 0) - bar
        nameWidth = max(0, barPlace - name - 1)
    }
}
