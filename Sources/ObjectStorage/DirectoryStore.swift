// SPDX-License-Identifier: Apache-2.0
import Foundation
package import MigrationModel
package import Threading

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// An object store in a folder: objects are files at exactly their keys, everything else is below `.mallow/` there.
///
/// What the store knows of an object, its SHA-256 and who wrote it, is a sidecar: an attribute of the object's file, or a
/// file `.mallow/objects/KEY.json` where there are no attributes.
///
/// Several processes may use one folder at the same time, and may be killed at any moment: a key is taken by `link`,
/// which exactly one of them can win, and only when the object's bytes and its sidecar are on the disk. Deletion alone
/// is weaker: a file changed by somebody else between the look at its bytes and its removal would be lost, so it is
/// used, as the port says, only on keys that are ours.
package final class DirectoryStore: ObjectStore {
    private let root: String
    private let pool: BlockingPool
    private let writer: ObjectWriter
    private let folders: KnownFolders

    /// Opens the store in the folder at `path`, which is made if it is missing, and ends what processes that are gone
    /// left behind. Blocks.
    ///
    /// - Parameters:
    ///   - pool: runs the store's blocking calls; each put holds one of its threads.
    ///   - style: nil for the best that the folder's file system can do.
    /// - Throws: ``Failure``.
    package init(path: String, pool: BlockingPool, style: WritingStyle? = nil) throws {
        root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.pool = pool
        folders = KnownFolders(root: root)
        do {
            try Self.makeRoot(root)
            _ = try folders.folder("\(ObjectPath.privateFolder)/objects")
            _ = try folders.folder("\(ObjectPath.privateFolder)/hashed")
            _ = try folders.folder("\(ObjectPath.privateFolder)/tmp")
            let staging = try StagingArea(root: root)
            try staging.sweepAbandoned()
            writer = ObjectWriter(
                root: root,
                staging: staging,
                style: style ?? ObjectWriter.bestStyle(root: root, staging: staging)
            )
        } catch {
            throw error.failure("open the object store", at: path)
        }
    }

    package func put(_ object: NewObject) async throws -> ETag {
        let place = try ObjectPath(object.key)
        return try await pool.run { [self] in
            guard Checksum(of: object.bytes) == object.checksum else {
                throw Failure(
                    .integrity,
                    "put object",
                    at: object.key.text,
                    cause: "its bytes do not have the SHA-256 \(object.checksum)",
                    advice: "the object is made again from the source's bytes"
                )
            }
            try write(object, to: place)
            return ETag(unchecked: object.checksum.hexadecimal)
        }
    }

    package func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        let place = try ObjectPath(key)
        return try await pool.run { [self] in
            try failing("read object", key) { () throws(SystemError) in try info(place) }
        }
    }

    package func get(_ key: ObjectKey) async throws -> [UInt8]? {
        let place = try ObjectPath(key)
        return try await pool.run { [self] in
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

    package func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        let place = try ObjectPath(key)
        return try await pool.run { [self] in
            try failing("delete object", key) { () throws(SystemError) in
                guard let before = try FileIdentity.ofFile(at: path(key)), let bytes = try self.bytes(place) else {
                    return .absent
                }
                let isSame = try FileIdentity.ofFile(at: path(key)) == before
                guard isSame, Checksum(of: bytes).hexadecimal == etag.text else { return .changed }
                let folder = try folders.folder(place.folder)
                try systemCall { unlink(path(key)) }
                // The object's own and no other's: if it stays, it fits no file and is not believed.
                if try Sidecar.read(at: "\(root)/\(place.sidecar)")?.identity == before {
                    unlink("\(root)/\(place.sidecar)")
                }
                try folder()
                return .deleted
            }
        }
    }

    // MARK: - On a thread of the pool

    private func write(_ object: NewObject, to place: ObjectPath) throws {
        var isTaken = false
        do {
            let folder = try folders.folder(place.folder)
            if writer.style == .named { _ = try folders.folder(place.sidecarFolder) }
            try writer.write(object, to: place)
            isTaken = true
            try folder()
        } catch {
            throw putFailure(error, object.key, isTaken: isTaken)
        }
    }

    private func putFailure(_ error: SystemError, _ key: ObjectKey, isTaken: Bool) -> Failure {
        let failure = error.failure("put object", at: key.text)
        if isTaken {
            return Failure(
                .ambiguous,
                failure.what,
                at: failure.place,
                cause: failure.cause,
                safe: "the object is whole, and may or may not survive a power cut",
                advice: "it is looked for before anything else is done"
            )
        }
        if error.code == ENOENT { folders.forget() }
        return failure
    }

    private func info(_ place: ObjectPath) throws(SystemError) -> ObjectInfo? {
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

    private func info(_ key: ObjectKey, _ size: Int, _ checksum: Checksum, _ provenance: Provenance?) -> ObjectInfo {
        ObjectInfo(
            key: key,
            size: size,
            etag: ETag(unchecked: checksum.hexadecimal),
            checksum: checksum,
            provenance: provenance
        )
    }

    private func bytes(_ place: ObjectPath) throws(SystemError) -> [UInt8]? {
        do {
            let file = try OpenFile(path(place.key), O_RDONLY)
            guard try file.status().st_mode & S_IFMT == S_IFREG else { return nil }
            return try file.readAll()
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
    }

    private func sidecar(_ place: ObjectPath) throws(SystemError) -> Sidecar? {
        if let attribute = try ObjectAttribute.read(at: path(place.key)) { return Sidecar(attribute) }
        return try Sidecar.read(at: "\(root)/\(place.sidecar)")
    }

    private func path(_ key: ObjectKey) -> String { "\(root)/\(key.text)" }

    private func failing<Value>(
        _ what: String,
        _ key: ObjectKey,
        _ body: () throws(SystemError) -> Value
    ) throws -> Value {
        do { return try body() } catch { throw error.failure(what, at: key.text) }
    }

    private static func makeRoot(_ root: String) throws(SystemError) {
        var current = root.hasPrefix("/") ? "" : "."
        for part in root.split(separator: "/") {
            let parent = current.isEmpty ? "/" : current
            current += "/\(part)"
            var status = stat()
            if stat(current, &status) == 0 { continue }
            try systemCall { mkdir(current, 0o755) }
            try OpenFile(parent, O_RDONLY | O_DIRECTORY).synchronize()
        }
    }
}
