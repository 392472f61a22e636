// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel

/// Reads objects, and asks again, in its time, where the store asked for less.
package struct UnhurriedReader: ObjectReader {
    private let raw: any ObjectReader
    private let unhurried: Unhurried

    /// For who looks outside a run.
    package init(_ raw: any ObjectReader, _ surroundings: Surroundings) {
        self.init(raw, Unhurried(outsideRuns: surroundings))
    }

    init(_ raw: any ObjectReader, _ unhurried: Unhurried) { (self.raw, self.unhurried) = (raw, unhurried) }

    package func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        try await unhurried.call { try await raw.head(key) }
    }

    package func get(_ key: ObjectKey) async throws -> [UInt8]? { try await unhurried.call { try await raw.get(key) } }

    package func checksum(ofBytesAt key: ObjectKey) async throws -> Checksum? {
        try await unhurried.call { try await raw.checksum(ofBytesAt: key) }
    }

    /// A list is begun anew by whoever asked for it.
    package func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }
}

/// An object store that is asked again, in its time, where it asked for less.
///
/// A store that is told to scale up refuses some calls of many for minutes: if each took its whole video back, and cost
/// its course a retry, the fleet would ask for more than before. In a run the brake hears of every refusal all the same,
/// an operator's limits hold for every call, and nobody waits here for a store that is out: that is the run's to wait for.
package struct UnhurriedStore: ObjectStore, ReadingByReader {
    private let raw: any ObjectStore
    package let reader: UnhurriedReader
    private let unhurried: Unhurried

    /// For who settles outside a run.
    package init(_ raw: any ObjectStore, _ surroundings: Surroundings) {
        self.init(raw, Unhurried(outsideRuns: surroundings))
    }

    init(_ raw: any ObjectStore, _ unhurried: Unhurried) {
        (self.raw, self.unhurried) = (raw, unhurried)
        reader = UnhurriedReader(raw, unhurried)
    }

    package var longestDelay: TimeInterval { raw.longestDelay }
    package var weaknesses: Set<StoreWeakness> { raw.weaknesses }

    package func put(_ object: NewObject) async throws -> ETag {
        try await unhurried.call { try await raw.put(object) }
    }

    package func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        try await unhurried.call { try await raw.delete(key, ifMatch: etag) }
    }

    package func refusesDamage(to object: NewObject) async throws -> Bool? {
        try await unhurried.call { try await raw.refusesDamage(to: object) }
    }

    package func refusesWrongETag(at key: ObjectKey) async throws -> Bool? {
        try await unhurried.call { try await raw.refusesWrongETag(at: key) }
    }
}
