// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// How an object's file is written before it gets its key.
package enum WritingStyle: Sendable, Hashable, CaseIterable {
    /// As a file without a name, with the sidecar as its attribute: one `fsync`, and nothing is left behind when the
    /// process or the machine stops. Linux, on file systems that have both.
    case unnamed
    /// As a temporary file, with the sidecar as a file of its own. Works everywhere.
    case named
}

/// Puts an object at its key, whole or not at all. Each call blocks.
struct ObjectWriter: Sendable {
    let root: String
    let staging: StagingArea
    let style: WritingStyle

    /// Writes the object's bytes and sidecar to the disk, then gives it its key. The key's folder is not yet synced.
    ///
    /// - Throws: ``SystemError``, `EEXIST` when the key is taken; then nothing is left of the attempt.
    func write(_ object: NewObject, to place: ObjectPath) throws(SystemError) {
        switch style {
        case .unnamed: try writeUnnamed(object)
        case .named: try writeNamed(object, place)
        }
    }

    /// The best style that the store at `root` can do, found out by trying it.
    static func bestStyle(root: String, staging: StagingArea) -> WritingStyle {
        let trial = NewObject(
            key: ObjectKey(unchecked: String(staging.newPath().dropFirst(root.count + 1))),
            bytes: [],
            checksum: Checksum(of: []),
            contentType: "",
            provenance: Provenance(run: RunID(0), intent: UUID())
        )
        do {
            try ObjectWriter(root: root, staging: staging, style: .unnamed).writeUnnamed(trial)
            unlink("\(root)/\(trial.key)")
            return .unnamed
        } catch {
            // Whatever it is, the other style says it better when it has the same trouble.
            return .named
        }
    }

    private func writeUnnamed(_ object: NewObject) throws(SystemError) {
        #if os(Linux)
        let file = try OpenFile("\(root)/\(staging.path)", O_WRONLY | Self.unnamedFile)
        let identity = try Self.fill(file, object.bytes)
        try ObjectAttribute.set(Sidecar(object, identity: identity).encoded, on: file)
        try file.synchronize()
        try systemCall {
            linkat(AT_FDCWD, "/proc/self/fd/\(file.descriptor)", AT_FDCWD, "\(root)/\(object.key)", AT_SYMLINK_FOLLOW)
        }
        #else
        throw SystemError(code: ENOTSUP)
        #endif
    }

    #if os(Linux)
    /// `O_TMPFILE`, which Swift does not import: its own bit, the same on all our processors, with `O_DIRECTORY`.
    private static let unnamedFile = 0o20_000_000 | O_DIRECTORY
    #endif

    /// The object gets its key first, then the sidecar its name. A crash between these two leaves both temporary names
    /// for ``StagingArea/sweepAbandoned()`` to put right.
    private func writeNamed(_ object: NewObject, _ place: ObjectPath) throws(SystemError) {
        let temporary = staging.newPath()
        let temporarySidecar = temporary + ".json"
        defer {
            unlink(temporary)
            unlink(temporarySidecar)
        }
        let identity = try Self.writeFile(temporary, object.bytes)
        try Self.writeFile(temporarySidecar, Sidecar(object, identity: identity).encoded)
        try systemCall { link(temporary, "\(root)/\(object.key)") }
        // Without its sidecar the object is still there and whole; whose it is, the sweep of the next start may find.
        rename(temporarySidecar, "\(root)/\(place.sidecar)")
    }

    /// A file that is on the disk when this returns, and what it is recognised by.
    @discardableResult
    private static func writeFile(_ path: String, _ bytes: [UInt8]) throws(SystemError) -> FileIdentity {
        let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL)
        let identity = try fill(file, bytes)
        try file.synchronize()
        return identity
    }

    /// Writes the bytes, and sets the time of modification to a whole second: clocks of file systems tick so slowly that
    /// a change right after the write could bear the same time, but it will not bear that one.
    private static func fill(_ file: borrowing OpenFile, _ bytes: [UInt8]) throws(SystemError) -> FileIdentity {
        try file.write(bytes)
        let now = Int(Date.now.timeIntervalSince1970)
        let times = [timespec(tv_sec: now, tv_nsec: 0), timespec(tv_sec: now, tv_nsec: 0)]
        try systemCall { futimens(file.descriptor, times) }
        return FileIdentity(try file.status())
    }
}
