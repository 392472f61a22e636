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
        switch action {
        case .run: return run()
        case .retry: return retry()
        case .list: return list()
        case .pause: return pauseOrResume()
        case .more: return setConcurrency { $0 + max(1, $0 / 2) }
        case .fewer: return setConcurrency { $0 - max(1, $0 / 3) }
        case .hold:
            if let blindness { return refuse("the ledger cannot be read: \(blindness.brief)") }
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
            confirmation.prove(look)
            layers.append(.confirmation(confirmation))
            return [.prove(look)]
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
        if let blindness { return refuse("the ledger cannot be read: \(blindness.brief)") }
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
        if let blindness { return refuse("the ledger cannot be read: \(blindness.brief)") }
        guard view?.totals.courses(in: CourseState.failed.rawValue) ?? 0 > 0 else {
            return refuse("no course has failed: there is nothing to run again")
        }
        question = .run(.failed, without: nil)
        return []
    }

    /// The question before a run: what it is about to do, what stands in its way, and how to take it back.
    ///
    /// - Parameters:
    ///   - rehearsals: how many are completed, where it wants more; nil where it may begin.
    ///   - reason: why it shall begin all the same.
    private func confirmation(
        running courses: [ChosenCourse], after rehearsals: Int?, without reason: Reason?
    ) -> Confirmation {
        // What an operator has made of it in the last run holds for the next: it was for the platform's sake.
        let last = view?.run.flatMap { $0.concurrency > 0 ? $0 : nil }
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
        return Confirmation(
            title: "Migrate \(counted(courses.count, "course"))",
            will: [
                names(courses),
                "\(counted(videos, "video")) listed, \(videos - verified) not yet verified, at most "
                    + "\(concurrency) at once\(last.map { " as in run \($0.id)" } ?? ""): "
                    + time(for: videos - verified, atOnce: concurrency),
            ]
                + (request.choices.isEmpty
                    ? [] : ["as in run \(last?.id ?? 0): " + request.choices.joined(separator: " ")])
                + (request.withoutRehearsals.map { reason in
                    [
                        "begin after \(rehearsals ?? 0) of \(place.wantedRehearsals) rehearsals, which the event log keeps "
                            + "as \(place.operator)'s decision: \(reason)"
                    ]
                } ?? []) + hours + [
                    "copy what is missing to \(place.store ?? "?"), add its rows to \(place.catalog ?? "?"), then switch "
                        + "the flag of each course on whose check passes"
                ],
            willNot: ["overwrite, delete or change anything that was there before"]
                + (held == 0
                    ? []
                    : [
                        held == courses.count
                            ? "switch a flag: the cut-over is held, and \(keymap.hint(.hold)) releases it"
                            : "switch the flag of \(counted(held, "course")) whose cut-over is held"
                    ]),
            undo:
                "\(keymap.hint(.drain)) ends the run; a failed video is rolled back by itself; a flag is switched off in "
                + "the platform's admin",
            blockers: blockers,
            typed: place.isProduction ? "\(courses.count) \(place.target)" : nil,
            commandLine: blockers.isEmpty ? place.commandLine(request) : nil, effect: .launch(request)
        )
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
        guard videos > 0 else { return "they are only checked again" }
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

    private func names(_ courses: [ChosenCourse]) -> String {
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

    // MARK: - Decisions

    /// Holds those that are not held; where all of them are, releases them.
    private func confirmation(holding chosen: [ChosenCourse]) -> Confirmation {
        let free = chosen.filter { $0.heldBy == nil }
        let holds = !free.isEmpty
        let courses = holds ? free : chosen
        return Confirmation(
            title: "\(holds ? "Hold the cut-over of" : "Release") \(counted(courses.count, "course"))",
            will: [
                names(courses),
                holds
                    ? "migrate and check, but leave the flag as it is"
                    : courses.contains { $0.isUnfinished } && hasEngine
                        ? "let this run, when it comes to it, switch the flag on when the check passes"
                        : "let the next run (\(keymap.hint(.run))) switch the flag on when the check passes",
            ],
            willNot: ["stop or undo anything that is migrated"], undo: "\(keymap.hint(.hold)) again", blockers: [],
            typed: typed(holds ? "hold" : "release"), commandLine: nil,
            effect: .hold(courses.map { CourseKey(unchecked: $0.key) }, holds)
        )
    }

    /// The video that is looked at, or the one under the cursor in its pane.
    private mutating func waive() -> [Effect] {
        var video: (course: CourseKey, row: VideoRow)?
        var transcript: InspectedTranscript?
        if case .video(let detail)? = layer {
            if detail.inspection == .reading { return refuse("wait until the stores are looked into") }
            video = openVideo.map { (detail.video.course, $0) }
            let troubled = detail.transcripts.filter { $0.failure != nil }
            // Where one transcript is what is wrong, it alone may stay behind.
            transcript = troubled.count == 1 ? troubled.first : detail.selected
            if let transcript, transcript.failure == nil, !troubled.isEmpty {
                return refuse("\(transcript.language) is good: choose the transcript that shall stay behind")
            }
        } else if pane == .videos, let course = selected, let row = selectedVideo {
            video = (CourseKey(unchecked: course.key), row)
        }
        let isTroubled = [VideoState.failed.rawValue, VideoState.rolledBack.rawValue]
        guard let video, isTroubled.contains(video.row.state) else {
            return refuse("only a video that failed can stay behind: choose one in the videos pane, or in triage")
        }
        let reference = VideoReference(course: video.course, block: UsageKey(unchecked: video.row.block))
        let failure = transcript?.failure ?? video.row.why
        layers.append(
            .waive(
                Waiving(
                    videos: [reference], name: video.row.displayName,
                    cause: failure?.cause ?? "its cause cannot be read",
                    only: transcript?.failure == nil ? nil : transcript?.language,
                    standing: openVideo == nil ? [] : (view?.waivers ?? []).map(\.language)))
        )
        return []
    }

    /// Of the video that is looked at.
    private mutating func withdraw() -> [Effect] {
        guard case .video(let detail)? = layer else {
            return refuse("open the video first, with \(keymap.hint(.open)): its waivers are listed there")
        }
        let waivers = openVideo == nil ? [] : view?.waivers ?? []
        guard !waivers.isEmpty else { return refuse("there is no waiver for this video") }
        layers.append(
            .confirmation(
                Confirmation(
                    title: "Take back \(counted(waivers.count, "waiver"))",
                    will: [detail.video.block.text]
                        + waivers.map { "\($0.language?.text ?? "the whole video"), by \($0.actor): \($0.reason)" }
                        + ["count again when \(detail.video.course) is run next"],
                    willNot: ["change anything that is migrated"],
                    undo: "run the course again; what fails then, \(keymap.hint(.waive)) waives again", blockers: [],
                    typed: typed("take back"), commandLine: nil, effect: .withdraw(waivers)
                )
            )
        )
        return []
    }

    /// What many videos stand for is decided twice: by a reason, and by their number.
    func confirmation(waiving: Waiving, as waivers: [Waiver]) -> Confirmation {
        let courses = Set(waiving.videos.map(\.course)).sorted()
        let shown = courses.prefix(3).map(\.text).joined(separator: ", ")
        let videos = counted(waiving.videos.count, "video")
        return Confirmation(
            title: "Let \(videos) stay behind",
            will: [
                "let \(videos) of \(counted(courses.count, "course")) stay behind with all their transcripts, the good ones too: "
                    + shown + (courses.count > 3 ? " and \(courses.count - 3) more" : ""),
                "be signed \(place.operator): \(waiving.reason.kept)",
                "let these courses cut over without them when they are run next",
            ]
                + (waiving.replaced > 0
                    ? ["replace the reason of \(counted(waiving.replaced, "video")) that may stay behind already"]
                    : []),
            willNot: ["remove anything from the contentstore"],
            undo: "\(keymap.hint(.withdraw)) in triage, until the courses are run", blockers: [],
            typed: typed("waive \(waiving.videos.count)"), commandLine: nil, effect: .waive(waivers))
    }

    /// Takes back what was waived of one cause, as it stands there now.
    func confirmation(withdrawing waivers: [Waiver]) -> Confirmation {
        let shown = waivers.prefix(5).map {
            "\($0.block.block)\($0.language.map { " \($0)" } ?? ""), by \($0.actor): \($0.reason)"
        }
        return Confirmation(
            title: "Take back \(counted(waivers.count, "waiver"))",
            will: shown + (waivers.count > 5 ? ["and \(waivers.count - 5) more of the same cause"] : []),
            willNot: ["change anything that is migrated"],
            undo: "\(keymap.hint(.waive)) waives them again, with a new reason", blockers: [],
            typed: typed("take back"),
            commandLine: nil, effect: .withdraw(waivers))
    }

    /// On production whatever writes is typed.
    private func typed(_ word: String) -> String? { place.isProduction ? word : nil }

    mutating func refuse(_ reason: String) -> [Effect] {
        tell(.refused, reason)
        return [.bell]
    }
}
