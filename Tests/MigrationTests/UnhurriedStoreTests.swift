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
        let failing = FailingStore(raw: raw, failures: failures)
        return (UnhurriedStore(raw: failing, surroundings: clock.surroundings), raw)
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

    @Test(arguments: [1.0: [2.0], 7: [7], 30: [30], 31: []])
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
}

/// A store whose first heads and puts fail, each in its way; all others are done.
struct FailingStore: ObjectStore {
    let raw: MemoryObjectStore
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
