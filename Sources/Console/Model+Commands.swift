// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
package import Ledger
import MigrationModel

/// What a question is going to be about, as soon as the ledger has said what it concerns.
package enum Question: Sendable, Hashable {
    /// With a reason where one was asked for, because it was not rehearsed.
    case run(CourseChoice, without: Reason?)
    case hold(CourseChoice)

    var choice: CourseChoice {
        switch self {
        case .run(let choice, _), .hold(let choice): choice
        }
    }
}

/// The verbs: what writes. Each of them ends in a question, in a command, or in a sentence that says why not.
extension Model {
    mutating func command(_ action: Action) -> [Effect] {
        if let blindness { return refuse("the ledger cannot be read: \(blindness.brief)") }
        switch action {
        case .run: return run()
        case .retry: return retry()
        case .list: return list()
        case .pause: return pauseOrResume()
        case .more: return setConcurrency { $0 + max(1, $0 / 2) }
        case .fewer: return setConcurrency { $0 - max(1, $0 / 3) }
        case .hold:
            if let choice { question = .hold(choice) }
        case .waive: return waive()
        case .withdraw: return withdraw()
        case .drain: return end(.drain)
        case .stop: return end(.stop)
        default: break
        }
        return []
    }

    /// The marked courses, or the one under the cursor.
    private var choice: CourseChoice? {
        if !marks.isEmpty { return .marked(marks) }
        return selected.map { .named([CourseKey(unchecked: $0.key)]) }
    }

    /// Asks what was to be asked, of the courses that the ledger has just given for it: what is told is what is done.
    mutating func ask(_ question: Question, about courses: [ChosenCourse]) -> [Effect] {
        guard !courses.isEmpty else { return refuse("there is no course to do that with any more") }
        switch question {
        case .run(let choice, let reason):
            let short = rehearsalsShort(of: courses)
            var confirmation = confirmation(running: courses, after: short, without: reason)
            // What cannot be done anyway needs no proof, and no reason.
            guard confirmation.blockers.isEmpty else {
                layers.append(.confirmation(confirmation))
                return []
            }
            if let short, reason == nil {
                layers.append(.unrehearsed(Unrehearsed(choice: choice, rehearsals: short)))
                return []
            }
            let look = newLook()
            let effects = confirmation.prove(look)
            layers.append(.confirmation(confirmation))
            return effects
        case .hold:
            let open = courses.filter { !$0.isAtItsEnd }
            guard !open.isEmpty else {
                return refuse(
                    "there is no cut-over to hold back: \(names(courses)) \(courses.count == 1 ? "is" : "are") at the end"
                )
            }
            layers.append(.confirmation(confirmation(holding: open)))
            return []
        }
    }

    mutating func take(_ preflight: Preflight, of look: LookID) {
        for index in layers.indices {
            guard case .confirmation(var confirmation) = layers[index] else { continue }
            confirmation.take(preflight, of: look)
            layers[index] = .confirmation(confirmation)
        }
    }

    // MARK: - Starting a run

    private mutating func run() -> [Effect] {
        if goesOn, marks.isEmpty {
            // After a loss or an early end, to run is to go on.
            question = .run(.unfinished, without: nil)
        } else if let choice {
            question = .run(choice, without: nil)
        } else {
            return refuse(
                filter.isEmpty
                    ? "no course is known yet: \(keymap.hint(.list)) lists the source's courses"
                    : "no course passes the filter \"\(filter)\": \(keymap.hint(.filter)) changes it")
        }
        return []
    }

    private mutating func retry() -> [Effect] {
        guard view?.totals.courses(in: CourseState.failed.rawValue) ?? 0 > 0 else {
            return refuse("no course has failed: there is nothing to run again")
        }
        question = .run(.failed, without: nil)
        return []
    }

    /// The last run, where it got as far as saying how it goes about it.
    var lastRun: RunRow? { view?.run.flatMap { $0.concurrency > 0 ? $0 : nil } }

    /// The question before a run: what it is about to do, what stands in its way, and how to take it back.
    ///
    /// - Parameters:
    ///   - rehearsals: how many are completed, where it wants more; nil where it may begin.
    ///   - reason: why it shall begin all the same.
    private func confirmation(
        running courses: [ChosenCourse], after rehearsals: Int?, without reason: Reason?
    ) -> Confirmation {
        // What an operator has made of it in the last run holds for the next: it was for the platform's sake.
        let last = lastRun
        let concurrency = last?.concurrency ?? place.concurrency
        let request = LaunchRequest(
            work: .courses(courses.map { CourseKey(unchecked: $0.key) }), concurrency: concurrency,
            choices: last?.choices ?? [], withoutRehearsals: rehearsals == nil ? nil : reason?.kept)
        let (videos, verified) = (courses.reduce(0) { $0 + $1.videos }, courses.reduce(0) { $0 + $1.verified })
        var blockers: [String] = []
        if hasEngine, let run = openRun {
            blockers.append(
                "run \(run.id) is going on, and its engine takes its courses when it starts: wait, or end it with "
                    + keymap.hint(.drain)
            )
        } else if isStarting {
            blockers.append("an engine is starting already: wait until it shows itself")
        } else if isListing {
            blockers.append("the source's courses are being listed: wait until that is done")
        }
        if place.source == nil || place.store == nil || place.catalog == nil {
            blockers.append("the platform is not known: start mallow with --source, --store and --catalog")
        }
        let held = courses.filter { $0.heldBy != nil }.count
        let areWritten = writesBack(request) && held < courses.count
        let length =
            videos > verified
            ? time(for: videos - verified, atOnce: concurrency) : cutOver(of: courses, areWritten: areWritten)
        let asBefore = last.map { " as in run \($0.id)" } ?? ""
        var will = [
            names(courses),
            "\(counted(videos, "video")) listed, \(videos - verified) not yet verified, at most \(concurrency) at once"
                + "\(asBefore): \(length)",
        ]
        if !request.choices.isEmpty {
            will.append("as in run \(last?.id ?? 0): " + request.choices.joined(separator: " "))
        }
        if let reason = request.withoutRehearsals {
            will.append(
                "begin after \(rehearsals ?? 0) of \(place.wantedRehearsals) rehearsals, which the event log keeps as "
                    + "\(place.operator)'s decision: \(reason)")
        }
        will += hours
        will.append(
            "copy what is missing to \(place.store ?? "?"), add its rows to \(place.catalog ?? "?"), then switch the flag of "
                + "each course on whose check passes")
        if areWritten { will.append("write the edx_video_ids of videos without one into their courses") }
        let untouched = "overwrite, delete or change anything \(areWritten ? "else " : "")that was there before"
        let takenBack =
            areWritten ? "; mallow undo-write-back takes ids back, as long as nobody has saved the course since" : ""
        return Confirmation(
            title: "Migrate \(counted(courses.count, "course"))",
            will: will,
            willNot: [untouched] + cutOverHeldBack(held, of: courses.count, areWritten: writesBack(request)),
            undo:
                "\(keymap.hint(.drain)) ends the run; a failed video is rolled back by itself; a flag is switched off in "
                + "the platform's admin\(takenBack)",
            blockers: blockers,
            typed: place.isProduction ? "\(courses.count) \(place.target)" : nil,
            commandLine: blockers.isEmpty ? place.commandLine(request) : nil, effect: .launch(request)
        )
    }

    /// What a run does with courses whose videos are all verified.
    private func cutOver(of courses: [ChosenCourse], areWritten: Bool) -> String {
        let open = courses.filter { $0.heldBy == nil }
        let (ids, flags) = (areWritten ? open.reduce(0) { $0 + $1.newIDs } : 0, open.count { !$0.flag })
        var steps: [String] = []
        if ids > 0 { steps.append("the edx_video_ids of \(counted(ids, "video")) are written into both heads") }
        if flags > 0 { steps.append("the flag of \(counted(flags, "course")) is switched on") }
        return steps.isEmpty
            ? "they are only checked again" : "they are checked again; then \(steps.joined(separator: ", and "))"
    }

    /// What a run leaves undone where a cut-over is held.
    private func cutOverHeldBack(_ held: Int, of courses: Int, areWritten: Bool) -> [String] {
        guard held > 0 else { return [] }
        guard held == courses else {
            let ids = areWritten ? ", or write edx_video_ids into \(held == 1 ? "it" : "them")" : ""
            return ["switch the flag of \(counted(held, "course")) whose cut-over is held\(ids)"]
        }
        let ids = areWritten ? ", or write an edx_video_id into a course" : ""
        return ["switch a flag\(ids): the cut-over is held, and \(keymap.hint(.hold)) releases it"]
    }

    /// Whether its courses are written to: in the platform's own database, and not by a rehearsal.
    func writesBack(_ request: LaunchRequest) -> Bool {
        place.kind != .rehearsal && place.source?.hasPrefix("mongodb:") == true
            && request.writesBack
    }

    /// What the window means for a run that is begun now.
    private var hours: [String] {
        guard let window = place.window else { return [] }
        if let opening {
            return ["wait until the window opens, \(window.clock(at: opening)), then start videos while it is open"]
        }
        return ["start no video that is not done when the window shuts; the rest waits for the next one"]
    }

    /// How long it may take: from half of what the last run's pace says to twice that, for its videos may be others. Its
    /// pace as a whole is one, and what each of its videos took is another, for a run with more or fewer of them at once.
    private func time(for videos: Int, atOnce concurrency: Int) -> String {
        guard let pace = view?.pace else { return "how long it takes is not known yet" }
        let asAWhole = pace.seconds / Double(pace.videos) * Double(videos)
        let byVideo = pace.secondsEach * Double(videos) / Double(max(1, min(concurrency, videos)))
        let range = min(asAWhole, byVideo) / 2...max(asAWhole, byVideo) * 2
        let (soon, late) = (Figures.duration(range.lowerBound), Figures.duration(range.upperBound))
        let words = "about \(soon == late ? soon : "\(soon)–\(late)") at the pace of run \(pace.run)"
        guard let deadline else { return words }
        let verdict = deadline.verdict(on: range, at: now)
        let last = deadline.shuts.addingTimeInterval(-range.upperBound)
        return "\(words), \(verdict.rawValue) before \(Figures.hour(deadline.shuts, timeZone))"
            + (verdict == .fits ? ", safe to begin until \(Figures.hour(last, timeZone))" : "")
    }

    func names(_ courses: [ChosenCourse]) -> String {
        let shown = courses.prefix(3).map(\.key).joined(separator: ", ")
        return courses.count > 3 ? "\(shown) and \(courses.count - 3) more" : shown
    }

    private mutating func list() -> [Effect] {
        if hasEngine { return refuse("an engine runs: it lists the courses itself") }
        if isStarting { return refuse(Self.starting) }
        if isListing { return refuse("the source's courses are being listed already") }
        if lostEngine != nil { return refuse("first let the lost run go on, with \(keymap.hint(.run))") }
        guard place.source != nil, place.store != nil, place.catalog != nil else {
            return refuse("the platform is not known: start mallow with --source, --store and --catalog")
        }
        tell(.information, "listing the source's courses…")
        return [.launch(LaunchRequest(work: .list))]
    }

    // MARK: - Steering a run

    private static let starting = "an engine is starting: wait until it shows itself"

    private var noEngine: String { isStarting ? Self.starting : "no engine runs" }

    private mutating func submit(_ command: OperatorCommand) -> [Effect] {
        guard hasEngine else { return refuse(noEngine) }
        tell(.information, "asked the engine: \(command)…")
        return [.submit(command)]
    }

    /// The other of what it was last asked, whether or not the engine has read that yet.
    private mutating func pauseOrResume() -> [Effect] {
        let pauses = !isToBePaused
        if hasEngine { askedPause = pauses }
        return submit(pauses ? .pause : .resume)
    }

    private mutating func setConcurrency(_ change: (Int) -> Int) -> [Effect] {
        guard hasEngine else { return refuse(noEngine) }
        guard let now = askedConcurrency ?? openRun?.concurrency, now > 0 else {
            return refuse("the engine has not said yet how many videos it takes at once")
        }
        let wanted = min(512, max(1, change(now)))
        guard wanted != now else { return refuse("\(counted(now, "video")) at once is the limit") }
        askedConcurrency = wanted
        return submit(.concurrency(wanted))
    }

    /// Ends the run, in its own time or at once.
    private mutating func end(_ command: OperatorCommand) -> [Effect] {
        guard hasEngine else { return refuse(noEngine) }
        let isAtOnce = command == .stop
        layers.append(
            .confirmation(
                Confirmation(
                    title: isAtOnce ? "Stop the engine at once" : "End the run",
                    will: [
                        isAtOnce
                            ? "end the engine in the middle of what it does"
                            : "finish the \(counted(view?.totals.sum(\.migrating) ?? 0, "video")) in flight, start no "
                                + "new one, then end the run"
                    ],
                    willNot: ["lose, overwrite or undo a transcript: every object is named in the ledger"],
                    undo: isAtOnce
                        ? "the next run, or mallow recover, puts right what was open"
                        : "run the same courses again: they go on where they were",
                    blockers: [], typed: typed(isAtOnce ? "stop" : "drain"),
                    commandLine: view?.enginePID.map { "kill -\(isAtOnce ? "KILL" : "TERM") \($0)" },
                    effect: .submit(command)
                )
            )
        )
        return []
    }

    /// On production whatever writes is typed.
    func typed(_ word: String) -> String? { place.isProduction ? word : nil }

    mutating func refuse(_ reason: String) -> [Effect] {
        tell(.refused, reason)
        return [.bell]
    }
}
