// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Who wrote an object and why: kept with it, so that what a lost ledger left behind can be found.
package struct Provenance: Sendable, Hashable, Codable {
    /// The run that wrote it.
    package let run: RunID
    /// The intent that named it.
    package let intent: UUID

    package init(run: RunID, intent: UUID) {
        self.run = run
        self.intent = intent
    }
}

/// An object about to be written.
package struct NewObject: Sendable, Hashable {
    package let key: ObjectKey
    package let bytes: [UInt8]
    package let checksum: Checksum
    package let contentType: String
    package let provenance: Provenance

    package init(key: ObjectKey, bytes: [UInt8], checksum: Checksum, contentType: String, provenance: Provenance) {
        self.key = key
        self.bytes = bytes
        self.checksum = checksum
        self.contentType = contentType
        self.provenance = provenance
    }

    /// Hashes the bytes, before anything is done with them.
    ///
    /// - Throws: ``Failure`` of class `integrity` when they are not those that were hashed.
    package func requireWhole() throws {
        guard Checksum(of: bytes) == checksum else {
            throw Failure(
                .integrity, "put object", at: key.text, cause: "its bytes do not have the SHA-256 \(checksum)",
                advice: "the object is made again from the source's bytes"
            )
        }
    }
}

/// What an object store knows of an object.
package struct ObjectInfo: Sendable, Hashable {
    package let key: ObjectKey
    /// In bytes.
    package let size: Int
    package let etag: ETag
    /// The SHA-256 of the bytes; nil when the store cannot say.
    package let checksum: Checksum?
    /// nil for an object that is not ours.
    package let provenance: Provenance?
    /// Whether the store keeps what is deleted there as an earlier version, which no reader sees.
    package let isVersioned: Bool

    package init(
        key: ObjectKey, size: Int, etag: ETag, checksum: Checksum?, provenance: Provenance?, isVersioned: Bool = false
    ) {
        self.key = key
        self.size = size
        self.etag = etag
        self.checksum = checksum
        self.provenance = provenance
        self.isVersioned = isVersioned
    }
}

/// How a conditional delete ended.
package enum Deletion: Sendable, Hashable {
    case deleted
    /// There was nothing at the key.
    case absent
    /// Something else is there now: it was left alone.
    case changed
}

/// What a store cannot promise, under the name by which an operator accepts it.
package enum StoreWeakness: String, Sendable, Hashable, Codable, CaseIterable {
    /// It takes a second PUT at a key. Looking before each PUT leaves a moment in which another program's object at the
    /// same key would be lost.
    case putRace = "put-race"
    /// It does not look whether what it got has our SHA-256. What was put is read back and compared, which costs a GET.
    case unchecked = "unchecked"
    /// It deletes whatever is at a key. Looking before each DELETE leaves a moment in which another program's object
    /// would be lost.
    case deleteRace = "delete-race"

    /// For screens and reports: what may happen.
    package var sentence: String {
        switch self {
        case .putRace: "put-race: an object that another program writes at the same moment could be overwritten"
        case .unchecked: "unchecked: the store checks no SHA-256; every object is read back after it was put"
        case .deleteRace: "delete-race: a rollback could remove what another program writes at the same moment"
        }
    }
}

/// Reads objects. What plans, checks, dry runs and rehearsals' production side get: it has no method that writes.
///
/// Every method may be called again and from any task; none blocks the caller's thread. Errors are ``Failure``.
package protocol ObjectReader: Sendable {
    /// What is at `key`, or nil; never older than the last write that was acknowledged.
    func head(_ key: ObjectKey) async throws -> ObjectInfo?

    /// The bytes at `key`, checked against the store's own checksum.
    ///
    /// - Throws: ``Failure`` of class `integrity` when they differ from it; nil is "nothing there".
    func get(_ key: ObjectKey) async throws -> [UInt8]?

    /// The SHA-256 of the bytes at `key`, every one of which is read; nil is "nothing there".
    ///
    /// - Throws: as ``get(_:)``.
    func checksum(ofBytesAt key: ObjectKey) async throws -> Checksum?

    /// Every key that begins with `prefix`, in any order, one by one.
    func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error>
}

/// What came of asking for one object of several.
private struct Look: Sendable {
    let key: ObjectKey
    let info: ObjectInfo?
    let error: (any Error)?
}

extension ObjectReader {
    /// What is at each of `keys`, all looked at in parallel; a key that has no object is left out.
    ///
    /// - Throws: when all have answered, the ``Failure`` of one: of several rather one that must not be retried, which
    ///   says more than one that may, and then the first in order of keys.
    package func heads(of keys: Set<ObjectKey>) async throws -> [ObjectKey: ObjectInfo] {
        if keys.count == 1, let key = keys.first { return try await head(key).map { [key: $0] } ?? [:] }
        // Nobody is cancelled for another's failure: it would cost a connection, and leave out what the store says.
        let looks = await withTaskGroup(of: Look.self) { group in
            for key in keys {
                group.addTask {
                    do {
                        return Look(key: key, info: try await head(key), error: nil)
                    } catch {
                        return Look(key: key, info: nil, error: error)
                    }
                }
            }
            var looks: [Look] = []
            for await look in group { looks.append(look) }
            return looks.sorted { $0.key < $1.key }
        }
        let errors = looks.compactMap(\.error)
        if let error = errors.first(where: { ($0 as? Failure)?.class.isRetryable == false }) ?? errors.first {
            throw error
        }
        return looks.reduce(into: [:]) { $0[$1.key] = $1.info }
    }

    package func checksum(ofBytesAt key: ObjectKey) async throws -> Checksum? {
        try await get(key).map { Checksum(of: $0) }
    }
}

/// A store that reads by a reader that it has.
package protocol ReadingByReader: ObjectReader {
    associatedtype Reader: ObjectReader
    var reader: Reader { get }
}

extension ReadingByReader {
    package func head(_ key: ObjectKey) async throws -> ObjectInfo? { try await reader.head(key) }

    package func get(_ key: ObjectKey) async throws -> [UInt8]? { try await reader.get(key) }

    package func checksum(ofBytesAt key: ObjectKey) async throws -> Checksum? {
        try await reader.checksum(ofBytesAt: key)
    }

    package func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { reader.keys(under: prefix) }
}

/// Reads, adds and takes back objects. There is no overwrite.
package protocol ObjectStore: ObjectReader {
    /// For how many seconds a write whose reply was lost may still arrive; 0 when a write that failed is over.
    var longestDelay: TimeInterval { get }

    /// What it cannot promise, as its operator has accepted by name.
    var weaknesses: Set<StoreWeakness> { get }

    /// Writes an object at a key where there is none; durable when it returns.
    ///
    /// Calling it again with the same object is safe and throws `conflict`: whoever does must look whose it is.
    ///
    /// - Throws: ``Failure``: `conflict` when there is something at the key, `integrity` when the store got other bytes
    ///   than we hashed, `ambiguous` when the reply was lost and the object may be there.
    func put(_ object: NewObject) async throws -> ETag

    /// Removes the object at `key` if it still has this ETag. For rollback alone.
    ///
    /// - Throws: ``Failure``: `ambiguous` when the reply was lost; it may be called again.
    func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion

    /// Sends bytes that do not have the SHA-256 that goes with them, as if they had changed on the way. For preflights.
    ///
    /// - Returns: whether the store refused them; nil for one that hashes them itself, whatever is sent along.
    /// - Throws: ``Failure``.
    func refusesDamage(to object: NewObject) async throws -> Bool?

    /// Asks for the deletion of what is at `key` by an ETag that it does not have. For preflights.
    ///
    /// - Returns: whether the store refused; nil for one that compares them itself, whatever is asked.
    /// - Throws: ``Failure``.
    func refusesWrongETag(at key: ObjectKey) async throws -> Bool?
}

extension ObjectStore {
    package var weaknesses: Set<StoreWeakness> { [] }

    package func refusesDamage(to object: NewObject) async throws -> Bool? { nil }

    package func refusesWrongETag(at key: ObjectKey) async throws -> Bool? { nil }
}
