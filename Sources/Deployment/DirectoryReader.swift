// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import ObjectStorage
import Threading

/// Temporary.
struct DirectoryReader: ObjectReader {
    private let store: DirectoryStore?

    init(path: String, pool: BlockingPool) throws {
        store = FileManager.default.fileExists(atPath: path) ? try DirectoryStore(path: path, pool: pool) : nil
    }

    func head(_ key: ObjectKey) async throws -> ObjectInfo? { try await store?.head(key) }
    func get(_ key: ObjectKey) async throws -> [UInt8]? { try await store?.get(key) }
    func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> {
        store?.keys(under: prefix) ?? AsyncThrowingStream { $0.finish() }
    }
}
