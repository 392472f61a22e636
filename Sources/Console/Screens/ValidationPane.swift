// SPDX-License-Identifier: Apache-2.0
import Canvas
import Ledger
import MigrationModel
import Themes

/// The consistency check: both values of everything that is compared, and one sentence to act on.
extension Frame {
    mutating func validation(_ layout: Layout) {
        let pane = layout.validation
        guard !pane.isEmpty else { return }
        let isFocused = model.pane == .validation
        let title = "3 Validation" + (model.selected.map { " · \(model.shortName($0))" } ?? "")
        if layout.kind == .small {
            heading(pane, title: title, isFocused: isFocused)
        } else {
            box(pane, title: title, isFocused: isFocused)
        }
        let inside = layout.inside(pane)
        guard let course = model.selected, inside.height > 0 else { return }
        let columns = (inside.x + max(22, inside.width * 45 / 100), inside.x + max(32, inside.width * 65 / 100))
        draw("check", at: inside.x + 1, inside.y, .textDim)
        draw("contentstore", endingAt: columns.0 + 6, inside.y, .textDim)
        draw("store", endingAt: columns.1 + 2, inside.y, .textDim)
        var y = inside.y + 1
        let rows = lines(of: course)
        let (sentence, role) = conclusion(course)
        // The sentence has the last lines: two whatever else fits, more where there is room.
        let text = wrapped(sentence, width: inside.width - 2).prefix(max(2, inside.height - 1 - rows.count))
        let last = inside.bottom - max(2, text.count)
        for line in rows where y < last {
            draw(line.name, at: inside.x + 1, y, .text, limit: columns.0 - inside.x - 2)
            draw(line.source, endingAt: columns.0 + 6, y, .text)
            draw(line.store, endingAt: columns.1 + 2, y, .text)
            draw(line.verdict, at: columns.1 + 4, y, line.role, limit: inside.right - columns.1 - 4)
            y += 1
        }
        for (index, line) in text.enumerated() where inside.height > 2 {
            draw(line, at: inside.x + 1, last + index, index == 0 ? role : .text, limit: inside.width - 2)
        }
    }

    private struct Line {
        let name, source, store, verdict: String
        let role: Role
    }

    private func lines(of course: CourseRow) -> [Line] {
        let settled = course.verified + course.waivedVideos
        func compared(_ store: Int, _ source: Int, _ state: String) -> (String, Role) {
            if source == 0 { return ("-", .textDim) }
            if store >= source { return ("\(glyphs.ok) \(state)", .stateOK) }
            let share = Figures.percent(store, of: source)
            let isInWork = model.hasEngine && CourseState(rawValue: course.state)?.isUnfinished == true
            return isInWork
                ? ("\(glyphs.active) \(share)", .stateActive) : ("\(glyphs.attention) \(share)", .stateAttention)
        }
        func listed(_ name: String, _ count: Int) -> Line? {
            count > 0
                ? Line(
                    name: name, source: Figures.number(count), store: "-", verdict: "\(glyphs.attention) listed",
                    role: .stateAttention)
                : nil
        }
        let waived = course.waivedVideos > 0 ? "\(course.waivedVideos) waived" : "all verified"
        // What is waived is no part of what is proven; with it, nothing is missing.
        let videos = compared(settled < course.videos ? course.verified : settled, course.videos, waived)
        let transcripts = compared(course.store, course.contentstore, "store >= contentstore")
        return [
            Line(
                name: "videos", source: Figures.number(course.videos), store: Figures.number(course.verified),
                verdict: videos.0,
                role: videos.1),
            Line(
                name: "transcripts (count)", source: Figures.number(course.contentstore),
                store: Figures.number(course.store),
                verdict: transcripts.0, role: transcripts.1),
            Line(
                name: "  migrated by us", source: "-", store: Figures.number(course.migrated), verdict: "", role: .text),
            Line(
                name: "  there before us", source: "-", store: Figures.number(course.present), verdict: "", role: .text),
            listed("dangling references", course.dangling), listed("corrupt", course.corrupt),
            listed("in conflict", course.conflict), listed("waived", course.waived),
            listed("not reachable", course.unreachable),
            Line(
                name: "feature flag", source: "-", store: course.flag ? "on" : "off",
                verdict: course.flag
                    ? "\(glyphs.ok) cut over" : course.isToBeHeld ? "\(glyphs.held) will be held" : "-",
                role: course.flag ? .stateOK : course.isToBeHeld ? .stateHeld : .textDim),
        ].compactMap { $0 }
    }

    /// What it comes to, and the key that follows from it.
    private func conclusion(_ course: CourseRow) -> (String, Role) {
        let (sentence, role) = verdictSentence(on: course)
        guard course.isToBeHeld, let name = course.heldBy else { return (sentence, role) }
        return ("\(sentence). Its cut-over is held by \(name): \(model.keymap.hint(.hold)) releases it", role)
    }

    private func verdictSentence(on course: CourseRow) -> (String, Role) {
        let keys = model.keymap
        let reason = course.reason.isEmpty ? "" : ": \(course.reason)"
        switch CourseState(rawValue: course.state) {
        case .migrated:
            let new = course.pending + course.migrating
            let more = new > 0 ? "; \(counted(new, "video")) came later: \(keys.hint(.run)) migrates them too" : ""
            let waived = course.waivedVideos > 0 ? ", \(course.waivedVideos) waived" : ""
            let proven = counted(course.verified, "video")
            return (
                "VERDICT  MIGRATED: \(proven) proven\(waived), flag \(course.flag ? "on" : "not there")\(more)\(reason)",
                course.reason.isEmpty ? .stateOK : .stateAttention
            )
        case .failed:
            return (
                "VERDICT  FAILED\(reason). \(keys.hint(.triage)) shows why, \(keys.hint(.retry)) runs it again",
                .stateFailed
            )
        case .held:
            let next =
                course.heldBy == nil
                ? "\(keys.hint(.triage)) triage, \(keys.hint(.run)) runs it again" : "\(keys.hint(.hold)) releases it"
            return ("VERDICT  HELD\(reason). \(next)", .stateHeld)
        case .retrying: return ("VERDICT  not yet\(reason)", .stateUndone)
        case .running:
            return (
                "VERDICT  not yet: \(course.pending + course.migrating) of \(counted(course.videos, "video")) to go",
                .stateActive
            )
        case .queued where !model.hasEngine:
            return ("VERDICT  not yet\(reason). No engine runs: \(keys.hint(.run)) goes on", .stateAttention)
        case .queued: return ("VERDICT  not yet: waits for its turn\(reason)", .stateIdle)
        case .empty: return ("VERDICT  EMPTY: it has no video with a transcript to move", .stateIdle)
        case .pending, nil: return ("VERDICT  not run yet. \(keys.hint(.run)) migrates it", .stateIdle)
        }
    }
}
