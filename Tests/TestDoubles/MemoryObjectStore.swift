// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel
import Synchronization

/// A complete object store in memory, without faults. Nothing in it ever waits.
///
/// Tests look into it and put things there behind the port's back; both are as atomic as the port's own calls.
package final class MemoryObjectStore: ObjectStore {
    /// An object as it is kept.
    package struct StoredObject: Sendable, Hashable {
        package let bytes: [UInt8]
        package let info: ObjectInfo
        /// `text/plain` and the like; nil for an object that a test planted.
        package let contentType: String?
        /// Who wrote it through the port; nil for an object that a test planted.
        package var writtenBy: Provenance? { info.provenance }
    }

    package let longestDelay: TimeInterval = 0
    private let state: Mutex<[ObjectKey: StoredObject]>

    /// An empty store, or one that holds what another held.
    package init(_ objects: [ObjectKey: StoredObject] = [:]) { state = Mutex(objects) }

    /// Everything that is there now.
    package var objects: [ObjectKey: StoredObject] { state.withLock { $0 } }

    /// Puts bytes at a key as a stranger would, whatever is there.
    package func plant(_ key: ObjectKey, _ bytes: [UInt8]) {
        let object = Self.stored(key: key, bytes: bytes, checksum: Checksum(of: bytes))
        state.withLock { $0[key] = object }
    }

    /// Takes an object away as a stranger would.
    package func removeSilently(_ key: ObjectKey) {
        state.withLock { $0[key] = nil }
    }

    package func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        state.withLock { $0[key]?.info }
    }

    package func get(_ key: ObjectKey) async throws -> [UInt8]? {
        state.withLock { $0[key]?.bytes }
    }

    package func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> {
        let found = state.withLock { $0.keys.filter { $0.text.utf8.starts(with: prefix.utf8) } }
        return AsyncThrowingStream { continuation in
            for key in found { continuation.yield(key) }
            continuation.finish()
        }
    }

    package func put(_ object: NewObject) async throws -> ETag {
        try object.requireWhole()
        let stored = Self.stored(
            key: object.key,
            bytes: object.bytes,
            checksum: object.checksum,
            contentType: object.contentType,
            provenance: object.provenance
        )
        return try state.withLock { objects in
            guard objects[object.key] == nil else {
                throw Failure(
                    .conflict,
                    "put object",
                    at: object.key.text,
                    cause: "there is an object at this key",
                    advice: "look whose it is before anything else is done with this key"
                )
            }
            objects[object.key] = stored
            return stored.info.etag
        }
    }

    package func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        state.withLock { objects in
            guard let object = objects[key] else { return .absent }
            guard object.info.etag == etag else { return .changed }
            objects[key] = nil
            return .deleted
        }
    }

    private static func stored(
        key: ObjectKey,
        bytes: [UInt8],
        checksum: Checksum,
        contentType: String? = nil,
        provenance: Provenance? = nil
    ) -> StoredObject {
        let info = ObjectInfo(
            key: key,
            size: bytes.count,
            etag: ETag(unchecked: checksum.hexadecimal),
            checksum: checksum,
            provenance: provenance
        )
        return StoredObject(bytes: bytes, info: info, contentType: contentType)
    }
}
