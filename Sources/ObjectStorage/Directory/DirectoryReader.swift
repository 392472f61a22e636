// SPDX-License-Identifier: Apache-2.0
import Foundation
package import MigrationModel
package import Threading

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The reading half of a ``DirectoryStore``. It has no method that writes, and makes nothing: a folder that is not there
/// reads as an empty store.
package struct DirectoryReader: ObjectReader {
    let root: String
    let pool: BlockingPool

    /// A reader of the store in the folder at `path`. Nothing is read yet.
    ///
    /// - Parameter pool: runs the reader's blocking calls.
    package init(path: String, pool: BlockingPool) {
        root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.pool = pool
    }

    package func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        let place = try ObjectPath(key)
        return try await pool.run {
            try failing("read object", key) { () throws(SystemError) in try info(place) }
        }
    }

    package func get(_ key: ObjectKey) async throws -> [UInt8]? {
        let place = try ObjectPath(key)
        return try await pool.run {
            let bytes = try failing("read object", key) { () throws(SystemError) in try self.bytes(place) }
            guard let bytes else { return nil }
            let sidecar = try failing("read object", key) { () throws(SystemError) in try self.sidecar(place) }
            let found = Checksum(of: bytes)
            if let sidecar, sidecar.key == key, sidecar.checksum != found {
                throw Failure(
                    .integrity,
                    "read object",
                    at: key.text,
                    cause: "its bytes have the SHA-256 \(found), and \(sidecar.checksum) was written",
                    advice: "look who changed the file; the store never does"
                )
            }
            return bytes
        }
    }

    package func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> {
        let walk = KeyWalk(root: root, prefix: prefix)
        let piece = KeyPiece()
        return AsyncThrowingStream { [pool] in
            if let key = piece.next() { return key }
            let keys = try await pool.run {
                do {
                    return try walk.next(KeyPiece.length)
                } catch let error as SystemError {
                    throw error.failure("list objects", at: prefix)
                }
            }
            return piece.refill(keys)
        }
    }

    // MARK: - On a thread of the pool

    func info(_ place: ObjectPath) throws(SystemError) -> ObjectInfo? {
        guard let identity = try FileIdentity.ofFile(at: path(place.key)) else { return nil }
        let sidecar = try self.sidecar(place)
        if let sidecar, sidecar.key == place.key, sidecar.identity == identity {
            return info(place.key, identity.size, sidecar.checksum, sidecar.provenance)
        }
        // Not the file that the sidecar saw; but the same bytes, as after a restored backup, are still the same object.
        guard let bytes = try self.bytes(place) else { return nil }
        let checksum = Checksum(of: bytes)
        let isOurs = sidecar.map { $0.key == place.key && $0.checksum == checksum } ?? false
        return info(place.key, bytes.count, checksum, isOurs ? sidecar?.provenance : nil)
    }

    func info(_ key: ObjectKey, _ size: Int, _ checksum: Checksum, _ provenance: Provenance?) -> ObjectInfo {
        ObjectInfo(
            key: key,
            size: size,
            etag: ETag(unchecked: checksum.hexadecimal),
            checksum: checksum,
            provenance: provenance
        )
    }

    func bytes(_ place: ObjectPath) throws(SystemError) -> [UInt8]? {
        do {
            let file = try OpenFile(path(place.key), O_RDONLY)
            guard try file.status().st_mode & S_IFMT == S_IFREG else { return nil }
            return try file.readAll()
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
    }

    func sidecar(_ place: ObjectPath) throws(SystemError) -> Sidecar? {
        if let attribute = try ObjectAttribute.read(at: path(place.key)) { return Sidecar(attribute) }
        return try Sidecar.read(at: "\(root)/\(place.sidecar)")
    }

    func path(_ key: ObjectKey) -> String { "\(root)/\(key.text)" }

    func failing<Value>(
        _ what: String,
        _ key: ObjectKey,
        _ body: () throws(SystemError) -> Value
    ) throws -> Value {
        do { return try body() } catch { throw error.failure(what, at: key.text) }
    }
}
