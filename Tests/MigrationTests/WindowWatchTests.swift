// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@testable import Migration

/// Videos start in the window, and only if they can be done before it shuts.
@Suite struct WindowWatchTests {
    private let clock = WaitedClock()
    private let log = MemoryLog(now: { Date(timeIntervalSince1970: 0) })
    private let control = RunControl(concurrency: 4, errorBudget: 0)

    init() { control.begin(.running) { _ in } }

    /// Midnight to two by a clock that begins at midnight of a Thursday.
    private func watch(waits: Bool) throws -> WindowWatch {
        WindowWatch(
            RunWindow(try Window(hours: "00:00-02:00", zone: "UTC"), waits: waits), control: control,
            journal: Journal(log: log), surroundings: clock.surroundings)
    }

    private func show(_ seconds: Double, to watch: WindowWatch) {
        clock.time.withLock { $0 = seconds }
        watch.look()
    }

    private var states: [String] {
        log.contents.checkpoints.compactMap { checkpoint in
            if case .runState(let state, let reason) = checkpoint { "\(state.rawValue): \(reason)" } else { nil }
        }
    }

    private let shut = "waiting for window: opens Fri 2 Jan 00:00 UTC, then goes on by itself"

    @Test func `the gate is closed when the window is, and opens with it`() throws {
        let watch = try watch(waits: true)
        show(3600, to: watch)
        #expect(!control.admission.isClosed)
        show(7200, to: watch)
        show(80_000, to: watch)
        #expect(control.admission.isClosed)
        show(86_400, to: watch)
        #expect(!control.admission.isClosed)
        #expect(states == [shut, "running: "])
    }

    @Test func `nothing starts that could not finish, by what 95 of 100 took`() throws {
        let watch = try watch(waits: true)
        // The 95th of 100 is one of the slow ones.
        for second in 1...95 { watch.hear(Double(second)) }
        for _ in 0..<5 { watch.hear(5000) }
        show(7200 - 5002, to: watch)
        #expect(!control.admission.isClosed)
        show(7200 - 5001, to: watch)
        #expect(control.admission.isClosed)
    }

    @Test func `a few slow ones do not shut it early`() throws {
        let watch = try watch(waits: true)
        for _ in 0..<96 { watch.hear(20) }
        for _ in 0..<4 { watch.hear(5000) }
        show(7200 - 22, to: watch)
        #expect(!control.admission.isClosed)
        show(7200 - 21, to: watch)
        #expect(control.admission.isClosed)
        #expect(states == [shut])
    }

    @Test func `as long as few were timed the slowest of them counts`() throws {
        let watch = try watch(waits: true)
        show(7200 - WindowWatch.firstGuess - 2, to: watch)
        #expect(!control.admission.isClosed)
        watch.hear(300)
        watch.look()
        #expect(control.admission.isClosed)
    }

    @Test func `the newest videos count, and not those of hours ago`() throws {
        let watch = try watch(waits: true)
        for _ in 0..<1000 { watch.hear(3000) }
        for _ in 0..<1000 { watch.hear(2) }
        show(7200 - 60, to: watch)
        #expect(!control.admission.isClosed)
    }

    @Test func `a clock that jumps back opens it again only where there is plenty of time`() throws {
        let watch = try watch(waits: true)
        for _ in 0..<100 { watch.hear(50) }
        show(7200 - 51, to: watch)
        #expect(control.admission.isClosed)
        show(7200 - 100, to: watch)
        #expect(control.admission.isClosed, "the same window, a few seconds earlier")
        show(3600, to: watch)
        #expect(!control.admission.isClosed)
        show(-3600, to: watch)
        #expect(control.admission.isClosed, "an hour before midnight")
        #expect(states.last == "waiting for window: opens Thu 1 Jan 00:00 UTC, then goes on by itself")
    }

    @Test func `a run that was not asked to wait drains, and says when it may go on`() throws {
        let watch = try watch(waits: false)
        show(7300, to: watch)
        let (ending, reason) = try #require(control.ending)
        #expect(ending == .windowClosed)
        #expect(reason == "the window shuts; it opens again Fri 2 Jan 00:00 UTC")
        show(86_400, to: watch)
        #expect(control.isDraining, "it has ended")
    }

    @Test func `an operator's pause outlives a window that opens, and a window one that is resumed`() throws {
        let watch = try watch(waits: true)
        show(7300, to: watch)
        control.pause(for: .paused, reason: "paused by mira") { log.note([$0]) }
        show(86_400, to: watch)
        #expect(control.admission.isClosed)
        show(86_400 + 7300, to: watch)
        control.resume(after: .paused) { log.note([$0]) }
        #expect(control.admission.isClosed)
        #expect(states.last?.hasPrefix("waiting for window") == true)
    }

    // MARK: - Whole runs

    /// An hour from the world's beginning on, every day.
    private static func hour(of world: MemoryWorld) throws -> Window {
        func clock(_ date: Date) -> String {
            date.formatted(Date.ISO8601FormatStyle().time(includingFractionalSeconds: false)).prefix(5).description
        }
        return try Window(hours: "\(clock(world.now))-\(clock(world.now.addingTimeInterval(3600)))", zone: "UTC")
    }

    /// Lets every PUT take a minute, and counts those that begin while the window is shut.
    private static func slow(_ world: MemoryWorld, _ window: Window, late: CountUp) -> FaultSchedule {
        FaultSchedule { _, what in
            guard what == "put" else { return nil }
            if case .shut = window.standing(at: world.now) { late.next() }
            world.advance(by: 60)
            return nil
        }
    }

    private final class CountUp: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func next() { value.withLock { $0 += 1 } }
    }

    private static func waits(_ world: MemoryWorld) -> Int {
        world.log.contents.checkpoints.count { checkpoint in
            if case .runState(.waitingForWindow, _) = checkpoint { true } else { false }
        }
    }

    @Test func `the window shuts in the middle of a run, and the next ones finish it`() async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let (courses, expected) = SimulatedCourses.fleet(6, videos: 10)
            let world = MemoryWorld(courses)
            let before = world.contents
            let window = try Self.hour(of: world)
            let (start, late) = (world.now, CountUp())
            let options = RunOptions(concurrency: 4, window: RunWindow(window, waits: true))
            try await Simulation(world, Self.slow(world, window, late: late), options: options).live()
            #expect(world.log.contents.endings == [.completed])
            #expect(Set(world.log.contents.courses.values) == [.migrated])
            // 120 PUTs of a minute each, an hour a day.
            #expect(Self.waits(world) >= 1)
            #expect(world.now.timeIntervalSince(start) > 86_400)
            #expect(late.count <= 4 * 2, "only what was in flight goes on after the end")
            let laws = Laws(before: before, courses: expected, intents: world.intents)
            #expect(laws.violations(in: world.contents, isFinished: true).isEmpty)
        }
    }

    @Test func `a run that does not wait ends with its window, and a later one goes on where it was`() async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let (courses, expected) = SimulatedCourses.fleet(6, videos: 10)
            let world = MemoryWorld(courses)
            let before = world.contents
            let window = try Self.hour(of: world)
            let (late, options) = (CountUp(), RunOptions(concurrency: 4, window: RunWindow(window, waits: false)))
            try await Simulation(world, Self.slow(world, window, late: late), options: options).live()
            #expect(world.log.contents.endings == [.windowClosed])
            #expect(world.openIntents.isEmpty)
            #expect(Set(world.log.contents.courses.values).isSubset(of: [.queued, .migrated]))
            #expect(world.log.contents.courses.values.contains(.queued))
            let laws = Laws(before: before, courses: expected, intents: world.intents)
            #expect(laws.violations(in: world.contents, isFinished: false, open: []).isEmpty)
            for run in 2...9 where Set(world.log.contents.courses.values) != [.migrated] {
                // It may have ended minutes before the window's end, when nothing could have been finished in them.
                if case .open(let end?) = window.standing(at: world.now) {
                    world.advance(by: end.timeIntervalSince(world.now))
                }
                let opening = try #require(window.opening(after: world.now))
                world.advance(by: opening.timeIntervalSince(world.now))
                try await Simulation(world, Self.slow(world, window, late: late), options: options).live(Int64(run))
            }
            #expect(Set(world.log.contents.courses.values) == [.migrated])
            let later = laws.knowing(world.intents)
            #expect(later.violations(in: world.contents, isFinished: true).isEmpty)
        }
    }
}
