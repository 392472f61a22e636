// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// An object store that is asked again, in its time, where it asked for less.
///
/// Such a call was refused before anything was done, so it may be made again as it stands. A store that is told to scale
/// up refuses some calls of many for minutes: if each took its whole video back, and cost its course a retry, the fleet
/// would ask for more than before. The brake hears of every refusal all the same, and an operator's limits hold for every
/// call. Nobody waits here for a store that is out: that is the run's to wait for.
struct UnhurriedStore: ObjectStore {
    /// How often a call is made.
    private static let tries = 3
    /// In seconds. A call that is to wait for longer fails: its video is taken back, and none begins meanwhile.
    private static let longest = 10.0

    private let raw: any ObjectStore
    private let surroundings: Surroundings
    private let mayWait: @Sendable () -> Bool

    init(_ raw: any ObjectStore, _ surroundings: Surroundings, mayWait: @escaping @Sendable () -> Bool) {
        (self.raw, self.surroundings, self.mayWait) = (raw, surroundings, mayWait)
    }

    var longestDelay: TimeInterval { raw.longestDelay }

    func head(_ key: ObjectKey) async throws -> ObjectInfo? { try await unhurried { try await raw.head(key) } }

    func get(_ key: ObjectKey) async throws -> [UInt8]? { try await unhurried { try await raw.get(key) } }

    /// A list is begun anew by whoever asked for it.
    func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }

    func put(_ object: NewObject) async throws -> ETag { try await unhurried { try await raw.put(object) } }

    func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        try await unhurried { try await raw.delete(key, ifMatch: etag) }
    }

    private func unhurried<Value>(_ call: () async throws -> Value) async throws -> Value {
        var attempt = 1
        while true {
            do {
                return try await call()
            } catch let failure as Failure
                where failure.class == .throttled && attempt < Self.tries && failure.retryAfter ?? 0 <= Self.longest
                && mayWait()
            {
                let pause = max(RetryPolicy().delay(jitter: surroundings.jitter()), .seconds(failure.retryAfter ?? 0))
                try await surroundings.sleep(pause)
                attempt += 1
            }
        }
    }
}
