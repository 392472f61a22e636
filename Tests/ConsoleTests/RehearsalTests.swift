// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import MigrationModel
import TestDoubles
import Testing

@testable import Ledger

/// A production run that wants rehearsals, and a console that is on one.
@Suite struct RehearsalTests {
    private let reason = "a platform of our own"

    /// A console on the night's ledger after its run, with so many completed rehearsals in it.
    private func onProduction(
        _ size: Size = Size(100, 30), rehearsals: Int, _ ending: RunEnding = .completed, source: String = "olx:exports",
        format: FormatPolicy = .keep, choices: [String] = [], configured prefix: String = "video-transcripts/",
        _ body: (inout Model, Night) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder, choices: choices)
            try await night.log.record([.runEnded(ending, reason: "")])
            try await night.log.close()
            for number in 0..<rehearsals {
                _ = try await night.ledger.keep(
                    CompletedRehearsal(
                        ledger: "night.rehearsal-\(number + 1).ledger", source: source, store: "", catalog: "",
                        actor: "mira", began: 0, ended: 0, seconds: 0, courses: 1, videos: 1, transcripts: 1,
                        retries: 0, rollbacks: 0,
                        manner: Manner(format: format, prefix: "video-transcripts/", declaredOnly: false).description))
            }
            var model = Model.test(size.width, size.height, wantedRehearsals: 2, prefix: prefix)
            try await model.load(from: night)
            try await body(&model, night)
        }
    }

    @Test(arguments: [0, 1])
    func `a run that was not rehearsed is not asked about before somebody says why`(_ rehearsals: Int) async throws {
        try await onProduction(rehearsals: rehearsals) { model, night in
            try await model.press("r", on: night)
            guard case .unrehearsed(let unrehearsed)? = model.layer else {
                Issue.record("\(String(describing: model.layer))")
                return
            }
            #expect(unrehearsed.rehearsals == rehearsals)
            let screen = Screen.render(model).text
            #expect(screen.contains("\(rehearsals) of 2 completed rehearsals of olx:exports"))
            #expect(screen.contains("mallow --rehearsal"))
            try await model.type("ok", on: night)
            let early = try await model.press(.enter, on: night)
            #expect(early == [.bell])
            #expect(Screen.render(model).text.contains("\"ok\" is too short"))
            #expect(model.layers.count == 1, "two letters are no reason")
            let cancelled = try await model.press(.escape, on: night)
            #expect(cancelled.isEmpty && model.layers.isEmpty)
        }
    }

    @Test func `the reason stands in the run's question, in its command line and in what is started`() async throws {
        try await onProduction(rehearsals: 1) { model, night in
            try await model.press("r", on: night)
            try await model.type("  a platform  of our own ", on: night)
            try await model.press(.enter, on: night)
            guard case .confirmation(let confirmation)? = model.layer, case .launch(let request) = confirmation.effect
            else {
                Issue.record("no question")
                return
            }
            #expect(!confirmation.isOnGo, "focus rests on Cancel")
            #expect(confirmation.will.contains { $0.contains("after 1 of 2 rehearsals") && $0.hasSuffix(reason) })
            #expect(request.withoutRehearsals == reason)
            #expect(confirmation.commandLine?.contains("'--without-rehearsals=\(reason)'") == true)
            let untyped = try await model.press(.tab, .enter, on: night)
            #expect(untyped.isEmpty, "the courses and the target are still typed")
            try await model.type("1 objects", on: night)
            let effects = try await model.press(.enter, on: night)
            #expect(effects == [.launch(request)])
            #expect(model.place.arguments(request).contains("--without-rehearsals=\(reason)"))
        }
    }

    @Test func `two rehearsals of this very source need no word`() async throws {
        try await onProduction(rehearsals: 2) { model, night in
            try await model.press("r", on: night)
            guard case .confirmation(let confirmation)? = model.layer, case .launch(let request) = confirmation.effect
            else {
                Issue.record("no question")
                return
            }
            #expect(request.withoutRehearsals == nil)
        }
        try await onProduction(rehearsals: 2, source: "olx:elsewhere") { model, night in
            try await model.press("r", on: night)
            guard case .unrehearsed? = model.layer else {
                Issue.record("they were rehearsals of other courses")
                return
            }
        }
        try await onProduction(rehearsals: 2, format: .sjson) { model, night in
            try await model.press("r", on: night)
            guard case .unrehearsed? = model.layer else {
                Issue.record("they wrote otherwise than this run would")
                return
            }
        }
    }

    @Test(arguments: [
        (choices: [String](), configured: "moved/", areEnough: false),
        (choices: ["--format=sjson"], configured: "video-transcripts/", areEnough: false),
        (choices: ["--prefix=moved/", "--prefix=video-transcripts/"], configured: "moved/", areEnough: true),
        (choices: ["--prefix=video-transcripts/"], configured: "moved/", areEnough: true),
        (choices: ["--prefix=moved/"], configured: "video-transcripts/", areEnough: false),
        (choices: ["--declared-only"], configured: "video-transcripts/", areEnough: false),
    ])
    func `rehearsals count that wrote as this run would, by what was chosen and what is configured now`(
        _ choices: [String], _ prefix: String, _ areEnough: Bool
    ) async throws {
        try await onProduction(rehearsals: 2, choices: choices, configured: prefix) { model, night in
            try await model.press("r", on: night)
            switch model.layer {
            case .confirmation?: #expect(areEnough)
            case .unrehearsed?: #expect(!areEnough)
            default: Issue.record("\(String(describing: model.layer))")
            }
        }
    }

    @Test func `rehearsals that wrote another format count for a run that was asked for that format`() async throws {
        try await onProduction(rehearsals: 2, format: .sjson, choices: ["--format=sjson"]) { model, night in
            try await model.press("r", on: night)
            guard case .confirmation? = model.layer else {
                Issue.record("they wrote SJSON, as this run will")
                return
            }
        }
    }

    @Test func `to go on with a run that had begun is no new decision`() async throws {
        try await onProduction(rehearsals: 0, .interrupted) { model, night in
            try await model.press("r", on: night)
            guard case .confirmation(let confirmation)? = model.layer, case .launch(let request) = confirmation.effect
            else {
                Issue.record("\(String(describing: model.layer))")
                return
            }
            #expect(request.withoutRehearsals == nil)
            #expect(!confirmation.will.contains { $0.contains("rehearsals") })
            try await model.press(.escape, "*", "r", on: night)
            guard case .unrehearsed? = model.layer else {
                Issue.record("all courses are more than what was left of it")
                return
            }
        }
    }

    @Test func `what cannot be begun anyway is not asked a reason for`() async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            var model = Model.test(100, 30, wantedRehearsals: 2)
            try await model.load(from: night)
            try await model.press("r", on: night)
            guard case .confirmation(let confirmation)? = model.layer else {
                Issue.record("no question")
                return
            }
            #expect(!confirmation.blockers.isEmpty)
            try await night.log.close()
        }
    }

    @Test(arguments: ScreenTests.sizes)
    func `the question for a reason, and the run's question with it, at every size`(_ width: Int, _ height: Int)
        async throws
    {
        try await onProduction(Size(width, height), rehearsals: 0) { model, night in
            try await model.press("r", on: night)
            try await model.type(reason, on: night)
            try expectSnapshot(Screen.render(model), "unrehearsed-\(width)x\(height)")
            try await model.press(.enter, on: night)
            try expectSnapshot(Screen.render(model), "run-unrehearsed-\(width)x\(height)")
        }
    }

    // MARK: - On a rehearsal

    @Test(arguments: ScreenTests.sizes)
    func `a rehearsal is told from production on every screen`(_ width: Int, _ height: Int) async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            var model = Model.test(width, height, kind: .rehearsal)
            try await model.load(from: night)
            let grid = Screen.render(model)
            try expectSnapshot(grid, "rehearsal-\(width)x\(height)")
            #expect(width < 12 || grid.text.split(separator: "\n")[0].hasPrefix(" REHEARSAL "))
            #expect(!grid.text.contains("PROD "))
            try await night.log.close()
        }
    }

    @Test func `an engine of a rehearsal is told no place to write to`() throws {
        let place = Place(
            .rehearsal, source: "olx:exports", store: "file:staging", catalog: "sqlite:staging.sqlite",
            ledger: "/l/mallow.rehearsal-1.ledger", configuration: "/l/mallow.yaml", concurrency: 32, operator: "mira")
        let key = try CourseKey("course-v1:A+B+C")
        for arguments in [
            place.arguments(LaunchRequest(work: .courses([key]))), place.arguments(LaunchRequest(work: .list)),
            place.arguments(
                InspectionRequest(video: VideoReference(course: key, block: UsageKey(unchecked: "b")))),
            place.proof(of: LaunchRequest(work: .courses([key]))),
        ] {
            #expect(arguments.contains("--rehearsal"))
            #expect(!arguments.contains("--store") && !arguments.contains("--catalog"))
            #expect(arguments.suffix(4) == ["--ledger", "/l/mallow.rehearsal-1.ledger", "--config", "/l/mallow.yaml"])
        }
        #expect(
            place.comingBack
                == "mallow --rehearsal --ledger '/l/mallow.rehearsal-1.ledger' --config '/l/mallow.yaml'")
        let production = Place(
            .production, source: "olx:exports", store: nil, catalog: nil, ledger: "/l/night.ledger",
            configuration: "/l/mallow.yaml", concurrency: 32, operator: "mira")
        #expect(
            production.rehearsing
                == "mallow --rehearsal --source 'olx:exports' --ledger '/l/night.ledger' --config '/l/mallow.yaml'")
    }

    @Test func `what a rehearsal counts for is told when its engine ends`() async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            try await night.log.close()
            var model = Model.test(100, 30, kind: .rehearsal)
            try await model.load(from: night)
            let request = LaunchRequest(work: .courses([]))
            model.update(.ended(EngineEnd(launch: request, status: 0, words: "rehearsal 1 of 2 is complete")))
            #expect(model.notices.last?.text == "rehearsal 1 of 2 is complete")
        }
    }
}
