// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Synchronization
import TestDoubles
import Testing

/// A video's objects are looked at together: a store far away costs one way there and back, however many there are.
@Suite struct HeadsTests {
    /// Answers nobody before it has been asked for a number of objects.
    private final class GatheringStore: ObjectReader {
        private let raw: MemoryObjectStore
        private let number: Int
        private let failures: [ObjectKey: Failure.Class]
        private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

        init(_ raw: MemoryObjectStore, until number: Int, failing failures: [ObjectKey: Failure.Class] = [:]) {
            (self.raw, self.number, self.failures) = (raw, number, failures)
        }

        func head(_ key: ObjectKey) async throws -> ObjectInfo? {
            await withCheckedContinuation { continuation in
                let all = waiting.withLock { waiting in
                    waiting.append(continuation)
                    return waiting.count < number ? [] : waiting
                }
                for one in all { one.resume() }
            }
            try Task.checkCancellation()
            if let failure = failures[key] {
                throw Failure(failure, "head", at: key.text, cause: "503", advice: "wait")
            }
            return try await raw.head(key)
        }

        func get(_ key: ObjectKey) async throws -> [UInt8]? { try await raw.get(key) }
        func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [1, 2, 40])
    func `all are asked for before the first has answered, and what is absent is left out`(_ count: Int) async throws {
        let (raw, keys) = (MemoryObjectStore(), (0..<count).map { ObjectKey(unchecked: "video-transcripts/\($0).srt") })
        for key in keys.dropFirst() { raw.plant(key, Array(key.text.utf8)) }
        let found = try await GatheringStore(raw, until: count).heads(of: Set(keys))
        #expect(Set(found.keys) == Set(keys.dropFirst()))
        #expect(found.allSatisfy { $1.key == $0 })
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            (failures: ["2": Failure.Class.transient, "5": .auth, "7": .throttled], told: "5"),
            (failures: ["6": .throttled, "3": .transient], told: "3"),
        ])
    func `of several failures the one is told that must not be retried, and else the first`(
        _ failures: [ObjectKey: Failure.Class], _ told: String
    ) async throws {
        let keys = (0..<9).map { ObjectKey(unchecked: "\($0)") }
        let store = GatheringStore(MemoryObjectStore(), until: keys.count, failing: failures)
        let failure = await #expect(throws: Failure.self) { _ = try await store.heads(of: Set(keys)) }
        #expect(failure?.place == told)
        #expect(failure?.class == failures[ObjectKey(unchecked: told)])
    }

    @Test func `no key is no question`() async throws {
        #expect(try await GatheringStore(MemoryObjectStore(), until: 1).heads(of: []).isEmpty)
    }
}
