// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel

/// Any object store, paced and failing as a stage says.
package struct PacedStore: ObjectStore {
    private let store: any ObjectStore
    private let stage: Stage

    package init(_ store: any ObjectStore, on stage: Stage) {
        self.store = store
        self.stage = stage
    }

    /// As the store itself: what the stage loses on its way there never arrives.
    package var longestDelay: TimeInterval { store.longestDelay }

    package func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        try await stage.call(.look, at: "\(key)") { try await store.head(key) }
    }

    package func get(_ key: ObjectKey) async throws -> [UInt8]? {
        try await stage.call(.look, at: "\(key)") { try await store.get(key) }
    }

    package func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { store.keys(under: prefix) }

    package func put(_ object: NewObject) async throws -> ETag {
        try await stage.call(.put, on: object.checksum.hexadecimal, at: "\(object.key)") {
            try await store.put(object)
        }
    }

    package func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        try await stage.call(.delete, on: "\(key)", at: "\(key)") { try await store.delete(key, ifMatch: etag) }
    }
}
