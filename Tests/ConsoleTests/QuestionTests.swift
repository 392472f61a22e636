// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Testing
import Themes

/// What is asked before anything is written, and what it takes to be answered.
@Suite struct QuestionTests {
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
            #expect(
                effects == [.launch(LaunchRequest(work: .courses([CourseKey(unchecked: course)]), concurrency: 32))])
        }
    }

    /// What is written into a course is told before, with what takes it back; a source that is only read is not spoken of.
    @Test(arguments: [("olx:exports", false), ("mongodb://mongo-1/edxapp", true)])
    func `a run that writes ids into courses says so`(_ source: String, _ writes: Bool) async throws {
        try await onNight(hasEngine: false) { _, night in
            var model = Model.test(100, 40, source: source)
            try await model.load(from: night)
            try await model.press("r", on: night)
            let text = Screen.render(model).text
            #expect(text.contains("write the edx_video_ids of videos without one") == writes, "\(text)")
            #expect(text.contains("undo-write-back") == writes)
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
            if case .prove(let look, _) = effect { return look }
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

    @Test func `of courses of which some are held the others are held, and then all released`() async throws {
        try await onNight(hasEngine: true, isProduction: false) { model, night in
            let open = Night.courses.filter { $0.state != .migrated }.map(\.key)
            try await night.ledger.hold([open[0]], true, by: "jon")
            try await model.press("*", on: night)
            guard case .hold(let courses, true)? = try await model.press("c", .tab, .enter, on: night).first else {
                Issue.record("nothing was held")
                return
            }
            #expect(Set(courses) == Set(open.dropFirst()), "what is held already, and what has cut over, is left alone")
            try await night.ledger.hold(courses, true, by: "mira")
            try await model.load(from: night)
            guard case .hold(let all, false)? = try await model.press("c", .tab, .enter, on: night).first else {
                Issue.record("nothing was released")
                return
            }
            #expect(Set(all) == Set(open))
        }
    }

    @Test func `a course that will be held says so before its run has come there`() async throws {
        try await onNight(hasEngine: true) { model, night in
            let running = try #require(Night.courses.first { $0.state == .running }).key
            try await night.ledger.hold([running], true, by: "jon")
            model.course.id = nil
            model.filter = "CS101"
            try await model.load(from: night)
            let text = Screen.render(model).text
            #expect(text.contains("hold") && text.contains("will be held"))
            #expect(text.contains("is held by jon: c releases it"))
        }
    }

    @Test func `while an engine starts it cannot be steered, and no second one is started`() async throws {
        try await onNight(hasEngine: false, isProduction: false) { model, night in
            let started = try await model.press("r", .tab, .enter, on: night)
            guard case .launch(let request)? = started.first else {
                Issue.record("\(started)")
                return
            }
            for key in ["p", "+", "D", "!", "L"] as [Key] {
                let effects = try await model.press(key, on: night)
                #expect(effects == [.bell])
                #expect(model.notices.last?.text == "an engine is starting: wait until it shows itself")
            }
            let effects = try await model.press("r", .tab, .enter, on: night)
            #expect(effects.isEmpty)
            model.update(.ended(EngineEnd(launch: request, status: RunExit.ledgerBusy.rawValue, words: "mallow: held")))
            #expect(model.notices.last?.text.hasPrefix("your run did not begin: another engine") == true)
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
            guard case .prove(let again, _)? = effects.first, effects.count == 1 else {
                Issue.record("\(effects)")
                return
            }
            model.update(.proven(again, .proven(Night.checks, at: Night.now.addingTimeInterval(61))))
            let started = model.update(.terminal(.key(.enter)))
            #expect(started.count == 1, "Go was chosen, and all of it passed")
        }
    }

    @Test func `Go is to be chosen again when a proof made anew has found something`() async throws {
        try await onNight(hasEngine: false, isProduction: false) { model, night in
            let look = try await question(&model, on: night)
            model.update(.proven(look, .proven(Night.checks, at: Night.now)))
            model.update(.tick(Night.now.addingTimeInterval(61)))
            let effects = [Key.tab, .enter].flatMap { model.update(.terminal(.key($0))) }
            guard case .prove(let again, _)? = effects.first else {
                Issue.record("\(effects)")
                return
            }
            let found =
                Night.checks + [
                    PreflightCheck(
                        name: "clock", measured: "5 s behind", verdict: .attention, advice: "set it", seconds: 0)
                ]
            model.update(.proven(again, .proven(found, at: Night.now.addingTimeInterval(61))))
            let started = model.update(.terminal(.key(.enter)))
            #expect(started.isEmpty)
        }
    }

    @Test func `a run begins with as many videos at once as the last one had, and the question says so`() async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder, choices: ["--limit-puts=5.0", "--no-write-back"])
            try await night.log.record([.concurrency(5), .runEnded(.interrupted, reason: "mira asked it to drain")])
            try await night.log.close()
            var model = Model.test(100, 30, isProduction: false)
            try await model.load(from: night)
            try await model.press("r", on: night)
            guard case .confirmation(let confirmation)? = model.layer, case .launch(let request) = confirmation.effect
            else {
                Issue.record("no question")
                return
            }
            #expect(request.concurrency == 5)
            #expect(confirmation.will.contains { $0.contains("at most 5 at once as in run 1") })
            #expect(confirmation.will.contains("as in run 1: --limit-puts=5.0 --no-write-back"))
            #expect(model.place.arguments(request).contains("--limit-puts=5.0"))
            #expect(model.place.proof(of: request).contains("--no-write-back"))
            #expect(!model.place.proof(of: LaunchRequest(work: .list)).contains("--no-write-back"))
            #expect(confirmation.commandLine?.contains("--concurrency 5") == true)
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

    @Test func `while an engine runs no second one is started`() async throws {
        try await onNight(hasEngine: true, isProduction: false) { model, night in
            let effects = try await model.press("r", .tab, .enter, on: night)
            #expect(effects.isEmpty)
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

    @Test(arguments: [
        ("s3://prod/media?region=x", "prod/media"), ("file:/srv/objects", "objects"), ("file:objects", "objects"),
    ])
    func `a target is typed by a name that tells stores apart`(_ store: String, _ target: String) {
        let place = Place(
            .production, source: "s", store: store, catalog: "c", ledger: "it's", concurrency: 32, operator: "o")
        #expect(place.target == target)
        #expect(place.commandLine(LaunchRequest(work: .list)).hasSuffix("--ledger 'it'\\''s'"))
    }
}
