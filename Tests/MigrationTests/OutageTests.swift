// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@testable import Migration

/// What a run does while its object store is out.
@Suite struct OutageTests {
    /// A place that goes out when a number of one kind of effect has been reached, for a while of simulated time.
    private final class Weather: Sendable {
        static let source: Set = ["outline", "assets", "content", "source asked"]
        static let store: Set = ["put", "head", "delete", "get"]
        static let catalog: Set = [
            "rows", "rows with keys", "commit", "flag", "flag on", "failed task", "resolve failed tasks",
        ]

        private let world: MemoryWorld
        private let trigger: String
        private let number: Int
        private let seconds: Double
        private let last: FaultKind
        private let effects: Set<String>
        private let state = Mutex((seen: 0, until: Date?.none))

        /// - Parameters:
        ///   - last: how the effect goes with which it begins.
        ///   - effects: all that fail while it lasts.
        init(
            _ world: MemoryWorld, at number: Int, _ trigger: String, _ last: FaultKind, of effects: Set<String> = store,
            seconds: Double = 600
        ) {
            (self.world, self.trigger, self.number, self.last) = (world, trigger, number, last)
            (self.effects, self.seconds) = (effects, seconds)
        }

        var isOut: Bool { state.withLock { $0.until.map { world.now < $0 } ?? false } }

        func fault(_ what: String) -> FaultKind? {
            state.withLock { state in
                if what == trigger { state.seen += 1 }
                if what == trigger, state.seen == number, state.until == nil {
                    state.until = world.now.addingTimeInterval(seconds)
                    return last
                }
                guard let until = state.until, world.now < until, effects.contains(what) else { return nil }
                // Requests that fail at once, and some that arrive though nobody hears of it.
                return what == "put" || what == "commit" ? .late : .errorBefore
            }
        }

        var schedule: FaultSchedule { FaultSchedule { _, what in self.fault(what) } }
    }

    /// But for the wait at the end until no lost object can arrive any more.
    private static func runStates(_ world: MemoryWorld) -> [(RunState, String)] {
        world.log.contents.checkpoints.compactMap { checkpoint in
            guard case .runState(let state, let reason) = checkpoint, !reason.hasPrefix("waits until") else {
                return nil
            }
            return (state, reason)
        }
    }

    private static func mostRetries(_ world: MemoryWorld) -> Int {
        world.log.contents.checkpoints.map { checkpoint in
            if case .courseState(_, _, _, let retries, _) = checkpoint { retries } else { 0 }
        }.max() ?? 0
    }

    private static func verified(_ world: MemoryWorld) -> Int {
        world.log.contents.videos.values.joined().count { $0.value.state == .verified }
    }

    /// Twelve courses of ten videos, migrated without a retry and with every law kept.
    private static func expectAllOfIt(
        _ world: MemoryWorld, _ before: StoreContents, _ expected: [CourseKey: [ExpectedVideo]],
        _ schedule: FaultSchedule
    ) {
        let laws = Laws(before: before, courses: expected, intents: world.intents)
        #expect(laws.violations(in: world.contents, isFinished: true, open: world.openIntents).isEmpty)
        #expect(schedule.breaches.isEmpty)
        #expect(verified(world) == 120)
        #expect(mostRetries(world) == 0)
        #expect(world.catalog.failedTasks.isEmpty)
        #expect(world.log.contents.endings == [.completed])
    }

    /// In the middle of the PUTs; at the COMMIT, so that rollbacks stay unproven; and where its reply is lost.
    @Test(arguments: [("put", FaultKind.errorBefore), ("put", .replyLost), ("commit", .serverError), ("commit", .late)])
    func `an outage of ten minutes costs ten minutes, and the one in which a lost object may arrive`(
        _ trigger: String, _ last: FaultKind
    ) async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let (courses, expected) = SimulatedCourses.fleet(12, videos: 10)
            let world = MemoryWorld(courses)
            let before = world.contents
            let (start, weather) = (world.now, Weather(world, at: 40, trigger, last))
            let schedule = weather.schedule
            try await Simulation(world, schedule).live()

            Self.expectAllOfIt(world, before, expected, schedule)

            let states = Self.runStates(world)
            #expect(states.map(\.0) == [.planning, .running, .paused, .running])
            let reason = states[2].1
            #expect(reason.hasPrefix("waits for the object store and resumes by itself"))
            #expect(reason.contains("nothing has gone through since 02:"))
            #expect(reason.contains("a planned fault"), "its last words")
            #expect((600...620 + world.longestDelay).contains(world.now.timeIntervalSince(start)))
            #expect(world.openIntents.isEmpty)
        }
    }

    /// At its first look, in the middle of reading, at a COMMIT that fails or whose reply is lost, and at the flag.
    @Test(arguments: [
        (1, "rows", FaultKind.errorBefore), (50, "rows", .errorBefore), (40, "commit", .errorBefore),
        (40, "commit", .replyLost), (1, "flag on", .replyLost),
    ])
    func `an outage of the catalog costs no more than itself`(
        _ number: Int, _ trigger: String, _ last: FaultKind
    ) async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let (courses, expected) = SimulatedCourses.fleet(12, videos: 10)
            let world = MemoryWorld(courses)
            let before = world.contents
            let (start, weather) = (world.now, Weather(world, at: number, trigger, last, of: Weather.catalog))
            let schedule = weather.schedule
            try await Simulation(world, schedule).live()

            Self.expectAllOfIt(world, before, expected, schedule)
            let pauses = Self.runStates(world).filter { $0.0 == .paused }
            #expect(pauses.count == 1)
            #expect(pauses.first?.1.hasPrefix("waits for the video catalog and resumes by itself") == true)
            #expect((600...640).contains(world.now.timeIntervalSince(start)))
        }
    }

    /// When courses are listed, their assets looked for, transcripts read.
    @Test(arguments: ["outline", "assets", "content"])
    func `an outage of the contentstore costs no more than itself`(_ trigger: String) async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let (courses, expected) = SimulatedCourses.fleet(12, videos: 10)
            let world = MemoryWorld(courses)
            let before = world.contents
            let (start, weather) = (world.now, Weather(world, at: 5, trigger, .errorBefore, of: Weather.source))
            let schedule = weather.schedule
            try await Simulation(world, schedule).live()

            Self.expectAllOfIt(world, before, expected, schedule)
            let pauses = Self.runStates(world).filter { $0.0 == .paused }
            #expect(pauses.count == 1)
            #expect(pauses.first?.1.hasPrefix("waits for the contentstore and resumes by itself") == true)
            #expect((600...640).contains(world.now.timeIntervalSince(start)))
        }
    }

    /// Each ends on its own: the one that is over must not open the gate that the other keeps closed.
    @Test func `a store and a catalog that are out together are both waited for`() async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let (courses, expected) = SimulatedCourses.fleet(12, videos: 10)
            let world = MemoryWorld(courses)
            let before = world.contents
            let start = world.now
            let store = Weather(world, at: 20, "commit", .errorBefore, seconds: 300)
            let catalog = Weather(world, at: 20, "commit", .errorBefore, of: Weather.catalog, seconds: 900)
            let schedule = FaultSchedule { _, what in
                let (inStore, inCatalog) = (store.fault(what), catalog.fault(what))
                return inStore ?? inCatalog
            }
            try await Simulation(world, schedule).live()

            Self.expectAllOfIt(world, before, expected, schedule)
            #expect((900...960).contains(world.now.timeIntervalSince(start)))
        }
    }

    @Test func `a run that drains during an outage ends at once, and the next one settles what it left`() async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let (courses, expected) = SimulatedCourses.fleet(12, videos: 10)
            let world = MemoryWorld(courses)
            let before = world.contents
            let weather = Weather(world, at: 90, "put", .serverError)
            let start = world.now
            try await Simulation(
                world, weather.schedule,
                meanwhile: { control, _ in
                    if world.now.timeIntervalSince(start) > 60 { control.drain(.interrupted, reason: "asked") }
                }
            ).live()
            #expect(weather.isOut)
            #expect(world.log.contents.endings == [.interrupted])
            #expect(world.now.timeIntervalSince(start) < 120)
            #expect((1...2 * 32).contains(world.openIntents.count), "no more than the videos that were in flight")
            let laws = Laws(before: before, courses: expected, intents: world.intents)
            #expect(laws.violations(in: world.contents, isFinished: false, open: world.openIntents).isEmpty)
            #expect(Set(world.log.contents.courses.values).isSubset(of: [.queued, .migrated]))
            #expect(Self.runStates(world).last?.0 == .draining)
            let notices = world.log.contents.checkpoints.compactMap { checkpoint in
                if case .notice(_, _, let text) = checkpoint { text } else { nil }
            }
            #expect(
                notices.last == "the object store is out: the next run or a recovery of this one settles what is open")

            world.advance(by: 2000)
            try await Simulation(world).live(2)
            let later = laws.knowing(world.intents)
            #expect(later.violations(in: world.contents, isFinished: true).isEmpty)
            // What might still have arrived is looked at once more.
            world.advance(by: 1000)
            try await Simulation(world).live(3)
            #expect(world.openIntents.isEmpty)
        }
    }

    @Test func `what an earlier run left is settled when the store answers, before anything is begun`() async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let world = MemoryWorld(SimulatedCourses.oneVideo())
            try await Simulation(world, FaultSchedule { _, what in what == "commit" ? .crashBefore : nil }).live()
            #expect(world.store.objects.count == 3)
            world.advance(by: 1000)
            try await Simulation(world, Weather(world, at: 1, "head", .errorBefore).schedule).live(2)
            let laws = Laws(
                before: StoreContents(), courses: SimulatedCourses.expectedOfOneVideo(), intents: world.intents)
            #expect(laws.violations(in: world.contents, isFinished: true).isEmpty)
            #expect(Self.runStates(world).suffix(4).map(\.0) == [.planning, .paused, .planning, .running])
            #expect(Self.mostRetries(world) == 0)
        }
    }

    @Test func `a store that answers within five seconds is retried as ever`() async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let (courses, expected) = SimulatedCourses.fleet(4, videos: 5)
            let world = MemoryWorld(courses)
            let before = world.contents
            try await Simulation(world, Weather(world, at: 10, "put", .errorBefore, seconds: 3).schedule).live()
            let laws = Laws(before: before, courses: expected, intents: world.intents)
            #expect(laws.violations(in: world.contents, isFinished: true, open: world.openIntents).isEmpty)
            #expect(Self.runStates(world).map(\.0) == [.planning, .running])
            #expect(Self.mostRetries(world) == 1)
        }
    }

    @Test(arguments: [FaultKind.wrongBytes, .alreadyExists])
    func `a store that refuses is not out`(_ kind: FaultKind) async throws {
        let world = MemoryWorld(SimulatedCourses.fleet(4, videos: 5).0)
        try await Simulation(world, FaultSchedule { _, what in what == "put" ? kind : nil }).live()
        #expect(Self.runStates(world).map(\.0) == [.planning, .running])
        #expect(Set(world.log.contents.courses.values).isSubset(of: [.failed, .held]))
    }

    // MARK: - Two who pause

    @Test func `an operator's pause outlasts the outage in which it was asked`() async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let (courses, expected) = SimulatedCourses.fleet(12, videos: 10)
            let world = MemoryWorld(courses)
            let before = world.contents
            let (start, weather) = (world.now, Weather(world, at: 40, "commit", .serverError))
            let steering = Mutex<RunControl?>(nil)
            let simulation = Simulation(
                world, weather.schedule,
                meanwhile: { control, log in
                    if world.now.timeIntervalSince(start) > 60, control.wait(for: .paused) == nil, weather.isOut {
                        control.pause(for: .paused, reason: "paused by mira; resume to go on") { log.note([$0]) }
                    }
                }
            )
            async let life: Void = simulation.live { control in steering.withLock { $0 = control } }
            while steering.withLock({ $0 })?.wait(for: .paused) == nil { await Task.yield() }
            let control = try #require(steering.withLock { $0 })
            while control.wait(for: .storeOutage) != nil || control.admission.inFlight > 0 { await Task.yield() }
            for _ in 0..<1000 { await Task.yield() }
            #expect(!weather.isOut)
            #expect(control.admission.isClosed && control.admission.inFlight == 0)
            #expect(Self.verified(world) < 120)

            control.resume(after: .paused) { world.log.note([$0]) }
            try await life
            let laws = Laws(before: before, courses: expected, intents: world.intents)
            #expect(laws.violations(in: world.contents, isFinished: true, open: world.openIntents).isEmpty)
            #expect(Self.verified(world) == 120)
            #expect(Self.mostRetries(world) == 0)
            // The engine's own notes are behind those of this test by one write.
            let states = Self.runStates(world).filter { $0.0 == .paused }.map(\.1)
            #expect(states.count == 2 && states.last == "paused by mira; resume to go on")
        }
    }
}
