// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Testing
import Themes

/// What keys and the ledger change.
@Suite struct UpdateTests {
    @Test func `the cursor follows its course when the order changes`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("G", "k", on: night)
            let course = try #require(model.selected)
            try await night.log.record([
                .courseState(CourseKey(unchecked: course.key), .failed, reason: "suddenly", retries: 3)
            ])
            try await model.load(from: night)
            model.update(.view(try await night.watch.view(model.request, keeping: model.view?.order ?? [])))
            #expect(model.selected?.id == course.id)
            #expect(model.selected?.state == "failed")
        }
    }

    @Test func `under an open dialog nothing moves`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("?", on: night)
            let before = model.view?.order
            let last = try #require(model.view?.courses.last)
            try await night.log.record([.courseState(CourseKey(unchecked: last.key), .failed, reason: "", retries: 0)])
            model.update(.view(try await night.watch.view(model.request, keeping: model.view?.order ?? [])))
            #expect(model.view?.order == before)
            try await model.press(.escape, on: night)
            model.update(.view(try await night.watch.view(model.request, keeping: model.view?.order ?? [])))
            #expect(model.view?.order != before)
        }
    }

    @Test func `what failed in a course that nobody is at work on needs somebody`() async throws {
        try await onNight(hasEngine: false) { model, _ in
            // One failed, one is held, and of one that was to be retried videos failed.
            #expect(model.needs == 3)
        }
    }

    @Test func `courses are sorted by the next thing, and the cursor stays on its course`() async throws {
        try await onNight(hasEngine: true) { model, night in
            let before = model.course.id
            var orders: Set<[Int64]> = []
            for _ in CourseSort.allCases {
                try await model.press("s", on: night)
                #expect(model.course.id == before)
                orders.insert(try #require(model.view).order)
            }
            #expect(model.sort == .worstFirst)
            #expect(orders.count > 3)
        }
    }

    @Test func `the log shows only what its filter lets through`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("4", "/", on: night)
            try await model.type("hist110", on: night)
            try await model.press(.enter, on: night)
            let events = try #require(model.view).events
            #expect(!events.isEmpty)
            #expect(events.allSatisfy { $0.course?.contains("HIST110") == true })
            #expect(model.filter.isEmpty)
            let effects = try await model.press("e", on: night)
            #expect(effects == [.exportLog("hist110")])
            try await model.press("/", .escape, on: night)
            let all = try #require(model.view).events
            #expect(all.count > events.count)
        }
    }

    @Test func `a course that the filter hides is under no cursor`() async throws {
        try await onNight(hasEngine: false, isProduction: false) { model, night in
            try await model.press("/", "a", "r", "t", .enter, on: night)
            #expect(model.selected?.title == "Film History")
            #expect(model.course.id == model.selected?.id)
            let effects = try await model.press("*", "r", .tab, .enter, on: night)
            #expect(effects == [.launch(LaunchRequest(work: .courses([Night.courses[5].key]), concurrency: 32))])
        }
    }

    @Test func `a click selects what is under it and nothing moves`() async throws {
        try await onNight(hasEngine: true) { model, night in
            let third = try #require(model.view?.order[2])
            model.update(.terminal(.click(Point(10, 6))))
            let before = model.view?.firstCourse
            try await model.load(from: night)
            #expect(model.course.id == third)
            #expect(model.view?.firstCourse == before)
            // The heading and the frame are no courses.
            model.update(.terminal(.click(Point(10, 3))))
            #expect(model.course.id == third)
        }
    }

    @Test func `the log goes down line by line, whatever lies between the lines`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("4", "g", on: night)
            let pinned = try #require(model.view?.events.last?.seq)
            try await model.press(.down, on: night)
            let next = try #require(model.view?.events.last?.seq)
            #expect(next > pinned)
            try await model.press("G", on: night)
            #expect(model.pinnedEvent == nil)
        }
    }

    @Test func `pausing is one key and resuming is the same`() async throws {
        try await onNight(hasEngine: true) { model, night in
            let effects6 = try await model.press("p", on: night)
            #expect(effects6 == [.submit(.pause)])
            try await night.ledger.submit(.pause, by: "mira", basedOn: 0)
            try await night.answerCommands()
            model.update(.view(try await night.watch.view(model.request, keeping: [])))
            let effects7 = try await model.press("p", on: night)
            #expect(effects7 == [.submit(.resume)])
        }
    }

    @Test func `a second press takes back the first, though the engine has read neither`() async throws {
        try await onNight(hasEngine: true) { model, night in
            var asked: [Effect] = []
            for _ in 0..<4 { asked += try await model.press("p", on: night) }
            #expect(asked == [.submit(.pause), .submit(.resume), .submit(.pause), .submit(.resume)])
            try await night.ledger.submit(.pause, by: "theo", basedOn: 0)
            try await night.answerCommands()
            model.update(.view(try await night.watch.view(model.request, keeping: [])))
            let last = try await model.press("p", on: night)
            #expect(last == [.submit(.resume)], "it is paused now, whoever asked")
        }
    }

    @Test func `a run that waits for a store can be paused besides`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await night.log.record([.runState(.paused, reason: "the store is out; it resumes by itself")])
            model.update(.view(try await night.watch.view(model.request, keeping: [])))
            #expect(model.isWaiting)
            let effects = try await model.press("p", on: night)
            #expect(effects == [.submit(.pause)])
        }
    }

    @Test func `an engine that somebody has stopped is not told as lost`() async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            var model = Model.test(100, 30)
            try await model.load(from: night)
            try await night.ledger.submit(.stop, by: "mira", basedOn: 0)
            try await night.answerCommands()
            try await night.log.close()
            model.update(.view(try await night.watch.view(model.request, keeping: [])))
            #expect(model.stopped == "mira")
            let frame = Screen.render(model).text
            #expect(frame.contains("stopped by mira"))
            #expect(!frame.contains("GONE"))
            #expect(model.notices.contains { $0.text.hasPrefix("mira has stopped the engine") })
        }
    }

    @Test func `more and fewer are told from what the engine has`() async throws {
        try await onNight(hasEngine: true) { model, night in
            let effects8 = try await model.press("+", on: night)
            #expect(effects8 == [.submit(.concurrency(48))])
            let effects9 = try await model.press("-", on: night)
            #expect(effects9 == [.submit(.concurrency(32))])
        }
    }

    @Test(arguments: ["p", "+", "-"] as [Key])
    func `without an engine a verb for it is refused in words`(_ key: Key) async throws {
        try await onNight(hasEngine: false) { model, night in
            let effects10 = try await model.press(key, on: night)
            #expect(effects10 == [.bell])
            #expect(model.notices.last?.text == "no engine runs")
        }
    }

    @Test func `escape backs out one level and never does anything else`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("t", "w", on: night)
            #expect(model.layers.count == 2)
            let effects12 = try await model.press(.escape, on: night)
            #expect(effects12.isEmpty)
            #expect(model.layers.count == 1)
            let effects13 = try await model.press(.escape, .escape, .escape, on: night)
            #expect(effects13.isEmpty)
            #expect(model.layers.isEmpty)
        }
    }

    @Test func `a theme that is only looked at is not kept`() async throws {
        try await onNight(hasEngine: true) { model, night in
            let before = model.theme.name
            try await model.press("T", .down, on: night)
            #expect(model.theme.name != before)
            try await model.press(.escape, on: night)
            #expect(model.theme.name == before)
            let effects = try await model.press("T", .down, .enter, on: night)
            #expect(effects == [.keepTheme(model.theme.name)])
        }
    }

    @Test func `the answer to a command is told, with who asked`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await night.ledger.submit(.concurrency(1000), by: "theo", basedOn: 0)
            model.update(.view(try await night.watch.view(model.request, keeping: [])))
            let command = try #require(try await night.log.pendingCommands().first)
            try await night.log.answer(command, refusal: "1 to 512 videos may be in flight")
            model.update(.view(try await night.watch.view(model.request, keeping: [])))
            #expect(model.notices.last?.kind == .refused)
            #expect(model.notices.last?.text.contains("theo") == true)
            #expect(model.notices.last?.text.contains("1 to 512") == true)
        }
    }

    /// What random hands do at a console must never write without its question.

    @Test func `Esc among the courses drops their filter, and a paste answers no question`() async throws {
        try await onNight(hasEngine: false) { model, night in
            try await model.press("/", on: night)
            try await model.type("bio", on: night)
            try await model.press(.enter, on: night)
            #expect(model.view?.order.count == 1)
            #expect(Screen.render(model).text.contains("1 Courses 1 of 8"))
            try await model.press(.escape, on: night)
            #expect(model.view?.order.count == Night.courses.count)
            try await model.press("r", on: night)
            model.update(.terminal(.paste("1 objects")))
            #expect(model.notices.last?.text == "a paste is no answer: what confirms is typed")
            let effects = try await model.press(.tab, .enter, on: night)
            #expect(!effects.contains { $0.writes })
        }
    }

    @Test func `what a drained run has left needs somebody, and the key is told`() async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            try await night.log.record([.runEnded(.interrupted, reason: "mira asked it to drain")])
            try await night.log.close()
            var model = Model.test(160, 40)
            try await model.load(from: night)
            #expect(Screen.render(model).text.contains("run 1 drained: r goes on with 4 courses"))
            #expect(model.needs == 3, "a failed course, a held one, and what the run has left")
        }
    }

    @Test func `a run that begins and ends between two looks is told`() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try Ledger(path: "\(folder)/ledger", now: { Night.now })
            let watch = try LedgerWatch(ledger)
            var model = Model.test(100, 30)
            // A function of its own, since a log that is gone has let go of the ledger.
            func runOnce() async throws {
                let header = RunHeader(
                    kind: "production", actor: "mira", source: "olx:a", store: "file:b", catalog: "sqlite:c",
                    options: "")
                let log = try await ledger.beginRun(header, under: try await ledger.claim())
                try await log.record([.runEnded(.completed, reason: "")])
                try await log.close()
            }
            for number in 1...2 {
                try await runOnce()
                model.update(.view(try await watch.view(model.request, keeping: [])))
                // What was over before a console came is no news to it.
                let isTold = model.notices.contains { $0.text.hasPrefix("run \(number) ended: completed") }
                #expect(isTold == (number == 2))
            }
        }
    }

    @Test func `what could not be written is asked of nobody, and why a program was not started is told`() async throws
    {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("p", on: night)
            #expect(Screen.render(model).text.contains("p resume"))
            model.update(.done(Notice(.refused, "the file is not there any more", at: Night.now)))
            #expect(Screen.render(model).text.contains("p pause"))
            let end = EngineEnd(
                launch: LaunchRequest(work: .list), status: nil, words: "the ledger is gone", wasStarted: false)
            model.update(.ended(end))
            #expect(model.notices.last?.text == "discover was not started: the ledger is gone")
        }
    }

    @Test(arguments: 0..<40)
    func `no keys and no paste write anything that was not asked and answered`(_ seed: UInt64) async throws {
        try await onNight(hasEngine: seed % 2 == 0, wantedRehearsals: seed % 4 == 1 ? 2 : 0) { model, night in
            var dice = Dice(seed: seed)
            let keys: [Key] =
                Action.allCases.flatMap(\.defaultKeys) + [
                    .enter, .tab, .escape, .backspace, "1", "2", "x", " ", .delete,
                ]
            let sizes = [Size(100, 30), Size(60, 12), Size(20, 3), Size(200, 60)]
            for _ in 0..<300 {
                if dice.next() % 40 == 0 {
                    model.update(.terminal(.resized(sizes[Int(dice.next() % UInt64(sizes.count))])))
                    try await model.load(from: night)
                }
                let asked = model.layer
                let effects: [Effect]
                if dice.next() % 20 == 0 {
                    effects = model.update(.terminal(.paste("rR!D\n1 objects\r\u{1B}[Ayy stop")))
                } else {
                    effects = model.update(.terminal(.key(keys[Int(dice.next() % UInt64(keys.count))])))
                }
                try await model.load(from: night)
                for effect in effects where effect.writes {
                    switch asked {
                    case .confirmation(let confirmation)?:
                        #expect(confirmation.isArmed(on: model.size))
                        #expect(confirmation.typed == nil || confirmation.text == confirmation.typed)
                    case .waive(let waiving)?:
                        #expect(waiving.reason.isGiven)
                        #expect(waiving.videos.count == 1, "of many the number is asked for, too")
                    default: Issue.record("\(effect) was not asked for")
                    }
                }
            }
        }
    }
}

extension Effect {
    /// Pausing, resuming and how many at once can be taken back by the same key, and listing moves nothing.
    fileprivate var writes: Bool {
        switch self {
        case .launch(let request): request.work != .list
        case .submit(let command): command == .drain || command == .stop
        case .hold, .waive, .withdraw: true
        case .inspect, .prove, .exportLog, .copy, .redraw, .suspend, .mouse, .keepTheme, .bell, .detach: false
        }
    }
}

/// Small, and the same on every machine.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
