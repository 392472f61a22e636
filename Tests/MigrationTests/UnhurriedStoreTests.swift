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
        UnhurriedStore(store, Unhurried(surroundings: clock.surroundings) { mayWait })
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

    @Test func `a task that is cancelled waits no longer`() async throws {
        let given = clock.surroundings
        let surroundings = Surroundings(
            sleep: { _ in throw CancellationError() }, uptime: given.uptime, now: given.now, newID: given.newID,
            jitter: given.jitter)
        let failing = FailingStore(raw: MemoryObjectStore(), failures: [Self.refusal()])
        let store = UnhurriedStore(failing, surroundings)
        await #expect(throws: CancellationError.self) { _ = try await store.put(Self.object) }
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

    @Test(arguments: [true, false])
    func `a store that takes one write a second at a key is proven`(_ countsRefused: Bool) async {
        let store = OnceASecondStore(countsRefused: countsRefused, uptime: clock.surroundings.uptime)
        let preflight = StorePreflight(prefix: "video-transcripts/", id: UUID(), uptime: clock.surroundings.uptime)
        let checks = await preflight.checks(of: store, in: clock.surroundings) { Issue.record("\($0)") }
        #expect(checks.map(\.verdict) == Array(repeating: .pass, count: 5))
        #expect(store.raw.objects.isEmpty)
        #expect(!waits.isEmpty && Set(waits) == [2])
    }

    @Test(arguments: [(0.0, 10.0), (5, 10), (6, 6)])
    func `a preflight of a store that stays busy has its answer soon, in the store's words`(
        _ asked: Double, _ longest: Double
    ) async {
        let failures = Array(repeating: Self.refusal(.throttled, asked), count: 100)
        let failing = FailingStore(raw: MemoryObjectStore(), failures: failures)
        let preflight = StorePreflight(prefix: "video-transcripts/", id: UUID(), uptime: clock.surroundings.uptime)
        let checks = await preflight.checks(of: failing, in: clock.surroundings) { _ in }
        #expect(checks.first?.failed == .throttled)
        #expect(waits.reduce(0, +) <= longest)
    }
}

/// A store in memory that takes one write a second at a key.
private struct OnceASecondStore: ObjectStore {
    let raw = MemoryObjectStore()
    /// Whether what it refuses is a write, too.
    let countsRefused: Bool
    let uptime: @Sendable () -> Double
    private let writes = Writes()

    private final class Writes: Sendable {
        let last = Mutex<[ObjectKey: Double]>([:])
    }

    init(countsRefused: Bool, uptime: @escaping @Sendable () -> Double) {
        (self.countsRefused, self.uptime) = (countsRefused, uptime)
    }

    private func write(_ key: ObjectKey) throws {
        let now = uptime()
        let isRefused = writes.last.withLock { last in
            let isRefused = last[key].map { now - $0 < 1 } ?? false
            if !isRefused || countsRefused { last[key] = now }
            return isRefused
        }
        if isRefused {
            throw Failure(.throttled, "write", at: key.text, cause: "429", advice: "wait", retryAfter: 0)
        }
    }

    var longestDelay: Double { raw.longestDelay }
    func head(_ key: ObjectKey) async throws -> ObjectInfo? { try await raw.head(key) }
    func get(_ key: ObjectKey) async throws -> [UInt8]? { try await raw.get(key) }
    func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }
    func put(_ object: NewObject) async throws -> ETag {
        try write(object.key)
        return try await raw.put(object)
    }
    func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        try write(key)
        return try await raw.delete(key, ifMatch: etag)
    }
}

/// A store whose first heads and puts fail, each in its way; all others are done.
private struct FailingStore: ObjectStore {
    private let raw: MemoryObjectStore
    private let failures: Queue

    private final class Queue: Sendable {
        let failures: Mutex<[Failure]>
        init(_ failures: [Failure]) { self.failures = Mutex(failures) }
    }

    init(raw: MemoryObjectStore, failures: [Failure]) {
        self.raw = raw
        self.failures = Queue(failures)
    }

    private func fail() throws {
        if let failure = failures.failures.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw failure }
    }

    var longestDelay: Double { raw.longestDelay }
    func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        try fail()
        return try await raw.head(key)
    }
    func get(_ key: ObjectKey) async throws -> [UInt8]? { try await raw.get(key) }
    func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }
    func put(_ object: NewObject) async throws -> ETag {
        try fail()
        return try await raw.put(object)
    }
    func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        try await raw.delete(key, ifMatch: etag)
    }
}
