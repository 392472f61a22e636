// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@testable import Migration

/// What a dead engine left, settled many videos at once.
@Suite struct RecoveryTests {
    /// A store each of whose answers takes a while, during which others may ask.
    private struct SlowStore: ObjectStore {
        let raw: MemoryObjectStore
        let busy: Busy
        let wait: @Sendable () -> Void

        var longestDelay: TimeInterval { raw.longestDelay }

        func head(_ key: ObjectKey) async throws -> ObjectInfo? { try await slowly { try await raw.head(key) } }
        func get(_ key: ObjectKey) async throws -> [UInt8]? { try await slowly { try await raw.get(key) } }
        func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }
        func put(_ object: NewObject) async throws -> ETag { try await slowly { try await raw.put(object) } }
        func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
            try await slowly { try await raw.delete(key, ifMatch: etag) }
        }

        private func slowly<Value>(_ call: () async throws -> Value) async throws -> Value {
            busy.change(1)
            defer { busy.change(-1) }
            wait()
            // Whoever is not waiting has his turn.
            for _ in 0..<100 { await Task.yield() }
            return try await call()
        }
    }

    /// How many calls are under way, and how many ever were at once.
    private final class Busy: Sendable {
        private let state = Mutex((now: 0, most: 0))

        var most: Int { state.withLock { $0.most } }

        func change(_ step: Int) {
            state.withLock { state in
                state.now += step
                state.most = max(state.most, state.now)
            }
        }
    }

    @Test func `many videos are settled at once, and how far it is, is told`() async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let (courses, _) = SimulatedCourses.fleet(6, videos: 10)
            let world = MemoryWorld(courses)
            try await Simulation(world, FaultSchedule { _, what in what == "commit" ? .crashBefore : nil }).live()
            let open = try await world.log.openTransactions().count
            try #require(open > 16, "an engine that died with many videos in flight")
            let surroundings = Surroundings(
                sleep: { _ in }, uptime: { world.now.timeIntervalSince1970 }, now: { world.now },
                newID: { world.newID() }, jitter: { 0 })

            let busy = Busy()
            let store = SlowStore(raw: world.store, busy: busy) { world.advance(by: 0.25) }
            let recovery = Recovery(
                store: store, catalog: world.catalog, log: world.log, surroundings: surroundings)
            var told: [Int] = []
            let outcome = try await recovery.settleAll { settled, all in
                told.append(settled)
                #expect(all == open)
            }

            #expect(outcome == Recovery.Outcome(committed: 0, undone: open, open: []))
            #expect(try await world.log.openTransactions().isEmpty)
            #expect(world.store.objects.isEmpty)
            #expect(busy.most == 16)
            #expect(!told.isEmpty)
            #expect(told == told.sorted() && told.allSatisfy { $0 <= open })
        }
    }

    @Test func `one that cannot be settled keeps no other from it`() async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let (courses, _) = SimulatedCourses.fleet(2, videos: 10)
            let world = MemoryWorld(courses)
            try await Simulation(world, FaultSchedule { _, what in what == "commit" ? .crashBefore : nil }).live()
            let transactions = try await world.log.openTransactions()
            let bad = try #require(transactions.dropFirst().first).intents.map(\.intent.object)
            let surroundings = Surroundings(
                sleep: { _ in }, uptime: { world.now.timeIntervalSince1970 }, now: { world.now },
                newID: { world.newID() }, jitter: { 0 })
            let recovery = Recovery(
                store: BrokenStore(raw: world.store, broken: Set(bad)), catalog: world.catalog, log: world.log,
                surroundings: surroundings)

            let outcome = try await recovery.settleAll()

            #expect(outcome.undone == transactions.count - 1)
            #expect(outcome.open.map(\.cause) == ["no answer"])
            #expect(try await world.log.openTransactions().map(\.header.id) == [transactions[1].header.id])
        }
    }

    @Test func `what is undone counts as a rollback, once, however long it is watched`() async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let (courses, _) = SimulatedCourses.fleet(2, videos: 10)
            let world = MemoryWorld(courses)
            try await Simulation(world, FaultSchedule { _, what in what == "commit" ? .crashBefore : nil }).live()
            let open = try await world.log.openTransactions().count
            let surroundings = Surroundings(
                sleep: { _ in }, uptime: { world.now.timeIntervalSince1970 }, now: { world.now },
                newID: { world.newID() }, jitter: { 0 })
            let recovery = Recovery(
                store: BrokenStore(raw: world.store, broken: [], longestDelay: 900), catalog: world.catalog,
                log: world.log, surroundings: surroundings)
            func rollbacks() -> Int {
                world.log.contents.checkpoints.count { if case .rolledBack = $0 { true } else { false } }
            }

            let before = rollbacks()
            #expect(try await recovery.settleAll().undone == open)
            #expect(rollbacks() == before + open)
            #expect(try await world.log.openTransactions().count == open, "a PUT may still arrive")
            let watched = try await world.log.openTransactions().flatMap(\.intents).count
            #expect(try await recovery.settleAll() == Recovery.Outcome())
            world.advance(by: 901)
            let last = try await recovery.settleAll()
            #expect((last.committed, last.undone, last.absent) == (0, 0, watched))
            #expect(last.sentence.contains("that might still have arrived are proven absent now"))
            #expect(try await world.log.openTransactions().isEmpty)
            #expect(rollbacks() == before + open)
        }
    }

    @Test func `what arrives while the store's answer is on its way was not seen by the look`() async throws {
        let world = MemoryWorld([:])
        let course = CourseKey(unchecked: "course-v1:Org+C+R")
        let header = TransactionHeader(
            id: UUID(), run: RunID(1), course: course, block: UsageKey(course: course, type: "video", block: "v"),
            video: "v")
        let id = UUID()
        let object = ObjectStoreContract.object("video-transcripts/a.srt", "one", intent: id)
        let intent = Intent(
            id: id, language: "en", object: object.key, size: object.bytes.count, checksum: object.checksum,
            format: .srt)
        try await world.log.record([.intents(header, [intent]), .watched(header, intent)])
        world.advance(by: LateStore.delay - 1)
        let surroundings = Surroundings(
            sleep: { _ in }, uptime: { world.now.timeIntervalSince1970 }, now: { world.now },
            newID: { world.newID() }, jitter: { 0 })
        let store = LateStore(raw: world.store, object: object) { world.advance(by: 2) }
        func settle() async throws -> Recovery.Outcome {
            try await Recovery(store: store, catalog: world.catalog, log: world.log, surroundings: surroundings)
                .settleAll()
        }

        #expect(try await settle() == Recovery.Outcome())
        #expect(world.log.intentState(of: object.key) == .watched, "the look was a second too early")
        #expect(world.store.objects.keys.contains(object.key))
        #expect(try await settle().absent == 1)
        #expect(world.log.intentState(of: object.key) == .removed)
        #expect(world.store.objects.isEmpty)
    }

    /// A store whose first answer takes a while, in which a PUT arrives that was given up as lost.
    private struct LateStore: ObjectStore {
        static let delay = 60.0

        let raw: MemoryObjectStore
        let object: NewObject
        let wait: @Sendable () -> Void
        private let hasArrived = Arrival()

        private final class Arrival: Sendable {
            let isPast = Mutex(false)
        }

        init(raw: MemoryObjectStore, object: NewObject, wait: @escaping @Sendable () -> Void) {
            (self.raw, self.object, self.wait) = (raw, object, wait)
        }

        var longestDelay: TimeInterval { Self.delay }

        func head(_ key: ObjectKey) async throws -> ObjectInfo? {
            let info = try await raw.head(key)
            let isFirst = hasArrived.isPast.withLock { isPast in
                defer { isPast = true }
                return !isPast
            }
            if isFirst {
                wait()
                _ = try await raw.put(object)
            }
            return info
        }
        func get(_ key: ObjectKey) async throws -> [UInt8]? { try await raw.get(key) }
        func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }
        func put(_ object: NewObject) async throws -> ETag { try await raw.put(object) }
        func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
            try await raw.delete(key, ifMatch: etag)
        }
    }

    /// A store that never answers about some keys.
    private struct BrokenStore: ObjectStore {
        let raw: MemoryObjectStore
        let broken: Set<ObjectKey>
        var longestDelay: TimeInterval = 0

        func head(_ key: ObjectKey) async throws -> ObjectInfo? {
            if broken.contains(key) {
                throw Failure(.transient, "asking", at: "\(key)", cause: "no answer", advice: "ask again")
            }
            return try await raw.head(key)
        }
        func get(_ key: ObjectKey) async throws -> [UInt8]? { try await raw.get(key) }
        func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }
        func put(_ object: NewObject) async throws -> ETag { try await raw.put(object) }
        func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
            try await raw.delete(key, ifMatch: etag)
        }
    }
}
