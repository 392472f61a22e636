// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@Suite struct StorePreflightTests {
    private static let id = UUID(version5Of: "canary", namespace: .urlNamespace)
    private static let names = [
        "store: put if absent", "store: checksum", "store: delete if match", "store: damaged bytes",
        "store: nothing left",
    ]
    /// The calls of a preflight in which nothing goes wrong.
    private static let calls = 10

    private func preflight(prefix: String = "video-transcripts/") -> StorePreflight {
        StorePreflight(prefix: prefix, id: Self.id, uptime: { 0 })
    }

    private func names(of checks: [PreflightCheck], _ verdict: PreflightCheck.Verdict) -> [String] {
        checks.filter { $0.verdict == verdict }.map(\.name)
    }

    @Test func `a store that keeps its promises passes, and nothing is left in it`() async {
        let raw = MemoryObjectStore()
        let store = OddStore(raw)
        let checks = await preflight().checks(of: store)
        #expect(checks.map(\.name) == Self.names)
        #expect(names(of: checks, .pass) == Self.names)
        #expect(checks.allSatisfy { $0.advice == nil })
        #expect(raw.objects.isEmpty)
        #expect(store.calls == Self.calls)
    }

    @Test func `the canary is under the transcripts' prefix and belongs to no run`() async throws {
        let raw = MemoryObjectStore()
        let preflight = preflight(prefix: "some/where/")
        #expect(preflight.canary.text == "some/where/mallow-canary-\(Self.id.uuidString.lowercased())")
        _ = await preflight.checks(of: OddStore(raw, deadFrom: 3))
        let left = try #require(raw.objects[preflight.canary])
        #expect(raw.objects.count == 1)
        #expect(left.writtenBy == Provenance(run: RunID(0), intent: Self.id))
    }

    @Test func `what a preflight that was killed left behind is told by name, and stays`() async throws {
        let raw = MemoryObjectStore()
        let killed = StorePreflight(
            prefix: "video-transcripts/", id: UUID(version5Of: "killed", namespace: .urlNamespace), uptime: { 0 })
        _ = await killed.checks(of: OddStore(raw, deadFrom: 3))
        let checks = await preflight().checks(of: OddStore(raw))
        #expect(names(of: checks, .pass) == Self.names)
        let other = try #require(checks.last)
        #expect(other.name == "store: other canaries")
        #expect(other.verdict == .attention)
        #expect(other.measured == killed.canary.text)
        #expect(other.advice?.contains("was killed in the middle of it") == true)
        #expect(Array(raw.objects.keys) == [killed.canary])
    }

    @Test(arguments: [
        (OddStore.Oddity.overwrites, "store: put if absent"), (.otherChecksum, "store: checksum"),
        (.noChecksum, "store: checksum"), (.noProvenance, "store: checksum"), (.otherSize, "store: checksum"),
        (.otherBytes, "store: checksum"),
        (.deletesAndSaysChanged, "store: delete if match"), (.takesWrongETags, "store: delete if match"),
        (.takesDamage, "store: damaged bytes"),
    ])
    func `a store that breaks one promise fails that check alone`(_ oddity: OddStore.Oddity, _ name: String) async {
        let raw = MemoryObjectStore()
        let checks = await preflight().checks(of: OddStore(raw, oddity))
        #expect(names(of: checks, .fail) == [name])
        #expect(names(of: checks, .pass) == Self.names.filter { $0 != name })
        #expect(checks.filter { $0.verdict == .fail }.allSatisfy { $0.advice != nil })
        #expect(raw.objects.isEmpty)
    }

    @Test func `a store that deletes whatever the ETag lets a run begin, and somebody knows`() async {
        let raw = MemoryObjectStore()
        let checks = await preflight().checks(of: OddStore(raw, .deletesWithoutMatching))
        #expect(names(of: checks, .fail).isEmpty)
        #expect(names(of: checks, .attention) == ["store: delete if match"])
        #expect(checks[2].advice?.contains("reads an object before it deletes it") == true)
        #expect(raw.objects.isEmpty)
    }

    @Test func `a store that keeps what is deleted as an old version is told as one, and passes`() async {
        let checks = await preflight().checks(of: OddStore(MemoryObjectStore(), .keepsVersions))
        #expect(names(of: checks, .pass) == Self.names)
        #expect(names(of: checks, .attention) == ["store: versions"])
    }

    @Test func `a store that says deleted and keeps the object fails, whatever the ETag was`() async {
        let checks = await preflight().checks(of: OddStore(MemoryObjectStore(), .saysDeleted))
        #expect(names(of: checks, .fail) == ["store: delete if match"])
        #expect(names(of: checks, .attention) == ["store: damaged bytes", "store: nothing left"])
    }

    @Test func `a store that never deletes is told so, with the canary's name`() async {
        let raw = MemoryObjectStore()
        let preflight = preflight()
        let checks = await preflight.checks(of: OddStore(raw, .neverDeletes))
        #expect(names(of: checks, .fail) == ["store: delete if match"])
        #expect(names(of: checks, .attention) == ["store: damaged bytes", "store: nothing left"])
        #expect(checks.last?.measured.contains(preflight.canary.text) == true)
    }

    @Test(arguments: 1...calls, [false, true])
    func `nothing is left, and something is said, when one call throws`(_ call: Int, _ isEffective: Bool) async {
        let raw = MemoryObjectStore()
        let checks = await preflight().checks(of: OddStore(raw, failing: call, afterEffect: isEffective))
        #expect(raw.objects.isEmpty)
        #expect(checks.map(\.name) == Self.names)
        // The last call is the last look for the canary, which is made again.
        #expect(names(of: checks, .fail).count == (call == Self.calls ? 0 : 1))
    }

    @Test(arguments: 1...calls)
    func `an object that may be left is named when the store dies`(_ call: Int) async {
        let raw = MemoryObjectStore()
        let preflight = preflight()
        let checks = await preflight.checks(of: OddStore(raw, deadFrom: call))
        #expect(names(of: checks, .attention).contains("store: nothing left"))
        #expect(checks.last?.measured.contains(preflight.canary.text) == true)
        #expect(checks.last?.advice != nil)
    }

    @Test func `without a canary nothing else is called proven`() async {
        let checks = await preflight().checks(of: OddStore(MemoryObjectStore(), failing: 1))
        #expect(checks.map(\.verdict) == [.fail, .attention, .attention, .attention, .pass])
        #expect(checks[0].measured.contains("the store is away"))
        #expect(checks[0].advice == "wait")
    }

    @Test func `a write that may still arrive is named`() async {
        let preflight = preflight()
        let store = OddStore(MemoryObjectStore(), failing: 1, longestDelay: 900)
        let last = await preflight.checks(of: store).last
        #expect(last?.verdict == .attention)
        #expect(last?.measured == "\(preflight.canary) may still arrive, for 900 s")
    }

    @Test func `a stranger's object at the canary's key stays`() async {
        let raw = MemoryObjectStore()
        let preflight = preflight()
        raw.plant(preflight.canary, Array("somebody else's".utf8))
        let checks = await preflight.checks(of: raw)
        #expect(checks.map(\.verdict) == [.fail, .attention, .attention, .attention, .attention])
        #expect(raw.objects[preflight.canary]?.bytes == Array("somebody else's".utf8))
    }

    @Test func `a write that was given up half way may still arrive, and is named`() async {
        let preflight = preflight()
        let store = OddStore(MemoryObjectStore(), .givesUpTheCancelled, longestDelay: 900)
        let last = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await preflight.checks(of: store)
        }.value.last
        #expect(last?.measured == "\(preflight.canary) may still arrive, for 900 s")
    }

    /// Counts what is waited for, and waits for nothing.
    private static func surroundings(_ waits: @escaping @Sendable (Double) -> Void) -> Surroundings {
        Surroundings(
            sleep: { waits($0 / .seconds(1)) }, uptime: { 0 }, now: { Date(timeIntervalSince1970: 0) },
            newID: { UUID() }, jitter: { 0 })
    }

    @Test(arguments: [
        (OddStore(MemoryObjectStore(), failing: 1), 1, true),
        (OddStore(MemoryObjectStore(), failing: 3), 1, true),
        (OddStore(MemoryObjectStore(), deadFrom: 1), 3, false),
        (OddStore(MemoryObjectStore(), .overwrites), 0, false),
        (OddStore(MemoryObjectStore()), 0, true),
    ])
    func `before a run a store that was only busy is tried again, and a broken promise is not`(
        _ store: OddStore, _ again: Int, _ passes: Bool
    ) async {
        let waits = Mutex<[Double]>([])
        let told = Mutex(0)
        let checks = await preflight().checks(
            of: store, in: Self.surroundings { seconds in waits.withLock { $0.append(seconds) } }
        ) { _ in told.withLock { $0 += 1 } }
        #expect(told.withLock { $0 } == again)
        #expect(waits.withLock { $0 } == Array(repeating: 2, count: again))
        #expect(names(of: checks, .fail).isEmpty == passes)
        // What each attempt may have left is named.
        #expect(checks.count { $0.name == "store: nothing left" && $0.verdict == .attention } == (again == 3 ? 4 : 0))
    }

    @Test func `what was accepted by name is said by name`() async {
        let checks = await preflight().checks(of: OddStore(MemoryObjectStore(), weaknesses: [.unchecked, .putRace]))
        #expect(names(of: checks, .pass) == Self.names)
        #expect(names(of: checks, .attention) == ["store: put-race", "store: unchecked"])
        #expect(checks.suffix(2).allSatisfy { $0.advice?.isEmpty == false })
    }

    @Test func `a preflight that is given up tries nothing more and cleans up`() async {
        let raw = MemoryObjectStore()
        let preflight = preflight()
        let checks = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await preflight.checks(of: OddStore(raw, .refusesTheCancelled))
        }.value
        #expect(names(of: checks, .fail) == ["store: put if absent"])
        #expect(checks.filter { $0.measured == "not tried" }.map(\.name) == Array(Self.names[1...3]))
        #expect(checks.last?.verdict == .pass)
        #expect(raw.objects.isEmpty)
    }
}

/// A store in memory that breaks one promise, or whose calls fail from one on.
final class OddStore: ObjectStore {
    enum Oddity: Sendable {
        case overwrites, otherChecksum, noChecksum, otherSize, otherBytes, noProvenance
        case takesDamage, takesWrongETags
        case keepsVersions
        case deletesWithoutMatching, deletesAndSaysChanged, neverDeletes, saysDeleted
        /// Does what a cancelled task asks, and answers it with an error, as network clients do.
        case refusesTheCancelled
        /// Does nothing for a cancelled task, and says that it was cancelled.
        case givesUpTheCancelled
    }

    let longestDelay: TimeInterval
    let weaknesses: Set<StoreWeakness>
    private let raw: MemoryObjectStore
    private let oddity: Oddity?
    private let failing: ClosedRange<Int>?
    private let isEffective: Bool
    private let count = Mutex(0)

    /// - Parameters:
    ///   - failing: the number of the one call that throws, from 1.
    ///   - deadFrom: the number of the first of all calls that throw.
    ///   - afterEffect: whether a call that throws has done its work.
    init(
        _ raw: MemoryObjectStore, _ oddity: Oddity? = nil, failing: Int? = nil, deadFrom: Int? = nil,
        afterEffect: Bool = false, longestDelay: TimeInterval = 0, weaknesses: Set<StoreWeakness> = []
    ) {
        self.weaknesses = weaknesses
        (self.raw, self.oddity, self.longestDelay) = (raw, oddity, longestDelay)
        self.failing = failing.map { $0...$0 } ?? deadFrom.map { $0...Int.max }
        isEffective = afterEffect
    }

    /// How many calls there were.
    var calls: Int { count.withLock { $0 } }

    func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        let info = try await call { try await raw.head(key) }
        return info.map { info in
            let checksum: Checksum? =
                switch oddity {
                case .otherChecksum: Checksum(of: [1])
                case .noChecksum: nil
                default: info.checksum
                }
            return ObjectInfo(
                key: key, size: oddity == .otherSize ? info.size + 1 : info.size, etag: info.etag, checksum: checksum,
                provenance: oddity == .noProvenance ? nil : info.provenance, isVersioned: oddity == .keepsVersions
            )
        }
    }

    func get(_ key: ObjectKey) async throws -> [UInt8]? {
        let bytes = try await call { try await raw.get(key) }
        return oddity == .otherBytes ? bytes?.reversed() : bytes
    }

    func refusesDamage(to object: NewObject) async throws -> Bool? {
        guard oddity == .takesDamage else { return nil }
        raw.removeSilently(object.key)
        _ = try await raw.put(object)
        return false
    }

    func refusesWrongETag(at key: ObjectKey) async throws -> Bool? {
        guard oddity == .takesWrongETags else { return nil }
        raw.removeSilently(key)
        return false
    }

    func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }

    func put(_ object: NewObject) async throws -> ETag {
        try await call {
            if oddity == .overwrites { raw.removeSilently(object.key) }
            return try await raw.put(object)
        }
    }

    func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        try await call {
            switch oddity {
            case .deletesWithoutMatching, .deletesAndSaysChanged:
                let isThere = raw.objects[key] != nil
                raw.removeSilently(key)
                if oddity == .deletesAndSaysChanged { return .changed }
                return isThere ? .deleted : .absent
            case .saysDeleted: return .deleted
            case .neverDeletes:
                let deletion: Deletion = raw.objects[key]?.info.etag == etag ? .deleted : .changed
                return deletion
            default: return try await raw.delete(key, ifMatch: etag)
            }
        }
    }

    private func call<Value>(_ body: () async throws -> Value) async throws -> Value {
        let number = count.withLock { count in
            count += 1
            return count
        }
        if oddity == .refusesTheCancelled, Task.isCancelled {
            _ = try await body()
            throw CancellationError()
        }
        if oddity == .givesUpTheCancelled { try Task.checkCancellation() }
        guard failing?.contains(number) == true else { return try await body() }
        if isEffective {
            _ = try? await body()  // whatever it had to say, its answer is lost
        }
        throw Failure(.ambiguous, "call the store", at: "call \(number)", cause: "the store is away", advice: "wait")
    }
}
