// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@testable import Migration

/// A store that asks for less is asked again, and no video is taken back for it.
@Suite struct UnhurriedStoreTests {
    private static let object = ObjectStoreContract.object("video-transcripts/a.srt", "one")
    private let clock = WaitedClock()

    /// A store that fails its first calls, each in its way, and does the others.
    private func store(failing failures: [Failure]) -> (UnhurriedStore, MemoryObjectStore) {
        let raw = MemoryObjectStore()
        return (unhurried(FailingStore(raw: raw, failures: failures)), raw)
    }

    private func unhurried(_ store: any ObjectStore, mayWait: Bool = true) -> UnhurriedStore {
        UnhurriedStore(
            store, Unhurried(clock.surroundings, mayWait: { $0 <= Unhurried.longest && mayWait }))
    }

    private static func refusal(_ class: Failure.Class = .throttled, _ seconds: Double? = 0) -> Failure {
        Failure(`class`, "put object", at: "a key", cause: "503", advice: "none", retryAfter: seconds)
    }

    private var waits: [Double] { clock.waits.withLock { $0 } }

    @Test func `what was refused twice is done at the third time, two seconds later each`() async throws {
        let (store, raw) = store(failing: [Self.refusal(), Self.refusal()])
        _ = try await store.put(Self.object)
        #expect(raw.objects[Self.object.key]?.bytes == Self.object.bytes)
        #expect(waits == [2, 2])
    }

    @Test func `what is refused three times fails`() async {
        let (store, raw) = store(failing: [Self.refusal(), Self.refusal(), Self.refusal()])
        let failure = await #expect(throws: Failure.self) { _ = try await store.put(Self.object) }
        #expect(failure?.class == .throttled)
        #expect(raw.objects.isEmpty)
        #expect(waits == [2, 2])
    }

    @Test(arguments: [1.0: [2.0], 7: [7], 10: [10], 11: []])
    func `it waits for as long as it was asked to, unless that is long`(_ asked: Double, _ expected: [Double]) async {
        let (store, _) = store(failing: [Self.refusal(.throttled, asked)])
        do {
            #expect(try await store.head(Self.object.key) == nil)
            #expect(!expected.isEmpty)
        } catch {
            #expect((error as? Failure)?.class == .throttled)
            #expect(expected.isEmpty)
        }
        #expect(waits == expected)
    }

    @Test(arguments: Failure.Class.allCases.filter { $0 != .throttled })
    func `whatever may have been done, or would fail again, is not asked again`(_ kind: Failure.Class) async {
        let (store, _) = store(failing: [Self.refusal(kind)])
        let failure = await #expect(throws: Failure.self) { _ = try await store.put(Self.object) }
        #expect(failure?.class == kind)
        #expect(waits.isEmpty)
    }

    @Test func `nobody waits for a store that is out`() async {
        let store = unhurried(FailingStore(raw: MemoryObjectStore(), failures: [Self.refusal()]), mayWait: false)
        await #expect(throws: Failure.self) { _ = try await store.put(Self.object) }
        #expect(waits.isEmpty)
    }

    @Test func `a call that is made again is within the operator's limit, too`() async throws {
        let limit = RateLimit(perSecond: 0.1, surroundings: clock.surroundings)
        let failing = FailingStore(raw: MemoryObjectStore(), failures: [Self.refusal(), Self.refusal()])
        _ = try await unhurried(LimitedStore(failing, puts: limit, reads: nil)).put(Self.object)
        #expect(waits == [2, 8, 2, 8])
    }

    @Test func `a task that is cancelled waits no longer, and hears what the store said`() async throws {
        let given = clock.surroundings
        let surroundings = Surroundings(
            sleep: { _ in throw CancellationError() }, uptime: given.uptime, now: given.now, newID: given.newID,
            jitter: given.jitter)
        let failing = FailingStore(raw: MemoryObjectStore(), failures: [Self.refusal()])
        let store = UnhurriedStore(failing, surroundings)
        let failure = await #expect(throws: Failure.self) { _ = try await store.put(Self.object) }
        #expect(failure?.class == .throttled)
    }

    @Test func `outside a run nobody waits any more for a store that answers nothing`() async throws {
        let refusals = Array(repeating: Self.refusal(.throttled, 5), count: 100)
        let reader = UnhurriedReader(FailingStore(raw: MemoryObjectStore(), failures: refusals), clock.surroundings)
        var calls = 0
        while (try? await reader.head(Self.object.key)) == nil, calls < 100 { calls += 1 }
        #expect(waits == Array(repeating: 5, count: 6))
    }

    @Test func `what was not asked for has not been refused`() async throws {
        let failing = FailingStore(raw: MemoryObjectStore(), failures: [Self.refusal()])
        let reader = UnhurriedReader(failing, clock.surroundings)
        clock.time.withLock { $0 += 3600 }
        #expect(try await reader.head(Self.object.key) == nil)
        #expect(waits == [2])
    }

    @Test func `long ago is not still`() async throws {
        let failing = FailingStore(
            raw: MemoryObjectStore(), failures: Array(repeating: Self.refusal(), count: 4), sparing: [4])
        let reader = UnhurriedReader(failing, clock.surroundings)
        await #expect(throws: Failure.self) { _ = try await reader.head(Self.object.key) }
        clock.time.withLock { $0 += 3600 }
        #expect(try await reader.head(Self.object.key) == nil)
        #expect(waits == [2, 2, 2])
    }

    @Test func `and waits again for one that has answered`() async throws {
        let refusals = Array(repeating: Self.refusal(.throttled, 5), count: 20)
        let failing = FailingStore(raw: MemoryObjectStore(), failures: refusals + [Self.refusal()], sparing: [20])
        let reader = UnhurriedReader(failing, clock.surroundings)
        for _ in 0..<14 { await #expect(throws: Failure.self) { _ = try await reader.head(Self.object.key) } }
        #expect(waits.count == 6)
        #expect(try await reader.head(Self.object.key) == nil, "it has answered")
        #expect(try await reader.head(Self.object.key) == nil, "it is asked again")
        #expect(waits.count == 7)
    }

    @Test func `so it is by who only reads`() async throws {
        let raw = MemoryObjectStore()
        _ = try await raw.put(Self.object)
        let failing = FailingStore(raw: raw, failures: [Self.refusal(), Self.refusal(.throttled, 3)])
        let reader = UnhurriedReader(failing, clock.surroundings)
        #expect(try await reader.head(Self.object.key)?.checksum == Self.object.checksum)
        #expect(waits == [2, 3])
        #expect(try await reader.get(Self.object.key) == Self.object.bytes)
        #expect(try await reader.checksum(ofBytesAt: Self.object.key) == Self.object.checksum)
    }

    @Test(arguments: [true, false], [0.0, 1, 2, 3])
    func `a store that takes one write a second at a key is proven`(_ countsRefused: Bool, _ asked: Double) async {
        let given = clock.surroundings
        let surroundings = Surroundings(
            sleep: given.sleep, uptime: given.uptime, now: given.now, newID: given.newID, jitter: { 1 })
        let store = OnceASecondStore(countsRefused: countsRefused, asked: asked, uptime: given.uptime)
        let preflight = StorePreflight(prefix: "video-transcripts/", id: UUID(), uptime: given.uptime)
        let checks = await preflight.checks(of: store, in: surroundings) { Issue.record("\($0)") }
        #expect(checks.map(\.verdict) == Array(repeating: .pass, count: 5))
        #expect(store.raw.objects.isEmpty)
        #expect(waits.count == 4)
    }

    @Test(arguments: [0.0, 1, 3.9, 4, 4.9, 5, 6, 10, 11], [[], [0]])
    func `a preflight of a store that stays busy has its answer soon, in the store's words`(
        _ asked: Double, _ sparing: Set<Int>
    ) async {
        let failures = Array(repeating: Self.refusal(.throttled, asked), count: 100)
        let failing = FailingStore(raw: MemoryObjectStore(), failures: failures, sparing: sparing)
        let preflight = StorePreflight(prefix: "video-transcripts/", id: UUID(), uptime: clock.surroundings.uptime)
        let checks = await preflight.checks(of: failing, in: clock.surroundings) { _ in }
        #expect(checks.contains { $0.failed == .throttled && $0.measured.contains("503") })
        #expect(waits.reduce(0, +) <= 18, "an operator's proof gives it up after twenty")
    }

    @Test func `the clean-up of a preflight has an allowance of its own`() async {
        // The first put goes well, the second one uses the allowance up, and so the rest fails; a look and a delete of the
        // clean-up are refused once each.
        let raw = MemoryObjectStore()
        let rest = Array(repeating: Self.refusal(.throttled, 6), count: 6)
        let failing = FailingStore(raw: raw, failures: rest + [Self.refusal(), Self.refusal()], sparing: [0, 8])
        let preflight = StorePreflight(prefix: "video-transcripts/", id: UUID(), uptime: clock.surroundings.uptime)
        let checks = await preflight.checks(of: failing, in: clock.surroundings) { Issue.record("\($0)") }
        #expect(waits == [6, 6, 2, 2])
        #expect(raw.objects.isEmpty)
        #expect(checks.last?.verdict == .pass)
    }

    @Test func `no further attempt is begun when half a minute is gone`() async {
        let store = SlowlyFailingStore(clock: clock)
        let preflight = StorePreflight(prefix: "video-transcripts/", id: UUID(), uptime: clock.surroundings.uptime)
        let again = Mutex(0)
        _ = await preflight.checks(of: store, in: clock.surroundings) { _ in again.withLock { $0 += 1 } }
        #expect(again.withLock { $0 } == 1, "each attempt takes twenty seconds")
    }
}

/// A store to which every connection fails, after a while.
private struct SlowlyFailingStore: ObjectStore {
    let clock: WaitedClock

    private func fail() -> Failure {
        clock.time.withLock { $0 += 20 }
        return Failure(.transient, "connect", at: "the store", cause: "no connection", advice: "wait")
    }

    var longestDelay: Double { 60 }
    func head(_ key: ObjectKey) async throws -> ObjectInfo? { throw fail() }
    func get(_ key: ObjectKey) async throws -> [UInt8]? { throw fail() }
    func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> {
        AsyncThrowingStream(unfolding: { throw fail() })
    }
    func put(_ object: NewObject) async throws -> ETag { throw fail() }
    func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion { throw fail() }
}

/// A store in memory that takes one write a second at a key.
private struct OnceASecondStore: ObjectStore {
    let raw = MemoryObjectStore()
    /// Whether what it refuses is a write, too.
    let countsRefused: Bool
    /// For how many seconds it wants to be left alone then.
    let asked: Double
    let uptime: @Sendable () -> Double
    private let writes = Writes()

    private final class Writes: Sendable {
        let last = Mutex<[ObjectKey: Double]>([:])
    }

    init(countsRefused: Bool, asked: Double, uptime: @escaping @Sendable () -> Double) {
        (self.countsRefused, self.asked, self.uptime) = (countsRefused, asked, uptime)
    }

    private func write(_ key: ObjectKey) throws {
        let now = uptime()
        let isRefused = writes.last.withLock { last in
            let isRefused = last[key].map { now - $0 < 1 } ?? false
            if !isRefused || countsRefused { last[key] = now }
            return isRefused
        }
        if isRefused {
            throw Failure(.throttled, "write", at: key.text, cause: "429", advice: "wait", retryAfter: asked)
        }
    }

    func refusesDamage(to object: NewObject) async throws -> Bool? {
        try write(object.key)
        return true
    }

    func refusesWrongETag(at key: ObjectKey) async throws -> Bool? {
        try write(key)
        return true
    }

    var longestDelay: Double { raw.longestDelay }
    func head(_ key: ObjectKey) async throws -> ObjectInfo? { try await raw.head(key) }
    func get(_ key: ObjectKey) async throws -> [UInt8]? { try await raw.get(key) }
    func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }
    func put(_ object: NewObject) async throws -> ETag {
        try write(object.key)
        return try await raw.put(object)
    }
    /// It is looked at first, as everywhere: what has another ETag is not asked to be deleted.
    func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        guard try await raw.head(key)?.etag == etag else { return .changed }
        try write(key)
        return try await raw.delete(key, ifMatch: etag)
    }
}

/// A store whose calls fail, each in its way, until no failure is left.
private struct FailingStore: ObjectStore {
    private let raw: MemoryObjectStore
    private let sparing: Set<Int>
    private let state: State

    private final class State: Sendable {
        let state: Mutex<(calls: Int, failures: [Failure])>
        init(_ failures: [Failure]) { state = Mutex((0, failures)) }
    }

    /// - Parameter sparing: numbers of calls, from 0, that go well all the same.
    init(raw: MemoryObjectStore, failures: [Failure], sparing: Set<Int> = []) {
        (self.raw, self.sparing) = (raw, sparing)
        state = State(failures)
    }

    private func call<Value>(_ body: () async throws -> Value) async throws -> Value {
        let failure = state.state.withLock { state -> Failure? in
            defer { state.calls += 1 }
            return sparing.contains(state.calls) || state.failures.isEmpty ? nil : state.failures.removeFirst()
        }
        if let failure { throw failure }
        return try await body()
    }

    var longestDelay: Double { raw.longestDelay }
    func head(_ key: ObjectKey) async throws -> ObjectInfo? { try await call { try await raw.head(key) } }
    func get(_ key: ObjectKey) async throws -> [UInt8]? { try await call { try await raw.get(key) } }
    func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }
    func put(_ object: NewObject) async throws -> ETag { try await call { try await raw.put(object) } }
    func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        try await call { try await raw.delete(key, ifMatch: etag) }
    }
}
