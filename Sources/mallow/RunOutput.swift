// SPDX-License-Identifier: Apache-2.0
import Console
import Foundation
import Ledger
import MigrationModel
import Synchronization

/// Shows a run while it goes on, from what the ledger says. The engine never waits for it.
protocol RunOutput: Sendable {
    /// The number of the last event that was shown.
    var lastEvent: Int64 { get }
    /// Whether it shows every event, or only those that an operator should see.
    var showsEverything: Bool { get }
    func add(_ events: [EventRow])
    /// Whether it shows where the run stands while it goes on.
    var showsProgress: Bool { get }
    func update(_ summary: RunSummary)
    func end(_ summary: RunSummary)
}

extension RunOutput {
    var showsProgress: Bool { false }
    func update(_ summary: RunSummary) {}
}

/// One JSON object a line: every event, and last the summary.
final class JSONRunOutput: RunOutput {
    let showsEverything = true
    private let shown = Mutex<Int64>(0)

    var lastEvent: Int64 { shown.withLock { $0 } }

    func add(_ events: [EventRow]) {
        for event in events {
            Output.print(json: EventLine(event))
            shown.withLock { $0 = event.seq }
        }
    }

    func end(_ summary: RunSummary) { Output.print(json: summary) }

    /// An event as scripts read it.
    private struct EventLine: Encodable {
        let event: String
        let seq: Int64
        let time: String
        let course, video, language, key, from, to, `class`, sha256, detail: String?
        let attempt, bytes: Int?
        let seconds: Double?

        init(_ row: EventRow) {
            event = row.kind
            seq = row.seq
            time = Date(timeIntervalSince1970: row.at).formatted(.iso8601)
            (course, video, language, key) = (row.course, row.block, row.language, row.object)
            (from, to, `class`, sha256, detail) = (row.fromState, row.toState, row.class, row.sha256, row.detail)
            (attempt, bytes, seconds) = (row.attempt, row.bytes, row.seconds)
        }
    }
}

/// Plain lines for logs and pipes: what changed for a course, and everything that went wrong.
final class LineRunOutput: RunOutput {
    let showsEverything = false
    private let shown = Mutex<Int64>(0)
    private let hint: String

    /// - Parameter hint: as for ``RunLine/closing(_:about:)``.
    init(about hint: String) { self.hint = hint }

    var lastEvent: Int64 { shown.withLock { $0 } }

    func add(_ events: [EventRow]) {
        for event in events {
            if let line = RunLine.text(of: event) { Output.print(line) }
            shown.withLock { $0 = event.seq }
        }
    }

    func end(_ summary: RunSummary) { RunLine.closing(summary, about: hint).forEach { Output.print($0) } }
}

/// Plain lines, and between them how far it is, as often as somebody who listens can bear.
final class PlainRunOutput: RunOutput {
    private static let pause = 10.0

    let showsEverything = false
    let showsProgress = true
    private let lines: LineRunOutput
    private let last = Mutex<(seconds: Double, text: String)?>(nil)

    /// - Parameter hint: as for ``RunLine/closing(_:about:)``.
    init(about hint: String) { lines = LineRunOutput(about: hint) }

    var lastEvent: Int64 { lines.lastEvent }

    func add(_ events: [EventRow]) { lines.add(events) }

    func update(_ summary: RunSummary) {
        let text = RunLine.progress(summary)
        let isDue = last.withLock { last in
            guard last.map({ summary.seconds - $0.seconds >= Self.pause && $0.text != text }) ?? true else {
                return false
            }
            last = (summary.seconds, text)
            return true
        }
        if isDue { Output.print(text) }
    }

    func end(_ summary: RunSummary) { lines.end(summary) }
}

/// For a terminal: what changed scrolls by, and one bar stays on the last line.
final class BarRunOutput: RunOutput {
    let showsEverything = false
    let showsProgress = true
    private struct State {
        var lastEvent: Int64 = 0
        var progress = Progress()
        var lines: [String] = []
    }

    private let state = Mutex(State())
    private let hint: String

    /// - Parameter hint: as for ``RunLine/closing(_:about:)``.
    init(about hint: String) { self.hint = hint }

    var lastEvent: Int64 { state.withLock { $0.lastEvent } }

    func add(_ events: [EventRow]) {
        state.withLock { state in
            state.lines += events.compactMap(RunLine.text)
            state.lastEvent = events.last?.seq ?? state.lastEvent
        }
    }

    func update(_ summary: RunSummary) {
        let text = state.withLock { state in
            defer { state.lines = [] }
            let bar = state.progress.bar(of: summary, width: Output.width)
            // One line each: the whole sentence is in mallow failures.
            let width = Output.width
            let lines = state.lines.map { $0.count > width ? $0.prefix(width - 1) + "…" : $0 }
            return lines.map { "\r\u{1B}[K\($0)\n" }.joined() + "\r\u{1B}[K\(bar)"
        }
        Output.print(text, terminator: "")
    }

    func end(_ summary: RunSummary) {
        Output.print("\r\u{1B}[K", terminator: "")
        RunLine.closing(summary, about: hint).forEach { Output.print($0) }
    }
}

/// Events and ends in words.
enum RunLine {
    /// A line for an event that an operator should see; nil for those that only fill the ledger.
    static func text(of event: EventRow) -> String? {
        guard let sentence = EventSentence(event) else { return nil }
        return
            "\(Figures.clock(event.at, .current)) \(sentence.isInside ? "  " : "")\(mark(sentence.mark)) \(sentence.text)"
    }

    private static func mark(_ mark: EventSentence.Mark) -> String {
        switch mark {
        case .done: "✓"
        case .failed: "✗"
        case .attention: "!"
        case .undone: "↺"
        case .active: "▸"
        case .idle: "∙"
        case .information: "i"
        }
    }

    /// How far a run is, in one sentence.
    static func progress(_ summary: RunSummary) -> String {
        func videos(_ states: VideoState...) -> Int { states.reduce(0) { $0 + (summary.videos[$1.rawValue] ?? 0) } }
        let failed = videos(.failed, .rolledBack)
        return "run \(summary.run) \(summary.state)\(summary.reason.isEmpty ? "" : " (\(summary.reason))"): "
            + "\(videos(.verified, .waived)) of "
            + "\(counted(summary.videos.values.reduce(0, +), "video")) proven\(failed > 0 ? ", \(failed) failed" : ""), "
            + "\(summary.transcripts["store"] ?? 0) transcripts, "
            + "\(summary.retries) \(summary.retries == 1 ? "retry" : "retries"), \(counted(summary.rollbacks, "rollback")), "
            + "\(counted(summary.courses[CourseState.failed.rawValue] ?? 0, "course")) failed, "
            + "\(summary.courses[CourseState.held.rawValue] ?? 0) held, in this run"
    }

    /// What to say at the end: numbers, then what is left and who must act.
    ///
    /// - Parameter hint: what follows the name of a command for it to be about this run: ``LedgerOptions/hint``.
    static func closing(_ summary: RunSummary, about hint: String) -> [String] {
        let transcripts = summary.transcripts
        var lines = [
            "run \(summary.run): \(words(summary.courses, "course")); \(words(summary.videos, "video"))",
            "transcripts: \(transcripts["migrated"] ?? 0) migrated, \(transcripts["present"] ?? 0) present, "
                + "\(transcripts["dangling"] ?? 0) dangling, \(transcripts["corrupt"] ?? 0) corrupt, "
                + "\(transcripts["conflict"] ?? 0) in conflict, \(transcripts["waived"] ?? 0) waived; "
                + "\(summary.retries) \(summary.retries == 1 ? "retry" : "retries"), "
                + "\(counted(summary.rollbacks, "rollback")), \(String(format: "%.1f", summary.seconds)) s",
        ]
        if let sentence = summary.reads?.sentence { lines.append(sentence) }
        if summary.unreadable > 0 { lines.append("\(counted(summary.unreadable, "course")) could not be read") }
        if let queued = summary.courses[CourseState.queued.rawValue] {
            lines.append("\(counted(queued, "course")) \(queued == 1 ? "stays" : "stay") in the queue for the next run")
        }
        switch RunExit(rawValue: summary.exit) {
        case .done: lines.append("done and proven")
        case .failed where summary.courses[CourseState.failed.rawValue] != nil:
            lines.append("failed: mallow failures\(hint) lists the causes, mallow run --failed\(hint) tries again")
        case .failed: lines.append("failed: \(summary.reason.isEmpty ? "see the lines above" : summary.reason)")
        case .unproven: lines.append("not proven: mallow report\(hint) lists what waits and for whom")
        case .budgetSpent: lines.append("stopped: \(summary.reason); mallow failures\(hint) lists the causes")
        case .interrupted: lines.append("interrupted and drained: start the same run again to go on")
        default: lines.append(summary.reason)
        }
        return lines
    }

    private static func words(_ counts: [String: Int], _ noun: String) -> String {
        let total = counted(counts.values.reduce(0, +), noun)
        let parts = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return parts.isEmpty ? total : "\(total): \(parts.joined(separator: ", "))"
    }
}
