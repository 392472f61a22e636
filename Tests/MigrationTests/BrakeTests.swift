// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@testable import Migration

@Suite struct BrakeTests {
    /// One call, and how many may be in flight after it.
    struct Step: Sendable, CustomTestStringConvertible {
        let answer: CallAnswer
        let bound: Int?

        /// - Parameter failing: nil for a call that goes well.
        init(_ time: Double, _ failing: Failure.Class? = nil, _ bound: Int?) {
            let error = failing.map { Failure($0, "put object", at: "a key", cause: "503", advice: "none") }
            answer = CallAnswer(place: .store, isMeasured: false, error: error, began: time, ended: time)
            self.bound = bound
        }

        var testDescription: String { "\(answer.ended) \(answer.failure?.class.rawValue ?? "well") → \(bound ?? 32)" }
    }

    /// A put that goes well.
    static func put(_ seconds: Double, at time: Double) -> CallAnswer {
        CallAnswer(place: .store, isMeasured: true, error: nil, began: time - seconds, ended: time)
    }

    static let table: [[Step]] = [
        // Half at each trouble, at most every two seconds.
        [Step(0, .throttled, 16), Step(0.1, .throttled, 16), Step(1.9, .throttled, 16), Step(2, .throttled, 8)],
        // Never under one.
        [
            Step(0, .throttled, 16), Step(2, .throttled, 8), Step(4, .throttled, 4), Step(6, .throttled, 2),
            Step(8, .throttled, 1), Step(10, .throttled, 1), Step(11.5, nil, 2),
        ],
        // One more for a second without trouble, and only for a second in which something was done.
        [
            Step(0, .throttled, 16), Step(0.5, nil, 16), Step(1, nil, 17), Step(1.5, nil, 17), Step(2, nil, 18),
            Step(60, nil, 19), Step(60.5, .throttled, 9),
        ],
        // Trouble for which it does not fall still keeps it from rising.
        [Step(0, .throttled, 16), Step(1.5, .throttled, 16), Step(2.4, nil, 16), Step(2.5, nil, 17)],
        // What is no trouble of the store's.
        [Step(0, .transient, nil), Step(0, .ambiguous, nil), Step(0, .conflict, nil), Step(0, .auth, nil)],
    ]

    @Test(arguments: table)
    func `half of them at each trouble, one more for every quiet second`(_ steps: [Step]) {
        var brake = Brake()
        for step in steps {
            _ = brake.hear(step.answer, limit: 32)
            #expect(brake.bound == step.bound, "\(step.testDescription)")
        }
    }

    @Test func `it is released where it reaches the operator's limit, and says so`() {
        var brake = Brake()
        var news: [Checkpoint] = [0, 1, 2, 3, 4, 5].compactMap { time in
            brake.hear(Step(time, time == 0 ? .throttled : nil, nil).answer, limit: 4)
        }
        #expect(brake.bound == nil)
        let reason = "the store asked for less"
        #expect(news.removeFirst() == .braked(to: 2, reason: reason))
        #expect(news == [.braked(to: 3, reason: reason), .braked(to: nil, reason: "")])
    }

    @Test func `a bound is told no more than once a second`() {
        var brake = Brake()
        #expect(brake.hear(Step(0, .throttled, nil).answer, limit: 8) != nil)
        #expect(brake.hear(Step(1, nil, nil).answer, limit: 8) == .braked(to: 5, reason: brake.reason))
        #expect(brake.hear(Step(2, nil, nil).answer, limit: 8) == .braked(to: 6, reason: brake.reason))
        #expect(brake.hear(Step(2.1, .throttled, nil).answer, limit: 8) == nil)
        #expect(brake.bound == 3)
        #expect(brake.hear(Step(2.9, nil, nil).answer, limit: 8) == nil)
        #expect(brake.hear(Step(3, nil, nil).answer, limit: 8) == .braked(to: 3, reason: brake.reason))
    }

    // MARK: - Latency

    /// Puts that take the same time.
    struct Puts: Sendable {
        let count: Int
        let seconds: Double

        init(_ count: Int, _ seconds: Double) { (self.count, self.seconds) = (count, seconds) }
    }

    /// The brake after these puts, one every tenth of a second, with a limit of 32.
    private static func brake(after puts: [Puts]) -> Brake {
        var brake = Brake()
        let seconds = puts.flatMap { Array(repeating: $0.seconds, count: $0.count) }
        for (number, seconds) in seconds.enumerated() {
            _ = brake.hear(put(seconds, at: Double(number) / 10), limit: 32)
        }
        return brake
    }

    @Test func `puts that take far longer than they did brake`() {
        let brake = Self.brake(after: [Puts(32, 0.05), Puts(16, 1.2)])
        #expect(brake.bound == 16)
        #expect(brake.reason == "the store's puts take 1.2 s, 0.05 s at best")
    }

    static let harmless: [[Puts]] = [
        // The first puts, which make connections.
        [Puts(16, 3), Puts(64, 0.05)],
        // One slow put, and seven of sixteen.
        [Puts(32, 0.05), Puts(1, 30), Puts(32, 0.05)], [Puts(32, 0.05), Puts(7, 9), Puts(32, 0.05)],
        // Slower, but not by far; by far, but still fast.
        [Puts(32, 0.1), Puts(32, 0.39)], [Puts(32, 0.005), Puts(32, 0.2)],
        // Too few.
        [Puts(16, 0.05), Puts(15, 5)],
    ]

    @Test(arguments: harmless)
    func `what is slow for a moment, at first or by little does not brake`(_ puts: [Puts]) {
        #expect(Self.brake(after: puts).bound == nil)
    }

    @Test func `a contentstore that becomes slow brakes too, and only its own answers let go again`() {
        var brake = Brake()
        func read(_ seconds: Double, at time: Double) -> CallAnswer {
            CallAnswer(place: .source, isMeasured: true, error: nil, began: time - seconds, ended: time)
        }
        for time in 0..<16 { _ = brake.hear(read(0.1, at: Double(time) / 10), limit: 32) }
        for time in 0..<16 { _ = brake.hear(read(1, at: 10 + Double(time) / 10), limit: 32) }
        #expect(brake.bound == 16)
        #expect(brake.reason == "the contentstore's reads take 1.0 s, 0.10 s at best")
        _ = brake.hear(Self.put(0.01, at: 20), limit: 32)
        #expect(brake.bound == 16, "the store was never in trouble")
        _ = brake.hear(read(0.1, at: 20), limit: 32)
        #expect(brake.bound == 17)
    }

    @Test func `a store that stays slow whatever is asked of it is not braked for ever`() {
        #expect(Self.brake(after: [Puts(32, 0.05), Puts(160, 0.4)]).bound != nil)
        #expect(Self.brake(after: [Puts(32, 0.05), Puts(3000, 0.4)]).bound == nil)
    }

    // MARK: - At the gate

    @Test func `the operator's limit stays the upper bound and is not changed`() async {
        let admission = Admission(limit: 32)
        #expect(admission.hear(Step(0, .throttled, nil).answer) == .braked(to: 16, reason: "the store asked for less"))
        #expect(admission.bound == 16 && admission.limit == 32)
        admission.setLimit(4)
        #expect(admission.bound == 4 && admission.limit == 4)
        admission.setLimit(64)
        #expect(admission.bound == 16 && admission.limit == 64)
    }

    @Test func `a brake that is let go lets those who wait in`() async {
        let admission = Admission(limit: 2)
        _ = admission.hear(Step(0, .throttled, nil).answer)
        #expect(await admission.enter())
        async let second = admission.enter()
        #expect(admission.inFlight == 1)
        _ = admission.hear(Step(1, nil, nil).answer)
        #expect(await second)
    }

    // MARK: - A fleet

    /// A store that bears a number of puts at once and refuses every one more, as S3 does while it divides a prefix.
    private final class CrowdedStore: ObjectStore {
        let raw: any ObjectStore
        let world: MemoryWorld
        let most: Int
        private let state = Mutex((inFlight: 0, crowds: [Int](), refused: 0))

        init(_ raw: any ObjectStore, _ world: MemoryWorld, most: Int) {
            (self.raw, self.world, self.most) = (raw, world, most)
        }

        /// How many were in flight at each put.
        var crowds: [Int] { state.withLock { $0.crowds } }
        var longestDelay: TimeInterval { raw.longestDelay }

        func head(_ key: ObjectKey) async throws -> ObjectInfo? { try await raw.head(key) }
        func get(_ key: ObjectKey) async throws -> [UInt8]? { try await raw.get(key) }
        func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }
        func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
            try await raw.delete(key, ifMatch: etag)
        }

        func put(_ object: NewObject) async throws -> ETag {
            let crowd = state.withLock { state in
                state.inFlight += 1
                state.crowds.append(state.inFlight)
                return state.inFlight
            }
            defer { state.withLock { $0.inFlight -= 1 } }
            guard crowd <= most else {
                throw Failure(.throttled, "put object", at: "\(object.key)", cause: "SlowDown", advice: "wait")
            }
            // Others come in meanwhile.
            for _ in 0..<20 { await Task.yield() }
            world.advance(by: 0.01)
            return try await raw.put(object)
        }
    }

    @Test func `a fleet comes down to what its store bears, and finishes`() async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let most = 8
            let (courses, expected) = SimulatedCourses.fleet(24, videos: 100, languages: ["fr"])
            let world = MemoryWorld(courses)
            let before = world.contents
            let store = Mutex<CrowdedStore?>(nil)
            let crowded: @Sendable (any ObjectStore) -> any ObjectStore = { raw in
                let made = CrowdedStore(raw, world, most: most)
                store.withLock { $0 = made }
                return made
            }
            try await Simulation(world, waiters: 64, before: crowded).live()
            let laws = Laws(before: before, courses: expected, intents: world.intents)
            #expect(laws.violations(in: world.contents, isFinished: true).isEmpty)
            let bounds = world.log.contents.checkpoints.compactMap { checkpoint in
                if case .braked(let bound, _) = checkpoint { bound } else { nil }
            }
            let crowds = try #require(store.withLock { $0 }).crowds
            let later = crowds.suffix(crowds.count / 2)
            #expect(later.count { $0 > most } < later.count / 50, "few are refused")
            #expect(bounds.prefix(2) == [16, 8])
            #expect(bounds.dropFirst().allSatisfy { (most / 2 - 1...most + 2).contains($0) }, "\(bounds)")
            #expect(bounds.count > 10, "it is tried again and again")
            #expect(world.log.contents.courses.values.allSatisfy { $0 == .migrated })
        }
    }
}
