// SPDX-License-Identifier: Apache-2.0
import Deployment
import Foundation
import MigrationModel
import TestDoubles
import Testing

@Suite struct StageTests {
    // MARK: - Faults

    @Test func `a refused PUT writes nothing, and the same again goes well`() async throws {
        let (raw, store, _) = staged(Staging(faults: [Staging.Fault(after: 0, call: .put, ending: .refused)]))
        let object = ObjectStoreContract.object("a.srt", "one")
        try await requireFailure(.transient, "the first PUT") { _ = try await store.put(object) }
        #expect(raw.objects.isEmpty)
        _ = try await store.put(object)
        #expect(raw.objects.count == 1)
    }

    @Test func `a PUT whose request is lost is in doubt and is not there`() async throws {
        let (raw, store, _) = staged(Staging(faults: [Staging.Fault(after: 0, call: .put, ending: .requestLost)]))
        try await requireFailure(.ambiguous, "the PUT") { _ = try await put(store, "a") }
        #expect(raw.objects.isEmpty)
    }

    @Test func `a PUT whose reply is lost is in doubt and is there`() async throws {
        let (raw, store, _) = staged(Staging(faults: [Staging.Fault(after: 0, call: .put, ending: .replyLost)]))
        try await requireFailure(.ambiguous, "the PUT") { _ = try await put(store, "a") }
        #expect(raw.objects.count == 1)
    }

    @Test func `a fault may hit the same call as often as it is made again`() async throws {
        let fault = Staging.Fault(after: 0, call: .commit, ending: .refused, times: 3)
        let catalog = PacedCatalog(MemoryCatalog(), on: TestStage(Staging(faults: [fault])).stage)
        let commit = VideoCatalogContract.commit("v1", ["en": "1.srt"])
        for _ in 0..<3 {
            try await requireFailure(.transient, "the commit") { _ = try await catalog.commit(commit) }
        }
        #expect(try await catalog.commit(commit).inserted == ["en"])
    }

    @Test(arguments: [(Staging.Ending.refused, 0), (.requestLost, 0), (.replyLost, 1)])
    func `a commit fails before it is done, or after`(_ ending: Staging.Ending, _ rows: Int) async throws {
        let raw = MemoryCatalog()
        let stage = TestStage(Staging(faults: [Staging.Fault(after: 0, call: .commit, ending: ending)])).stage
        let catalog = PacedCatalog(raw, on: stage)
        let commit = VideoCatalogContract.commit("v1", ["en": "1.srt"])
        try await requireFailure(ending == .refused ? .transient : .ambiguous, "the commit") {
            _ = try await catalog.commit(commit)
        }
        #expect(try await raw.rows(of: ["v1"])["v1"]?.count ?? 0 == rows)
        _ = try await catalog.commit(commit)
        #expect(try await raw.rows(of: ["v1"])["v1"]?.count == 1)
    }

    @Test(arguments: Staging.Ending.allCases)
    func `a read that fails is only to be read again`(_ ending: Staging.Ending) async throws {
        let course = CourseKey(unchecked: "course-v1:A+B+C")
        let stage = TestStage(Staging(faults: [Staging.Fault(after: 0, call: .read, ending: ending)])).stage
        let source = PacedSource(MemorySource([:]), on: stage)
        try await requireFailure(.transient, "the reading") { _ = try await source.content(of: [], in: course) }
        #expect(try await source.content(of: [], in: course).isEmpty)
    }

    @Test func `a fault waits for its PUT, hits once, and hits nothing that was tried before`() async throws {
        let (raw, store, _) = staged(Staging(faults: [Staging.Fault(after: 3, call: .put, ending: .refused)]))
        for words in ["a", "b"] { _ = try await put(store, words) }
        // The same words again: a retry is left in peace.
        _ = try await store.put(ObjectStoreContract.object("retry.srt", "a"))
        try await requireFailure(.transient, "the first new PUT") { _ = try await put(store, "c") }
        for words in ["c", "d", "e"] { _ = try await put(store, words) }
        #expect(raw.objects.count == 6)
    }

    @Test func `what an earlier engine met is over`() async throws {
        let faults = [Staging.Fault(after: 3, call: .put, ending: .refused)]
        let stage = TestStage(Staging(faults: faults, killAtPut: 4), puts: 9)
        let store = PacedStore(MemoryObjectStore(), on: stage.stage)
        _ = try await put(store, "a")
        #expect(stage.puts == 10)
        #expect(stage.kills == 0)
    }

    // MARK: - The kill

    @Test func `the engine is killed once, after a PUT that is there`() async throws {
        let (raw, store, stage) = staged(Staging(killAtPut: 2))
        _ = try await put(store, "a")
        #expect(stage.kills == 0)
        _ = try await put(store, "b")
        #expect((stage.kills, raw.objects.count) == (1, 2))
        for words in ["c", "d"] { _ = try await put(store, words) }
        #expect(stage.kills == 1)
    }

    // MARK: - Throttling

    @Test func `a throttled stretch refuses some PUTs and slows the store alone`() async throws {
        let stage = TestStage(
            Staging(
                milliseconds: [.put: 100, .look: 10, .commit: 50],
                throttle: Staging.Throttle(from: 2, to: 6, slowdown: 3, refusesEvery: 2)
            ))
        let store = PacedStore(MemoryObjectStore(), on: stage.stage)
        let catalog = PacedCatalog(MemoryCatalog(), on: stage.stage)
        _ = try await put(store, "1")
        try await requireFailure(.throttled, "PUT 2") { _ = try await put(store, "2") }
        _ = try await store.head("1.srt")
        _ = try await catalog.commit(VideoCatalogContract.commit("v1", [:]))
        _ = try await put(store, "3")
        try await requireFailure(.throttled, "PUT 4") { _ = try await put(store, "4") }
        for words in ["5", "6"] { _ = try await put(store, words) }
        #expect(stage.slept == [100, 300, 30, 50, 300, 300, 300, 100].map { .milliseconds($0) })
    }

    @Test func `a throttled transcript is not refused a second time`() async throws {
        let (_, store, _) = staged(
            Staging(throttle: Staging.Throttle(from: 1, to: 9, slowdown: 1, refusesEvery: 1)))
        try await requireFailure(.throttled, "the first") { _ = try await put(store, "a") }
        _ = try await put(store, "a")
    }

    // MARK: - Time

    @Test(arguments: [(-1.0, 50), (0, 100), (1, 150)])
    func `the dice move a delay by the jitter and no more`(_ dice: Double, _ milliseconds: Int) {
        let staging = Staging(milliseconds: [.put: 200], jitter: 0.5, speed: 2)
        #expect(staging.duration(of: .put, at: 0, dice: dice) == .milliseconds(milliseconds))
    }

    @Test func `what takes no time is not waited for`() async throws {
        let stage = TestStage(Staging())
        _ = try await put(PacedStore(MemoryObjectStore(), on: stage.stage), "a")
        #expect(stage.slept.isEmpty)
    }

    // MARK: - The demo's own

    @Test func `the demo's trouble comes in order, and its staging is read as it was written`() async throws {
        let staging = Staging.demo(speed: 4, seed: 7)
        let throttle = try #require(staging.throttle)
        let kill = try #require(staging.killAtPut)
        #expect(staging.faults.contains { $0.call == .commit && $0.ending == .refused && $0.after < throttle.from })
        #expect(throttle.to < kill)
        #expect(Set(staging.milliseconds.keys) == Set(Staging.Call.allCases))
        try await withTemporaryFolder { folder in
            try staging.write(to: "\(folder)/demo.json")
            #expect(try Staging(file: "\(folder)/demo.json") == staging)
        }
    }

    @Test func `PUTs are counted over engines, in a file`() async throws {
        try await withTemporaryFolder { folder in
            for engine in 0..<3 {
                let surroundings = try StageSurroundings.real(counter: "\(folder)/puts", seed: 1) {}
                #expect(surroundings.puts == engine * 2)
                for _ in 0..<2 { try surroundings.countPut() }
            }
        }
    }

    @Test func `the same seed throws the same dice`() async throws {
        try await withTemporaryFolder { folder in
            func throwing(_ seed: UInt64) throws -> [Double] {
                let surroundings = try StageSurroundings.real(counter: "\(folder)/puts", seed: seed) {}
                return (0..<9).map { _ in surroundings.dice() }
            }
            let (first, again, other) = (try throwing(7), try throwing(7), try throwing(8))
            #expect(first == again)
            #expect(first != other)
            #expect(first.allSatisfy { (-1...1).contains($0) })
        }
    }

    // MARK: -

    private func staged(_ staging: Staging) -> (MemoryObjectStore, PacedStore, TestStage) {
        let (raw, stage) = (MemoryObjectStore(), TestStage(staging))
        return (raw, PacedStore(raw, on: stage.stage), stage)
    }

    private func put(_ store: PacedStore, _ words: String) async throws -> ETag {
        try await store.put(ObjectStoreContract.object(ObjectKey(unchecked: "\(words).srt"), words))
    }
}
