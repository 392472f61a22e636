// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// An object store that tells what came of every call.
struct WatchedStore: ObjectStore {
    let raw: any ObjectStore
    let watching: CallWatch

    var longestDelay: TimeInterval { raw.longestDelay }

    func head(_ key: ObjectKey) async throws -> ObjectInfo? { try await watching { try await raw.head(key) } }

    func get(_ key: ObjectKey) async throws -> [UInt8]? { try await watching { try await raw.get(key) } }

    /// Not watched: the engine lists nothing.
    func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }

    func put(_ object: NewObject) async throws -> ETag {
        try await watching(isMeasured: true) { try await raw.put(object) }
    }

    func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        try await watching { try await raw.delete(key, ifMatch: etag) }
    }
}
