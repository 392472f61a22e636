// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
import Ledger
import MigrationModel
import Themes

/// The last rows: what happened to the last request, what a key would do and to what, and which keys there are.
extension Frame {
    mutating func footer(_ layout: Layout) {
        guard !layout.footer.isEmpty else { return }
        let rows = layout.footer
        if rows.height >= 3 { result(rows.row(0)) }
        selection(rows.row(rows.height - 2), showsResult: rows.height < 3)
        hints(rows.row(rows.height - 1))
    }

    private mutating func result(_ rect: Rect) {
        if let failure = model.blindness {
            draw(
                " \(glyphs.attention) the ledger cannot be read: \(failure.brief)", at: rect.x, rect.y, .stateFailed,
                limit: rect.width)
            return
        }
        guard let notice = model.notices.last else { return }
        let (glyph, role): (String, Role) =
            switch notice.kind {
            case .information: ("i", .textDim)
            case .done: (glyphs.ok, .stateOK)
            case .refused: (glyphs.attention, .stateAttention)
            }
        let end = draw(
            "\(clock(notice.at)) (\(model.keymap.hint(.notices))) all", endingAt: rect.right - 1, rect.y, .textDim)
        let x = draw(" \(glyph) ", at: rect.x, rect.y, role)
        draw(notice.text, at: x, rect.y, .text, limit: end - x - 1)
    }

    private mutating func selection(_ rect: Rect, showsResult: Bool) {
        let (engine, role) = engine
        let end = draw(engine, endingAt: rect.right - 1, rect.y, role)
        if showsResult, let notice = model.notices.last {
            draw(" \(notice.text)", at: rect.x, rect.y, .text, limit: end - rect.x - 1)
            return
        }
        var text = " "
        if model.marks.isEmpty {
            if let course = model.selected { text += course.key }
        } else {
            let marked = model.view?.marked ?? []
            text += "\(model.marks.count) marked: \(marked.prefix(4).map(\.key).joined(separator: " "))"
            text += marked.count > 4 ? " …" : ""
            text += " · \(counted(marked.reduce(0) { $0 + $1.videos }, "video"))"
        }
        draw(text, at: rect.x, rect.y, .text, limit: end - rect.x - 1)
    }

    /// A frozen screen must look frozen: the age is that of the heartbeat, and it grows.
    private var engine: (String, Role) {
        guard let view = model.view else { return ("", .textDim) }
        if let age = view.heartbeatAge {
            if let seconds = model.silence { return ("engine SILENT for \(seconds) s", .stateAttention) }
            let age = age + max(0, model.now.timeIntervalSince(view.at))
            return ("engine ok · \(Int(age)) s ago", .textDim)
        }
        if model.launchedAfter != nil { return ("engine starting…", .stateActive) }
        if model.stopped != nil { return ("engine stopped", .stateAttention) }
        if model.lostEngine != nil { return ("ENGINE GONE", .stateFailed) }
        return ("no engine", .textDim)
    }

    private mutating func hints(_ rect: Rect) {
        fill(rect, .surface)
        // The way out stands to the right, always.
        let out = model.layers.isEmpty ? model.keymap.hint(.detach) : ""
        let way = "\(out) \(model.label(of: .detach))"
        let end = out.isEmpty ? rect.right : draw(way, endingAt: rect.right - 1, rect.y, .textDim) - 1
        draw(out, at: end + 1, rect.y, .textKey, limit: rect.right - end - 1)
        var x = rect.x + 1
        for action in hintedActions {
            let (key, label) = (model.keymap.hint(action), model.label(of: action))
            guard !key.isEmpty, x + CellText(key).width + CellText(label).width + 3 <= end else { continue }
            x = draw(key, at: x, rect.y, .textKey)
            x = draw(" \(label)  ", at: x, rect.y, .textDim)
        }
    }

    /// Only keys that do something now.
    private var hintedActions: [Action] {
        switch model.layer {
        case .video: return [.open, .waive, .withdraw, .copy, .redraw, .back]
        case .compare: return [.redraw, .back]
        case .triage(let cause):
            let groups = model.troubleGroups
            let cursor = model.place(of: cause, in: groups)
            guard groups.indices.contains(cursor) else { return [.back] }
            let group = groups[cursor]
            let isWaived = group.videos.contains(where: \.isWaived)
            return [group.cause.isHeldBack ? .hold : .retry] + (group.mayStayBehind ? [.waive] : [])
                + (isWaived ? [.withdraw] : [])
                + (group.cause.isOfCourses ? [] : [.open]) + [.back]
        case .some: return [.back]
        case nil: break
        }
        var actions: [Action] = [.help, .palette]
        if model.hasEngine {
            let isDraining = model.openRun?.state == RunState.draining.rawValue
            actions += isDraining ? [.stop] : [.pause, .drain]
        } else if !model.isStarting {
            actions += [.run]
            if model.view?.totals.courses(in: "failed") ?? 0 > 0 { actions.append(.retry) }
            if model.view?.order.isEmpty ?? true { actions.append(.list) }
        }
        if model.needs > 0 { actions.append(.triage) }
        if model.hasEngine, model.openRun?.state != RunState.draining.rawValue { actions += [.more, .fewer] }
        switch model.pane {
        case .courses: actions += [.mark, .filter, .sort]
        case .videos: actions += [.open]
        case .validation: break
        case .log: actions += [.follow, .filter, .exportLog]
        }
        return actions + [.hold, .zoom, .theme]
    }
}

extension Model {
    /// Whether something that the stores have is on the screen.
    private var isLooking: Bool {
        switch layer {
        case .video, .compare: true
        default: false
        }
    }

    /// Only what is held is held there.
    private var isInTriage: Bool { if case .triage = layer { true } else { false } }

    /// An action's label as it stands now.
    func label(of action: Action) -> String {
        switch action {
        case .pause: isToBePaused ? "resume" : "pause"
        case .redraw where isLooking: "look again"
        case .hold: selected?.heldBy == nil && !isInTriage ? "hold…" : "release…"
        default: action.label
        }
    }
}
