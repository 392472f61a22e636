// SPDX-License-Identifier: Apache-2.0
package import Foundation
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
package final class DirectoryStore: ObjectStore, ReadingByReader {
    /// A write that failed is over: nothing of it is under way anywhere.
    package let longestDelay: TimeInterval = 0

    package let reader: DirectoryReader
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
        reader = DirectoryReader(path: path, pool: pool)
        let root = reader.root
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
        return try await reader.pool.run { [self] in
            try object.requireWhole()
            try write(object, to: place)
            return ETag(unchecked: object.checksum.hexadecimal)
        }
    }

    package func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        let place = try ObjectPath(key)
        return try await reader.pool.run { [self] in
            try reader.failing("delete object", key) { () throws(SystemError) in
                guard let before = try FileIdentity.ofFile(at: reader.path(key)), let bytes = try reader.bytes(place)
                else {
                    return .absent
                }
                let isSame = try FileIdentity.ofFile(at: reader.path(key)) == before
                guard isSame, Checksum(of: bytes).hexadecimal == etag.text else { return .changed }
                let folder = try folders.folder(place.folder)
                try systemCall { unlink(reader.path(key)) }
                // The object's own and no other's: if it stays, it fits no file and is not believed.
                if try Sidecar.read(at: "\(reader.root)/\(place.sidecar)")?.identity == before {
                    unlink("\(reader.root)/\(place.sidecar)")
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
