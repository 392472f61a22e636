// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@testable import Migration

/// A store that asked to be left alone is.
@Suite struct RestTests {
    private let clock = WaitedClock()
    private let log = MemoryLog(now: { Date(timeIntervalSince1970: 0) })
    private let control = RunControl(concurrency: 4, errorBudget: 0)
    private let rest: Rest

    init() {
        rest = Rest(control: control, journal: Journal(log: log), surroundings: clock.surroundings)
        control.begin(.running) { _ in }
    }

    private static func refusal(_ seconds: Double?, at time: Double) -> CallAnswer {
        let failure = Failure(
            .throttled, "put object", at: "a key", cause: "503 SlowDown", advice: "none", retryAfter: seconds)
        return CallAnswer(place: .store, isMeasured: true, error: failure, began: time, ended: time)
    }

    /// Lets one in, as soon as the gate lets it, while somebody watches the rest.
    private func enter() async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool?.self) { group in
            group.addTask {
                try await rest.watch()
                return nil
            }
            group.addTask { await control.admission.enter() }
            defer { group.cancelAll() }
            while let entered = try await group.next() {
                if let entered { return entered }
            }
            return false
        }
    }

    private var states: [String] {
        log.contents.checkpoints.compactMap { checkpoint in
            if case .runState(let state, let reason) = checkpoint { "\(state.rawValue): \(reason)" } else { nil }
        }
    }

    @Test func `nobody is let in for as long as the store asked, and then everybody`() async throws {
        rest.hear(Self.refusal(7, at: 100))
        #expect(control.admission.isClosed)
        #expect(try await enter())
        #expect(clock.waits.withLock { $0 } == [7])
        #expect(!control.admission.isClosed)
        let reason = "waits and resumes by itself: the object store asked to be left alone until 00:01:47 UTC"
        #expect(states == ["paused: \(reason)", "running: "])
    }

    @Test func `a store that says nothing of it is not left alone`() {
        rest.hear(Self.refusal(nil, at: 100))
        rest.hear(Self.refusal(0, at: 100))
        rest.hear(CallAnswer(place: .store, isMeasured: true, error: nil, began: 100, ended: 100))
        #expect(!control.admission.isClosed)
        #expect(states.isEmpty)
    }

    @Test func `of two wishes the later end counts, even when it is heard while the first is waited for`() async throws
    {
        rest.hear(Self.refusal(10, at: 100))
        rest.hear(Self.refusal(2, at: 101))
        clock.meanwhile.withLock { $0 = { [rest] _ in rest.hear(Self.refusal(12, at: 104)) } }
        #expect(try await enter())
        #expect(clock.waits.withLock { $0 } == [10, 6])
        #expect(states.count == 3)
    }

    @Test func `no store keeps a run waiting for longer than five minutes at a time`() async throws {
        rest.hear(Self.refusal(86_400, at: 100))
        #expect(try await enter())
        #expect(clock.waits.withLock { $0 } == [300])
    }

    @Test func `an operator's own pause outlasts it`() async throws {
        control.pause(for: .paused, reason: "paused by a test") { _ in }
        rest.hear(Self.refusal(7, at: 100))
        let watching = Task { try await rest.watch() }
        defer { watching.cancel() }
        clock.meanwhile.withLock { $0 = { [control] _ in control.resume(after: .paused) { _ in } } }
        #expect(try await enter())
        #expect(clock.time.withLock { $0 } >= 107)
    }
}
