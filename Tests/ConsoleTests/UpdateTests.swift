// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Testing
import Themes

@Suite struct UpdateTests {
    /// Runs a test on the night's ledger, without an engine unless one is wanted.
    private func onNight(
        hasEngine: Bool, isProduction: Bool = true, _ body: (inout Model, Night) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            if !hasEngine {
                try await night.log.record([.runEnded(.completed, reason: "")])
                try await night.log.close()
            }
            var model = Model.test(100, 30, isProduction: isProduction)
            try await model.load(from: night)
            try await body(&model, night)
            if hasEngine { try await night.log.close() }
        }
    }

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

    @Test func `a run is asked for, typed and then started`() async throws {
        try await onNight(hasEngine: false) { model, night in
            let effects1 = try await model.press("r", on: night)
            #expect(effects1.isEmpty)
            let course = try #require(model.selected).key
            let effects2 = try await model.press(.enter, on: night)
            #expect(effects2.isEmpty, "focus rests on Cancel")
            #expect(model.layers.isEmpty)
            try await model.press("r", on: night)
            let effects3 = try await model.type("1 object", on: night)
            #expect(effects3.isEmpty)
            let effects4 = try await model.press(.enter, on: night)
            #expect(effects4.isEmpty, "not what was to be typed")
            let effects5 = try await model.type("1 objects", on: night)
            #expect(effects5.isEmpty)
            let effects = try await model.press(.enter, on: night)
            #expect(effects == [.launch(LaunchRequest(work: .courses([CourseKey(unchecked: course)])))])
        }
    }

    @Test func `marked courses are run wherever they are in the list`() async throws {
        try await onNight(hasEngine: false, isProduction: false) { model, night in
            model.update(.terminal(.resized(Size(90, 19))))
            try await model.press("*", on: night)
            let shown = try #require(model.view).courses.count
            #expect(shown < Night.courses.count, "not all of them are on the screen")
            model.update(.terminal(.resized(Size(90, 30))))
            let effects = try await model.press("r", .tab, .enter, on: night)
            guard case .launch(let request)? = effects.first, case .courses(let keys) = request.work else {
                Issue.record("nothing was started: \(effects)")
                return
            }
            #expect(Set(keys) == Set(Night.courses.map(\.key)))
        }
    }

    /// The question that is open, and the look that it waits for.
    private func question(_ model: inout Model, _ key: Key = "r", on night: Night) async throws -> LookID {
        model.update(.terminal(.key(key)))
        for effect in model.update(.view(try await night.watch.view(model.request, keeping: []))) {
            if case .prove(let look) = effect { return look }
        }
        throw Failure(.bug, "asking", at: "a test", cause: "nothing is to be proven", advice: "look at the model")
    }

    @Test func `no run begins before what it needs is proven, nor when it is not`() async throws {
        try await onNight(hasEngine: false, isProduction: false) { model, night in
            let look = try await question(&model, on: night)
            let early = [Key.tab, .enter].flatMap { model.update(.terminal(.key($0))) }
            #expect(early.isEmpty)
            #expect(model.layers.count == 1, "Go was chosen, and nothing is proven yet")
            let failed = PreflightCheck(name: "disk", measured: "1 MiB free", verdict: .fail, seconds: 0)
            model.update(.proven(look, .proven(Night.checks + [failed], at: Night.now)))
            #expect(Screen.render(model).text.contains("FAILED disk: 1 MiB free"))
            let refused = try await model.press(.tab, .enter, on: night)
            #expect(refused.isEmpty)
            #expect(model.layers.isEmpty, "Enter was a cancel")
        }
    }

    @Test(arguments: [true, false])
    func `on production a course's cut-over is held by a word that is typed`(_ isProduction: Bool) async throws {
        try await onNight(hasEngine: true, isProduction: isProduction) { model, night in
            let bare = try await model.press("c", .tab, .enter, on: night)
            #expect(bare.isEmpty == isProduction)
            guard isProduction else { return }
            try await model.type("hold", on: night)
            let effects = try await model.press(.enter, on: night)
            guard case .hold(let courses, true)? = effects.first else {
                Issue.record("\(effects)")
                return
            }
            #expect(courses.count == 1)
        }
    }

    @Test func `what is only to be known is seen before Go is chosen`() async throws {
        try await onNight(hasEngine: false, isProduction: false) { model, night in
            let look = try await question(&model, on: night)
            model.update(.terminal(.key(.tab)))
            let note = PreflightCheck(name: "disk", measured: "900 MiB free", verdict: .attention, seconds: 0)
            model.update(.proven(look, .proven([note], at: Night.now)))
            let blind = model.update(.terminal(.key(.enter)))
            #expect(blind.isEmpty, "the focus is on Cancel again")
        }
    }

    @Test func `the proof of another question proves nothing`() async throws {
        try await onNight(hasEngine: false, isProduction: false) { model, night in
            let first = try await question(&model, on: night)
            model.update(.terminal(.key(.escape)))
            let second = try await question(&model, on: night)
            #expect(first != second)
            model.update(.proven(first, .proven(Night.checks, at: Night.now)))
            let early = [Key.tab, .enter].flatMap { model.update(.terminal(.key($0))) }
            #expect(early.isEmpty)
            model.update(.proven(second, .proven(Night.checks, at: Night.now)))
            model.update(.proven(first, .failed("too late")))
            let effects = model.update(.terminal(.key(.enter)))
            #expect(effects.count == 1)
        }
    }

    @Test func `a proof that is over a minute old is made anew`() async throws {
        try await onNight(hasEngine: false, isProduction: false) { model, night in
            let look = try await question(&model, on: night)
            model.update(.proven(look, .proven(Night.checks, at: Night.now)))
            model.update(.tick(Night.now.addingTimeInterval(61)))
            let effects = [Key.tab, .enter].flatMap { model.update(.terminal(.key($0))) }
            guard case .prove(let again)? = effects.first, effects.count == 1 else {
                Issue.record("\(effects)")
                return
            }
            model.update(.proven(again, .proven(Night.checks, at: Night.now.addingTimeInterval(61))))
            let started = [Key.tab, .enter].flatMap { model.update(.terminal(.key($0))) }
            #expect(started.count == 1)
        }
    }

    @Test func `a question that does not fit is answered when all of it was seen`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("D", on: night)
            model.update(.terminal(.resized(Size(60, 9))))
            try await model.type("drain", on: night)
            let blind = try await model.press(.tab, .enter, on: night)
            #expect(blind.isEmpty)
            #expect(model.layers.count == 1)
            for _ in 0..<20 { try await model.press(.down, on: night) }
            try await model.type("drain", on: night)
            let effects = try await model.press(.enter, on: night)
            #expect(effects == [.submit(.drain)])
        }
    }

    @Test func `where no text is asked for none is taken`() async throws {
        try await onNight(hasEngine: false) { model, night in
            let look = try await question(&model, on: night)
            for character in "1 objects" { model.update(.terminal(.key(.character(character)))) }
            model.update(.proven(look, .proven(Night.checks, at: Night.now)))
            #expect(Screen.render(model).text.contains("confirm: _"))
            try await model.type("1 objets", on: night)
            let wrong = try await model.press(.enter, on: night)
            #expect(wrong.isEmpty)
            #expect(Screen.render(model).text.contains("confirm: _"), "and it begins anew")
        }
    }

    @Test func `what failed in a course that nobody is at work on needs somebody`() async throws {
        try await onNight(hasEngine: false) { model, _ in
            // One failed, one is held, and of one that was to be retried videos failed.
            #expect(model.needs == 3)
        }
    }

    @Test func `one corrupt transcript may stay behind by itself`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("2", .enter, .down, "w", on: night)
            try await model.type("nobody reads it", on: night)
            guard case .waive(let waivers)? = try await model.press(.enter, on: night).first else {
                Issue.record("nothing was waived")
                return
            }
            #expect(waivers.map(\.language) == ["fr"])
            // The video stays open.
            try await model.press("w", .tab, on: night)
            try await model.type("nobody looks at it", on: night)
            let whole = try await model.press(.enter, on: night)
            guard case .waive(let waivers)? = whole.first else {
                Issue.record("nothing was waived")
                return
            }
            #expect(waivers.map(\.language) == [nil])
        }
    }

    @Test func `a waiver is listed with its video, and taken back after a question`() async throws {
        try await onNight(hasEngine: true) { model, night in
            let video = try #require(model.view?.videos.first)
            let course = CourseKey(unchecked: try #require(model.selected).key)
            let waiver = Waiver(
                course: course, block: UsageKey(unchecked: video.block), language: "fr", actor: "noor", reason: "lost")
            try await night.ledger.waive([waiver])
            try await model.press("2", .enter, on: night)
            #expect(Screen.render(model).text.contains("by noor: lost"))
            let asked = try await model.press("u", .enter, on: night)
            #expect(asked.isEmpty, "focus rests on Cancel")
            try await model.press("u", on: night)
            try await model.type("take back", on: night)
            let effects = try await model.press(.enter, on: night)
            #expect(effects == [.withdraw([waiver])])
        }
    }

    @Test func `what comes late for a video that is closed is dropped`() async throws {
        try await onNight(hasEngine: true) { model, _ in
            func open() throws -> LookID {
                let effects = [Key("2"), .enter].flatMap { model.update(.terminal(.key($0))) }
                guard case .inspect(_, let look)? = effects.first else {
                    throw Failure(.bug, "opening", at: "a test", cause: "\(effects)", advice: "look at the model")
                }
                return look
            }
            let first = try open()
            model.update(.terminal(.key(.escape)))
            let second = try open()
            model.update(.inspected(first, .failed("too late")))
            guard case .video(let detail)? = model.layer else {
                Issue.record("no video is open")
                return
            }
            #expect(detail.inspection == .reading)
            let blind = model.update(.terminal(.key("w")))
            #expect(blind == [.bell], "what nobody has looked at yet is not waived")
            model.update(.terminal(.key(.escape)))
            model.update(.inspected(second, .failed("too late")))
            #expect(model.layers.isEmpty)
        }
    }

    @Test func `the last transcript is one key away from any`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("2", .enter, .down, "G", on: night)
            guard case .video(let detail)? = model.layer else {
                Issue.record("no video is open")
                return
            }
            #expect(detail.selected?.language == "pl")
            let refused = try await model.press("g", "w", on: night)
            #expect(refused.isEmpty)
            guard case .waive(let waiving)? = model.layer else {
                Issue.record("nothing is waived")
                return
            }
            #expect(waiving.language == "fr", "one transcript is what is wrong, wherever the cursor is")
        }
    }

    @Test func `copies are held against each other, the two that differ first`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("2", .enter, .enter, on: night)
            guard case .compare(let comparing)? = model.layer else {
                Issue.record("nothing is compared")
                return
            }
            #expect(comparing.copies?.left.place == .draft)
            #expect(comparing.copies?.right.place == .store)
            #expect(comparing.counts?.differences == 2)
            try await model.press(" ", on: night)
            let rows = Screen.render(model).text.split(separator: "\n").filter { $0.contains("≠") }
            #expect(rows.count == 3, "two rows and the sentence that counts them")
            try await model.press(.tab, .tab, on: night)
            guard case .compare(let same)? = model.layer else { return }
            #expect(same.copies?.left.place == .published)
            #expect(same.counts?.differences == 0)
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

    @Test func `while an engine runs no second one is started`() async throws {
        try await onNight(hasEngine: true, isProduction: false) { model, night in
            let effects = try await model.press("r", .tab, .enter, on: night)
            #expect(effects.isEmpty)
        }
    }

    @Test func `a video that is looked at is the one that is waived, whatever moves meanwhile`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("2", .down, .enter, on: night)
            let looked = try #require(model.view?.video)
            let course = try #require(model.selected)
            // Another video of the course is in trouble now, and stands before it.
            let other = try #require(
                try await night.ledger.videos(of: CourseKey(unchecked: course.key)).first { $0.state == "verified" })
            try await night.log.record([
                .videoState(
                    VideoReport(
                        course: CourseKey(unchecked: course.key), block: UsageKey(unchecked: other.block),
                        state: .failed,
                        attempt: 1))
            ])
            model.update(.view(try await night.watch.view(model.request, keeping: model.view?.order ?? [])))
            try await model.press("w", on: night)
            try await model.type("lost in 2013", on: night)
            guard case .waive(let waivers)? = try await model.press(.enter, on: night).first else {
                Issue.record("nothing was waived")
                return
            }
            #expect(waivers.map(\.block.text) == [looked.block])
        }
    }

    @Test func `what does not fit on the screen is not done`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("D", on: night)
            try await model.type("drain", on: night)
            for (width, height) in [(40, 8), (20, 3), (1, 1)] {
                model.update(.terminal(.resized(Size(width, height))))
                let effects = try await model.press(.enter, on: night)
                #expect(effects.isEmpty)
            }
            model.update(.terminal(.resized(Size(100, 30))))
            let effects = try await model.press(.enter, on: night)
            #expect(effects == [.submit(.drain)])
        }
    }

    @Test func `a course that the filter hides is under no cursor`() async throws {
        try await onNight(hasEngine: false, isProduction: false) { model, night in
            try await model.press("/", "a", "r", "t", .enter, on: night)
            #expect(model.selected?.title == "Film History")
            #expect(model.course.id == model.selected?.id)
            let effects = try await model.press("*", "r", .tab, .enter, on: night)
            #expect(effects == [.launch(LaunchRequest(work: .courses([Night.courses[5].key])))])
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

    @Test(arguments: [
        ("s3://prod/media?region=x", "prod/media"), ("file:/srv/objects", "objects"), ("file:objects", "objects"),
    ])
    func `a target is typed by a name that tells stores apart`(_ store: String, _ target: String) {
        let place = Place(isProduction: true, source: "s", store: store, catalog: "c", ledger: "it's", operator: "o")
        #expect(place.target == target)
        #expect(place.commandLine(LaunchRequest(work: .list)).hasSuffix("--ledger 'it'\\''s'"))
    }

    @Test func `pausing is one key and resuming is the same`() async throws {
        try await onNight(hasEngine: true) { model, night in
            let effects6 = try await model.press("p", on: night)
            #expect(effects6 == [.submit(.pause)])
            try await night.log.record([.runState(.paused, reason: "paused by mira")])
            model.update(.view(try await night.watch.view(model.request, keeping: [])))
            let effects7 = try await model.press("p", on: night)
            #expect(effects7 == [.submit(.resume)])
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

    @Test func `a waiver needs a reason`() async throws {
        try await onNight(hasEngine: false) { model, night in
            try await model.press("2", "w", on: night)
            let effects11 = try await model.press(.enter, on: night)
            #expect(effects11.isEmpty)
            try await model.type("old course", on: night)
            guard case .waive(let waivers)? = try await model.press(.enter, on: night).first else {
                Issue.record("nothing was waived")
                return
            }
            #expect(waivers.map(\.reason) == ["old course"])
            #expect(waivers.map(\.actor) == ["mira"])
        }
    }

    @Test func `triage groups videos by cause, and one decision waives them all`() async throws {
        try await onNight(hasEngine: false) { model, night in
            try await model.press("t", on: night)
            #expect(model.troubleGroups.map(\.videos.count) == [3, 1])
            try await model.press("w", on: night)
            try await model.type("known", on: night)
            guard case .waive(let waivers)? = try await model.press(.enter, on: night).first else {
                Issue.record("nothing was waived")
                return
            }
            #expect(waivers.count == 3)
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
    @Test(arguments: 0..<40)
    func `no keys and no paste write anything that was not asked and answered`(_ seed: UInt64) async throws {
        try await onNight(hasEngine: seed % 2 == 0) { model, night in
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
                    case .waive(let waiving)?: #expect(waiving.isReady)
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
