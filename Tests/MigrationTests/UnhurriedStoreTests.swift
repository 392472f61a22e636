// SPDX-License-Identifier: Apache-2.0
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
        UnhurriedStore(store, clock.surroundings) { mayWait }
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
        let store = UnhurriedStore(failing, surroundings) { true }
        await #expect(throws: CancellationError.self) { _ = try await store.put(Self.object) }
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
