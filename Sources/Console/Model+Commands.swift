// SPDX-License-Identifier: Apache-2.0
import Canvas
import Ledger
import MigrationModel

/// The verbs: what writes. Each of them ends in a question, in a command, or in a sentence that says why not.
extension Model {
    mutating func command(_ action: Action) -> [Effect] {
        switch action {
        // After a loss, to run is to go on.
        case .run where lostEngine != nil && marks.isEmpty && unfinished > 0: return ask(.unfinished)
        case .run: return ask(.courses(chosen.map { CourseKey(unchecked: $0.key) }))
        case .retry: return retry()
        case .list: return list()
        case .pause: return submit(isPaused ? .resume : .pause)
        case .more: return setConcurrency { $0 + max(1, $0 / 2) }
        case .fewer: return setConcurrency { $0 - max(1, $0 / 3) }
        case .hold: return hold()
        case .waive: return waive()
        case .drain:
            return ask(
                title: "End the run", .submit(.drain),
                will: ["finish the videos in flight, start no new one, then end the run"],
                willNot: ["lose or undo anything"], undo: "run the same courses again: they go on where they were",
                commandLine: "kill -TERM \(view?.run?.pid ?? 0)"
            )
        case .stop:
            return ask(
                title: "Stop the engine at once", .submit(.stop),
                will: ["end the engine in the middle of what it does"],
                willNot: ["lose or overwrite a transcript: every object is named in the ledger"],
                undo: "the next run, or mallow recover, puts right what was open", typed: "stop",
                commandLine: "kill -KILL \(view?.run?.pid ?? 0)"
            )
        default: return []
        }
    }

    /// The marked courses, or the one under the cursor.
    private var chosen: [MarkedCourse] {
        guard marks.isEmpty else { return view?.marked ?? [] }
        return [selected].compactMap { $0 }.map { MarkedCourse($0) }
    }

    /// Courses that a run has taken and not brought to an end.
    private var unfinished: Int {
        let states = CourseState.allCases.filter(\.isUnfinished).map(\.rawValue)
        return (view?.totals.states ?? []).filter { states.contains($0.state) }.reduce(0) { $0 + $1.courses }
    }

    // MARK: - Starting a run

    private mutating func ask(_ work: LaunchRequest.Work) -> [Effect] {
        if case .courses(let keys) = work, keys.isEmpty {
            tell(.refused, "no course is known yet: \(keymap.hint(.list)) lists the source's courses")
            return [.bell]
        }
        layers.append(.confirmation(confirmation(launching: work)))
        return []
    }

    private mutating func retry() -> [Effect] {
        guard view?.totals.courses(in: CourseState.failed.rawValue) ?? 0 > 0 else {
            tell(.refused, "no course has failed: there is nothing to run again")
            return [.bell]
        }
        return ask(.failed)
    }

    /// The question before a run: what it is about to do, what stands in its way, and how to take it back.
    func confirmation(launching work: LaunchRequest.Work) -> Confirmation {
        let launch = LaunchRequest(work: work)
        var (count, courses, videos) = (0, "every course that failed, and what it left undone", "")
        switch work {
        case .courses(let keys):
            let rows = chosen.filter { row in keys.contains { $0.text == row.key } }
            let (all, verified) = (rows.reduce(0) { $0 + $1.videos }, rows.reduce(0) { $0 + $1.verified })
            (count, courses) = (keys.count, names(keys))
            videos = "\(counted(all, "video")) listed, \(all - verified) of them not yet verified"
        case .unfinished:
            (count, courses) = (unfinished, "what run \(view?.run?.id ?? 0) left undone; it goes on where it was")
        case .failed: count = view?.totals.courses(in: CourseState.failed.rawValue) ?? 0
        case .list: break
        }
        var blockers: [String] = []
        if let run = openRun, hasEngine {
            blockers.append(
                "run \(run.id) is going on, and its engine takes its courses when it starts: wait, or end it with \(keymap.hint(.drain))"
            )
        }
        if place.source == nil || place.store == nil || place.catalog == nil {
            blockers.append("the platform is not known: start mallow with --source, --store and --catalog")
        }
        if Layout(size, pane: pane).kind == .line || Layout(size, pane: pane).kind == .tiny {
            blockers.append("this screen is too small to show what would be done: make it larger")
        }
        return Confirmation(
            title: "Migrate \(counted(count, "course"))",
            will: [
                courses, videos,
                "copy what is missing to \(place.store ?? "?"), then add its rows to \(place.catalog ?? "?")",
                "switch each course's flag on when its check passes",
            ].filter { !$0.isEmpty },
            willNot: ["overwrite or delete anything that was there before", "change the contentstore"],
            undo:
                "\(keymap.hint(.drain)) ends the run; a failed video is rolled back by itself; a flag is switched off in the platform's admin",
            blockers: blockers,
            typed: place.isProduction ? "\(count) \(place.target)" : nil,
            commandLine: commandLine(launch), effect: .launch(launch)
        )
    }

    private func names(_ keys: [CourseKey]) -> String {
        let shown = keys.prefix(3).map(\.text).joined(separator: ", ")
        return keys.count > 3 ? "\(shown) and \(keys.count - 3) more" : shown
    }

    private func commandLine(_ launch: LaunchRequest) -> String {
        let options = [("--source", place.source), ("--store", place.store), ("--catalog", place.catalog)]
        let endpoints = options.compactMap { name, value in value.map { "\(name) '\($0)'" } }
        return (["mallow"] + launch.arguments + endpoints + ["--ledger '\(place.ledger)'"]).joined(separator: " ")
    }

    private mutating func list() -> [Effect] {
        if hasEngine {
            tell(.refused, "an engine runs: it lists the courses itself")
            return [.bell]
        }
        if place.source == nil {
            tell(.refused, "the source is not known: start mallow with --source, --store and --catalog")
            return [.bell]
        }
        tell(.information, "listing the source's courses…")
        return [.launch(LaunchRequest(work: .list))]
    }

    // MARK: - Steering a run

    private mutating func submit(_ command: OperatorCommand) -> [Effect] {
        guard hasEngine else {
            tell(.refused, "no engine runs")
            return [.bell]
        }
        tell(.information, "asked the engine: \(command)…")
        return [.submit(command)]
    }

    private mutating func setConcurrency(_ change: (Int) -> Int) -> [Effect] {
        let now = openRun?.concurrency ?? 0
        guard now > 0 else { return submit(.concurrency(0)) }
        let wanted = min(512, max(1, change(now)))
        guard wanted != now else {
            tell(.refused, "\(counted(now, "video")) at once is the limit")
            return [.bell]
        }
        return submit(.concurrency(wanted))
    }

    private mutating func ask(
        title: String, _ effect: Effect, will: [String], willNot: [String], undo: String, typed: String? = nil,
        commandLine: String
    ) -> [Effect] {
        var blockers: [String] = []
        if case .submit = effect, !hasEngine { blockers.append("no engine runs") }
        layers.append(
            .confirmation(
                Confirmation(
                    title: title, will: will, willNot: willNot, undo: undo, blockers: blockers,
                    typed: place.isProduction ? typed : nil, commandLine: commandLine, effect: effect
                )
            )
        )
        return []
    }

    // MARK: - Decisions

    private mutating func hold() -> [Effect] {
        let rows = chosen
        guard let first = rows.first else { return [] }
        let holds = first.heldBy == nil
        let keys = rows.map { CourseKey(unchecked: $0.key) }
        return ask(
            title: holds
                ? "Hold the cut-over of \(counted(rows.count, "course"))" : "Release \(counted(rows.count, "course"))",
            .hold(keys, holds),
            will: [
                names(keys),
                holds ? "migrate and check, but leave the flag as it is" : "switch the flag on when the check passes",
            ],
            willNot: ["stop or undo anything that is migrated"],
            undo: "\(keymap.hint(.hold)) again",
            commandLine: "mallow status"
        )
    }

    private mutating func waive() -> [Effect] {
        let isTroubled = [VideoState.failed.rawValue, VideoState.rolledBack.rawValue]
        guard let course = selected, let video = selectedVideo, isTroubled.contains(video.state) else {
            tell(.refused, "only a video that failed can stay behind: choose one in the videos pane, or in triage")
            return [.bell]
        }
        layers.append(
            .waive(
                Waiving(
                    videos: [
                        Waiving.Video(course: CourseKey(unchecked: course.key), block: UsageKey(unchecked: video.block))
                    ],
                    cause: video.why?.cause ?? "its cause cannot be read"
                )
            )
        )
        return []
    }
}

/// `1 course`, `2 courses`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
