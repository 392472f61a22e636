// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel

/// An object store that is asked again, in its time, where it asked for less.
///
/// A store that is told to scale up refuses some calls of many for minutes: if each took its whole video back, and cost its
/// course a retry, the fleet would ask for more than before. In a run the brake hears of every refusal all the same, an
/// operator's limits hold for every call, and nobody waits here for a store that is out: that is the run's to wait for.
package struct UnhurriedStore: ObjectStore {
    private let raw: any ObjectStore
    private let unhurried: Unhurried

    /// For who looks or settles outside a run.
    package init(_ raw: any ObjectStore, _ surroundings: Surroundings) {
        self.init(raw, Unhurried(surroundings: surroundings))
    }

    init(_ raw: any ObjectStore, _ unhurried: Unhurried) { (self.raw, self.unhurried) = (raw, unhurried) }

    package var longestDelay: TimeInterval { raw.longestDelay }

    package var weaknesses: Set<StoreWeakness> { raw.weaknesses }

    package func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        try await unhurried.call { try await raw.head(key) }
    }

    package func get(_ key: ObjectKey) async throws -> [UInt8]? { try await unhurried.call { try await raw.get(key) } }

    /// A list is begun anew by whoever asked for it.
    package func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }

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

/// The same for who only reads.
package struct UnhurriedReader: ObjectReader {
    private let raw: any ObjectReader
    private let unhurried: Unhurried

    package init(_ raw: any ObjectReader, _ surroundings: Surroundings) {
        (self.raw, unhurried) = (raw, Unhurried(surroundings: surroundings))
    }

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
