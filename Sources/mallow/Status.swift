// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import Ledger
import MigrationModel

/// `mallow status`
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows the newest run and every course, from the ledger.",
        discussion: """
            In JSON, run.engine says whether anybody works on the run, which its state alone does not: alive, silent (it \
            lives and was not heard for 3 s), gone (the run has no end) or stopped (it has one). open says what is neither \
            committed nor proven absent, and until when an object might still arrive. run.reads says how many transcripts \
            the contentstore was asked for, and how many in each of the last seconds; after the run's end, in each of all.

            Example:
              mallow status
              mallow status --json | jq '.totals'
              mallow status --rehearsal
              mallow status --watch
              mallow status --watch --plain | tee night.log
            """
    )

    @OptionGroup var ledger: LedgerOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Print again every second, until the run ends.")
    var watch = false

    @Flag(help: "With --watch: lines that are only ever added, for screen readers and logs.")
    var plain = false

    func run() async throws {
        if plain, !watch || json { throw UsageError("--plain goes with --watch, and not with --json.") }
        let configuration = try ledger.configuration.read()
        // A rehearsal keeps to none unless it is told to; its state says so then.
        let window = ledger.configuration.rehearsal ? nil : try configuration?.hours()
        let ledger = try ledger.openExisting()
        if plain { return try await follow(ledger) }
        while true {
            let report = StatusReport(try await ledger.snapshot(), window, self.ledger, at: Date())
            show(report)
            if watch, report.isAbandoned { throw ExitCode(RunExit.failed.rawValue) }
            guard watch, report.run?.ended == nil, report.run != nil else { return }
            try await Task.sleep(for: .seconds(1))
        }
    }
}

extension Status {
    /// Prints what happens, a line each, and every ten seconds how far it is, until the run ends.
    private func follow(_ ledger: Ledger) async throws {
        guard let run = try await ledger.newestRun() else { return Output.print("no run yet") }
        let screen = RunScreen(ledger: ledger, run: RunID(run.id), output: PlainRunOutput(about: self.ledger.hint))
        while true {
            let report = StatusReport(try await ledger.snapshot(), nil, self.ledger, at: Date())
            if report.run?.id != run.id || report.run?.ended != nil { break }
            try await screen.showNew()
            if report.isAbandoned {
                report.lines.prefix(3).forEach { Output.print($0) }
                throw ExitCode(RunExit.failed.rawValue)
            }
            try await Task.sleep(for: .seconds(1))
        }
        try await screen.finish()
    }

    private func show(_ report: StatusReport) {
        if json { return Output.print(json: report) }
        guard watch, Output.isTerminal else { return report.lines.forEach { Output.print($0) } }
        // In place: what needs somebody first, and no more than the screen holds.
        let lines = report.watchLines.prefix(max(1, Output.height - 1)).map { $0.prefix(Output.width) }
        Output.print("\u{1B}[H\u{1B}[J" + lines.joined(separator: "\n"))
    }
}

/// What `mallow status` prints. Its encoded form is a contract with scripts.
struct StatusReport: Encodable {
    struct RunLine: Encodable {
        let id: Int64
        let kind, state, reason: String
        let ending: String?
        let actor, host: String
        let pid: Int32
        let source, store, catalog: String
        let started: String
        let ended: String?
        /// Whether anybody works on it: its state alone does not say so.
        let engine: EngineState
        /// Courses that it took and has not brought to their end.
        let unfinished: Int
        /// Who has ended at once the engine of a run without an end; left out when nobody did.
        let stoppedBy: String?
        /// Seconds since the engine was last heard; null when no engine runs.
        let heartbeatAge: Double?
        let lastEvent: Int64
        /// How many videos the brake lets be in flight, and why; left out while it is released.
        let brakedTo: Int?
        let brakeReason: String?
        /// Left out where the run does not say.
        let reads: ContentstoreReads?
        /// What the store cannot do and somebody has accepted by name.
        let weaknesses: [StoreWeakness]

        /// What it is at, in words.
        var standing: String {
            switch engine {
            case .gone:
                "no engine: " + (stoppedBy.map { "\($0) stopped it at once" } ?? "it died") + ", while \(state)"
            case .silent: "engine SILENT for \(Int(heartbeatAge ?? 0)) s, was \(words)"
            case .alive, .stopped: words
            }
        }

        private var words: String { state + (reason.isEmpty ? "" : ": \(reason)") }

        /// What there is to do about it; nil where nobody must.
        var next: String? {
            switch engine {
            case .gone:
                "nothing is lost: mallow run\(hint) --unfinished goes on where it was, mallow recover\(hint) only "
                    + "settles it"
            case .silent: "it lives and holds the ledger; its disk may be slow: look before you stop it"
            case .stopped where unfinished > 0:
                "\(counted(unfinished, "course")) \(unfinished == 1 ? "is" : "are") unfinished: mallow run\(hint) "
                    + "--unfinished goes on with \(unfinished == 1 ? "it" : "them")"
            case .alive, .stopped: nil
            }
        }

        /// What a command needs that is about such a run.
        let hint: String

        private enum CodingKeys: String, CodingKey {
            case id, kind, state, reason, ending, actor, host, pid, source, store, catalog, started, ended
            case engine, unfinished
            case stoppedBy = "stopped_by", heartbeatAge = "heartbeat_age", lastEvent = "last_event", brakedTo =
                "braked_to"
            case brakeReason = "brake_reason", reads, weaknesses
        }
    }

    /// Over every course. Retries and rollbacks are those of all runs, so that they never become fewer; a course's own
    /// are those of the run that took it last.
    struct Totals: Encodable {
        /// By state.
        let courses, videos: [String: Int]
        let transcripts: [String: Int]
        let retries, rollbacks: Int
    }

    struct Course: Encodable {
        let key, title, state, reason: String
        /// By state.
        let videos: [String: Int]
        let transcripts: [String: Int]
        let retries, rollbacks: Int
        let check: String
        let flag: Bool
    }

    let run: RunLine?
    /// Left out where no hours are kept.
    let window: WindowReport?
    let totals: Totals
    /// Left out where there is no run yet.
    let open: OpenReport?
    let courses: [Course]

    /// - Parameter options: of the ledger, for the commands that it tells.
    init(_ snapshot: Snapshot, _ window: Window?, _ options: LedgerOptions, at now: Date) {
        self.window = window.map { WindowReport($0, snapshot, at: now) }
        run = snapshot.run.map { row in
            RunLine(
                id: row.id, kind: row.kind, state: row.state, reason: row.reason, ending: row.ending, actor: row.actor,
                host: row.host, pid: row.pid, source: row.source, store: row.store, catalog: row.catalog,
                started: Self.time(row.started), ended: row.ended.map(Self.time),
                engine: EngineState(of: row, heartbeatAge: snapshot.heartbeatAge),
                unfinished: snapshot.courses.count { course in
                    course.run == row.id && CourseState(rawValue: course.state)?.isUnfinished == true
                },
                stoppedBy: row.ended == nil && snapshot.heartbeatAge == nil ? snapshot.orders.stoppedBy : nil,
                heartbeatAge: snapshot.heartbeatAge,
                lastEvent: snapshot.lastEvent, brakedTo: row.brake?.bound, brakeReason: row.brake?.reason,
                reads: row.contentstoreReads(at: now),
                weaknesses: StoreWeakness.accepted(in: row.store), hint: options.hint(about: row.kind)
            )
        }
        open = run.map { OpenReport(snapshot.open, store: $0.store, hint: $0.hint, at: now) }
        let rows = snapshot.courses
        totals = Totals(
            courses: rows.reduce(into: [:]) { $0[$1.state, default: 0] += 1 },
            videos: RunSummary.videos(rows), transcripts: RunSummary.transcripts(rows),
            retries: rows.reduce(snapshot.earlier.retries) { $0 + $1.retries },
            rollbacks: rows.reduce(snapshot.earlier.rollbacks) { $0 + $1.rollbacks }
        )
        courses = rows.map { row in
            Course(
                key: row.key, title: row.title, state: row.state, reason: row.reason,
                videos: RunSummary.videos([row]), transcripts: RunSummary.transcripts([row]), retries: row.retries,
                rollbacks: row.rollbacks, check: row.verdict, flag: row.flag
            )
        }
    }

    static func time(_ seconds: Double) -> String { Date(timeIntervalSince1970: seconds).formatted(.iso8601) }

    /// The run has no end, and nobody works on it.
    var isAbandoned: Bool { run?.engine == .gone }

    /// The same for a screen that is drawn again and again: totals first, then courses by what needs somebody.
    var watchLines: [String] {
        let order = ["failed", "held", "retrying", "running", "queued", "migrated", "empty"]
        let ranked = courses.sorted {
            (order.firstIndex(of: $0.state) ?? 9, $0.key) < (order.firstIndex(of: $1.state) ?? 9, $1.key)
        }
        let counts = totals.courses.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let videos = totals.videos.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let head = lines.prefix { line in !courses.contains { line.contains($0.key) } }
        return head + ["\(counted(courses.count, "course")): \(counts)", "videos: \(videos)", ""]
            + ranked.map { "\($0.state.padding(toLength: 9, withPad: " ", startingAt: 0)) \($0.key)  \($0.reason)" }
    }

    /// The same for people.
    var lines: [String] {
        guard let run else { return ["no run yet"] }
        var lines = ["run \(run.id) \(run.kind)  \(run.standing)"]
        let heard = run.heartbeatAge.map { String(format: "engine %d on %@, heard %.0f s ago", run.pid, run.host, $0) }
        lines.append("started \(run.started) by \(run.actor); \(heard ?? "no engine runs")")
        if let next = run.next { lines.append(next) }
        lines.append("\(run.source) → \(run.store), \(run.catalog)")
        if let window { lines.append(window.line) }
        // A living engine has it in hand.
        if run.heartbeatAge == nil, let sentence = open?.sentence { lines.append(sentence) }
        lines += run.weaknesses.map { "WEAK \($0.sentence)" }
        if let bound = run.brakedTo {
            lines.append("\(counted(bound, "video")) at once, not more: \(run.brakeReason ?? "")")
        }
        if let sentence = run.reads?.sentence { lines.append(sentence) }
        let width = courses.map(\.key.count).max() ?? 0
        lines += courses.map { course in
            let videos = course.videos.values.reduce(0, +)
            let verified = course.videos[VideoState.verified.rawValue] ?? 0
            let state = course.state.padding(toLength: 9, withPad: " ", startingAt: 0)
            return "\(state) \(course.key.padding(toLength: width, withPad: " ", startingAt: 0))"
                + "  \(verified)/\(videos) videos  contentstore \(course.transcripts["contentstore"] ?? 0), store \(course.transcripts["store"] ?? 0)"
                + "  check \(course.check)  flag \(course.flag ? "on" : "off")"
                + (course.reason.isEmpty ? "" : "\n          \(course.reason)")
        }
        let counts = totals.courses.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        lines.append("\(counted(courses.count, "course")): \(counts)")
        return lines
    }
}
