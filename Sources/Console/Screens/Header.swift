// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
import Ledger
import MigrationModel
import Themes

/// The first rows: where we are, whether it is in time, whether anything needs somebody, and how far all of it is.
extension Frame {
    mutating func header(_ layout: Layout) {
        guard !layout.header.isEmpty else { return }
        switch layout.kind {
        case .line: oneLine(layout.header)
        case .tiny:
            oneLine(layout.header.row(0))
            draw(state, at: layout.header.x, layout.header.y + 1, stateRole, limit: layout.header.width)
        case .small, .medium, .whole:
            place(layout.header.row(0))
            whole(layout.header.row(1))
        }
    }

    /// `PROD 76% 4m-6m 2!`
    private mutating func oneLine(_ rect: Rect) {
        var x = badge(rect.x, rect.y)
        if !model.place.weaknesses.isEmpty { x = draw(" WEAK", at: x, rect.y, .stateAttention, limit: rect.right - x) }
        let totals = model.view?.totals
        let percent = Figures.percent(totals?.videosProven ?? 0, of: totals?.videosExpected ?? 0)
        let estimated = totals?.coursesUnlisted ?? 0 > 0 ? "~" : ""
        x = draw(" \(estimated)\(percent) \(forecast(short: true))", at: x, rect.y, .textStrong, limit: rect.right - x)
        if let verdict { x = draw(" \(verdict.rawValue)", at: x, rect.y, verdict.role, limit: rect.right - x) }
        let need = model.needs
        if need > 0 { draw(" \(need)!", at: x, rect.y, .stateAttention, limit: rect.right - x) }
    }

    private mutating func badge(_ x: Int, _ y: Int) -> Int {
        draw(" \(model.place.word) ", at: x, y, model.place.isProduction ? .envProd : .envSafe)
    }

    private mutating func place(_ rect: Rect) {
        fill(rect, .surface)
        var x = badge(rect.x, rect.y) + 1
        // What somebody has taken upon himself is on every screen.
        let weak = model.place.weaknesses.map(\.rawValue).joined(separator: ", ")
        if !weak.isEmpty {
            x = draw("WEAK: \(weak) ", at: x, rect.y, .stateAttention, limit: rect.right - x)
            x = draw("\(glyphs.separator) ", at: x, rect.y, .line, limit: rect.right - x)
        }
        let need = model.needs
        // What needs somebody stands to the right, always.
        let needs =
            need > 0
            ? "\(glyphs.attention) NEEDS YOU \(need) \(model.keymap.hint(model.nextStep))" : "nothing needs you"
        let end = draw(needs, endingAt: rect.right - 1, rect.y, need > 0 ? .stateAttention : .textDim) - 2
        let (forecast, verdict) = (forecast(short: false), verdict)
        let parts: [(String, Role)] = [
            (state, stateRole), (window, windowRole),
            (verdict.map { "\(forecast) \($0.rawValue)" } ?? forecast, verdict?.role ?? .textStrong),
            ("\(model.place.source ?? "no source") → \(model.place.store ?? "no store")", .text),
        ]
        for (text, role) in parts where !text.isEmpty {
            guard x < end - 4 else { break }
            x = draw(text, at: x, rect.y, role, limit: end - x)
            if x < end - 4 { x = draw(" \(glyphs.separator) ", at: x, rect.y, .line) }
        }
    }

    private mutating func whole(_ rect: Rect) {
        let totals = model.view?.totals
        let (done, all) = (totals?.videosProven ?? 0, totals?.videosExpected ?? 0)
        var x = draw(" ALL ", at: rect.x, rect.y, .textStrong)
        let width = max(6, min(30, rect.width / 5))
        let isStalled = model.openRun != nil && (!model.hasEngine || model.isWaiting)
        x = bar(all > 0 ? Double(done) / Double(all) : 0, at: x, rect.y, width: width, isStalled ? .barStall : .barFill)
        // Each in its longest form that there is room for.
        var parts: [([String], Role)] = [
            // A share of what is not all listed is no more than about right.
            (["\(totals?.coursesUnlisted ?? 0 > 0 ? "~" : "")\(Figures.percent(done, of: all))"], .textStrong),
            (
                [
                    "\(Figures.number(done))/\(Figures.number(totals?.videos ?? 0))"
                        + "\(totals?.coursesUnlisted ?? 0 > 0 ? "+" : "") videos"
                ], .text
            ),
            (["\(Figures.number(totals?.sum(\.store) ?? 0)) transcripts"], .text),
        ]
        if model.hasEngine {
            // The bar does not show that what was proven before is looked at again.
            let ahead = totals?.videosAheadExpected ?? 0
            if model.openRun != nil, ahead > all - done { parts.append((["\(Figures.number(ahead)) to go"], .text)) }
            let rate = model.trend.rate
            parts.append(([rate < 10 ? "\(Int(rate * 10) / 10).\(Int(rate * 10) % 10)/s" : "\(Int(rate))/s"], .text))
            let rates = model.trend.rates(8)
            if rates.count > 1 { parts.append(([Bar.trend(rates, model.capabilities.characters)], .barFill)) }
            if let run = model.openRun, run.concurrency > 0 { parts.append(atOnce(run)) }
            if let reads = model.openRun?.contentstoreReads(at: model.now), reads.perSecond > 0 {
                parts.append((["contentstore \(reads.rate)"], .textDim))
            }
        }
        let (retries, rollbacks) = (totals?.retries ?? 0, totals?.rollbacks ?? 0)
        if retries > 0 { parts.append(([retries == 1 ? "1 retry" : "\(retries) retries"], .stateUndone)) }
        if rollbacks > 0 { parts.append(([counted(rollbacks, "rollback")], .stateUndone)) }
        for (forms, role) in parts {
            guard let text = forms.first(where: { x + CellText($0).width + 2 <= rect.right }) else { break }
            x = draw("  \(text)", at: x, rect.y, role)
        }
    }

    /// How many videos may be in flight, and why not as many as an operator lets.
    private func atOnce(_ run: RunRow) -> ([String], Role) {
        guard let (bound, reason) = run.brake else { return (["\(run.concurrency) at once"], .textDim) }
        let figures = "\(bound) of \(run.concurrency) at once"
        return (["\(figures): \(reason)", figures], .stateAttention)
    }

    /// What the run does, in words; a waiting state says who must act.
    private var state: String {
        guard let run = model.view?.run else {
            return model.launchedAfter == nil ? "no run yet" : "starting…"
        }
        if model.launchedAfter != nil { return "starting…" }
        if model.blindness != nil { return "LEDGER UNREADABLE, run \(run.id) was \(run.state)" }
        if let name = model.stopped { return "stopped by \(name): \(goingOn), nothing is lost" }
        if model.lostEngine != nil { return "ENGINE GONE: \(goingOn), nothing is lost" }
        // What is to be done stands before why: a line may be too short for both.
        if run.ended != nil { return "run \(run.id) \(run.end)\(rest)\(run.why)" }
        if let seconds = model.silence { return "engine SILENT for \(seconds) s, run \(run.id) was \(run.state)" }
        let inFlight = model.view?.totals.sum(\.migrating) ?? 0
        let isPausing = run.state == RunState.pausing.rawValue && inFlight > 0
        let state = isPausing ? "pausing, \(inFlight) in flight" : run.state
        return run.reason.isEmpty ? "run \(run.id) \(state)" : "run \(run.id) \(state): \(run.reason)"
    }

    /// What a run that was ended before its time has left.
    private var rest: String {
        if model.goesOn { return ": \(goingOn)" }
        let open = model.view?.open.transactions ?? 0
        return open > 0
            ? ": \(counted(open, "transaction")) open, mallow recover settles \(open == 1 ? "it" : "them")" : ""
    }

    private var goingOn: String {
        let courses = model.unfinished.reduce(0) { $0 + $1.courses }
        let key = model.keymap.hint(.run)
        return courses > 0 ? "\(key) goes on with \(counted(courses, "course"))" : "\(key) starts it again"
    }

    private var stateRole: Role {
        if model.blindness != nil { return .stateFailed }
        guard let run = model.view?.run else { return .stateIdle }
        if model.lostEngine != nil { return model.stopped == nil ? .stateFailed : .stateAttention }
        if model.silence != nil, run.ended == nil { return .stateAttention }
        switch RunState(rawValue: run.state) {
        case .planning, .running: return .stateActive
        case .pausing, .paused, .waitingForWindow, .draining: return .stateAttention
        case .finished: return run.isWell ? .stateOK : .stateAttention
        case .aborted, nil: return .stateAttention
        }
    }

    /// When the work has to be done, and how long that is.
    private var window: String {
        if let opens = model.opening, let hours = model.place.window {
            return "WINDOW opens \(hours.clock(at: opens)) in \(Figures.duration(opens.timeIntervalSince(model.now)))"
        }
        guard let shuts = model.deadline?.shuts else { return "" }
        let left = shuts.timeIntervalSince(model.now)
        let hour = Figures.hour(shuts, model.timeZone)
        return left > 0
            ? "WINDOW shuts \(hour) in \(Figures.duration(left))" : "WINDOW SHUT \(Figures.duration(-left)) ago"
    }

    private var windowRole: Role {
        if model.opening != nil { return .stateAttention }
        guard let shuts = model.deadline?.shuts else { return .text }
        return shuts > model.now ? .text : .stateAttention
    }

    private var verdict: Deadline.Verdict? {
        guard !model.isWaiting, let deadline = model.deadline, let remaining = model.remaining else { return nil }
        return deadline.verdict(on: remaining, at: model.now)
    }

    /// How things stand without a run, in one word.
    private var word: String {
        if model.isStarting { return "starting" }
        if model.lostEngine != nil { return model.stopped == nil ? "GONE" : "stopped" }
        return model.view?.run.map { Model.word(for: $0.ending) } ?? ""
    }

    private func forecast(short: Bool) -> String {
        guard model.openRun != nil, model.hasEngine else { return short ? word : "" }
        if model.isWaiting { return short ? (model.isPaused ? "paused" : "waiting") : "" }
        if model.openRun?.state == RunState.draining.rawValue { return short ? "draining" : "" }
        if model.openRun?.state == RunState.planning.rawValue { return short ? "planning" : "" }
        guard model.view?.totals.videosAheadExpected ?? 0 > 0 else { return short ? "ending" : "ends soon" }
        guard let range = model.remaining else { return "ETA …" }
        let unlisted = model.unfinished.reduce(0) { $0 + $1.unlisted } > 0 ? "+" : ""
        let (soon, late) = (Figures.duration(range.lowerBound), Figures.duration(range.upperBound))
        return soon == late ? "ETA \(late)\(unlisted)" : "ETA \(soon)–\(late)\(unlisted)"
    }
}

extension Deadline.Verdict {
    var role: Role {
        switch self {
        case .fits: .stateOK
        case .unsure: .stateAttention
        case .late: .stateFailed
        }
    }
}

extension Model {
    /// The engine's own courses: those that wait for no run are no part of a forecast.
    var unfinished: [RunTotals.State] {
        (view?.totals.states ?? []).filter { CourseState(rawValue: $0.state)?.isUnfinished == true }
    }

    /// Seconds until the run may be done, from soon to late; nil without a run, and when it cannot be said yet.
    package var remaining: ClosedRange<Double>? {
        guard openRun != nil, hasEngine else { return nil }
        return trend.remaining(view?.totals.videosAheadExpected ?? 0)
    }
}

extension Model {
    /// How many things only a person can settle: courses that failed or are held, an engine that is gone or silent, and
    /// courses that a run has left and nobody is at work on.
    package var needs: Int { troubledCourses + (isLeftAlone || silence != nil ? 1 : 0) }

    /// The key that leads to what needs somebody.
    var nextStep: Action { isLeftAlone && troubledCourses == 0 ? .run : .triage }

    private var troubledCourses: Int {
        view?.totals.courses(in: CourseState.failed.rawValue, CourseState.held.rawValue) ?? 0
    }

    /// Whether a run has left courses or transactions, and nobody goes on with them. That is one thing, whatever it left.
    private var isLeftAlone: Bool {
        guard let view, view.heartbeatAge == nil, !isStarting else { return false }
        return lostEngine != nil || goesOn || view.open.transactions > 0
    }

    /// Whether a run was ended before its time and has left courses: to run, with none marked, is to go on with them.
    var goesOn: Bool {
        guard let run = view?.run, !hasEngine, !unfinished.isEmpty else { return false }
        return run.ended == nil || run.ending != RunEnding.completed.rawValue
    }

    /// How a run ended, in an operator's word.
    static func word(for ending: String?) -> String {
        ending == RunEnding.interrupted.rawValue ? "drained" : ending ?? "ended"
    }
}

extension RunRow {
    /// How a run that is over ended, and why.
    var outcome: String { end + why }

    /// How it ended, and what it left undone.
    var end: String { Model.word(for: ending) + (leftUndone ?? "") }

    /// What kept it from its end, after a colon; empty where it came there, or somebody wanted it to end.
    var why: String {
        let isAsked = ending == RunEnding.completed.rawValue || ending == RunEnding.interrupted.rawValue
        return isAsked || reason.isEmpty ? "" : ": \(reason)"
    }

    /// Whether it did everything, or ended because somebody wanted it to.
    var isWell: Bool {
        switch ending.flatMap(RunEnding.init) {
        case .completed: leftUndone == nil
        case .interrupted, .windowClosed: true
        case .budgetSpent, .refused, .died, nil: false
        }
    }

    /// What a run that came to its end did not do; nil when it did everything.
    private var leftUndone: String? {
        guard ending == RunEnding.completed.rawValue else { return nil }
        return switch exit.flatMap(RunExit.init) {
        case .failed: ", with failures"
        case .unproven: ", not everything is proven"
        default: nil
        }
    }
}
