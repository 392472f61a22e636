// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@Suite struct RateLimitTests {
    private static let object = ObjectStoreContract.object("a.srt", "one")

    @Test func `so many a second go through, and the first at once`() async throws {
        let clock = WaitedClock()
        let limit = RateLimit(perSecond: 4, surroundings: clock.surroundings)
        for _ in 0..<9 { try await limit.wait() }
        #expect(clock.time.withLock { $0 } == 102)
        #expect(clock.waits.withLock { $0.count } == 8)
    }

    @Test func `what was not used is not saved up`() async throws {
        let clock = WaitedClock()
        let limit = RateLimit(perSecond: 10, surroundings: clock.surroundings)
        try await limit.wait()
        clock.time.withLock { $0 += 60 }
        for _ in 0..<11 { try await limit.wait() }
        #expect(abs(clock.time.withLock { $0 } - 161) < 1e-6)
    }

    @Test func `several places are waited for at once`() async throws {
        let clock = WaitedClock()
        let limit = RateLimit(perSecond: 2, surroundings: clock.surroundings)
        try await limit.wait(for: 3)
        #expect(clock.time.withLock { $0 } == 101)
        try await limit.wait(for: 0)
        #expect(clock.time.withLock { $0 } == 101)
    }

    @Test func `puts and reads are held up by their own limits, and deletes by none`() async throws {
        let clock = WaitedClock()
        let raw = MemoryObjectStore()
        let store = LimitedStore(
            raw, puts: RateLimit(perSecond: 1, surroundings: clock.surroundings),
            reads: RateLimit(perSecond: 0.5, surroundings: clock.surroundings))
        let etag = try await store.put(Self.object)
        _ = try await store.put(ObjectStoreContract.object("b.srt", "two"))
        #expect(clock.waits.withLock { $0 } == [1])
        _ = try await store.head("a.srt")
        _ = try await store.get("a.srt")
        #expect(clock.waits.withLock { $0 } == [1, 2])
        #expect(try await store.delete("a.srt", ifMatch: etag) == .deleted)
        #expect(clock.waits.withLock { $0 } == [1, 2])
        #expect(raw.objects.count == 1)
    }

    @Test(arguments: ObjectStoreContract.cases)
    func `a limited store keeps the contract`(_ promise: ContractCase<any ObjectStore>) async throws {
        try await promise.verify(LimitedStore(MemoryObjectStore(), puts: nil, reads: nil))
    }
}
