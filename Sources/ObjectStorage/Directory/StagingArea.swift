// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The folder in which one store object writes its temporary files, and the end of those that others left behind.
///
/// Each has a folder of its own below `.mallow/tmp`, named for its process, and holds a lock on it for as long as it
/// lives. A folder whose lock is free belongs to nobody any more, whatever has become of its process number.
final class StagingArea: Sendable {
    /// Below the store's folder.
    let path: String
    private let root: String
    private let folder: OpenFile
    private let next = Atomic(0)

    /// Makes a folder in `.mallow/tmp` of the store at `root`, which is there already.
    init(root: String) throws(SystemError) {
        self.root = root
        while true {
            let path = "\(ObjectPath.privateFolder)/tmp/\(getpid())-\(UUID().uuidString)"
            try systemCall { mkdir("\(root)/\(path)", 0o755) }
            let folder = try OpenFile("\(root)/\(path)", O_RDONLY | O_DIRECTORY)
            try systemCall { flock(folder.descriptor, LOCK_EX) }
            // Between those two calls somebody else may have swept it away.
            var status = stat()
            if stat("\(root)/\(path)", &status) == 0 {
                self.path = path
                self.folder = folder
                return
            }
        }
    }

    deinit { rmdir("\(root)/\(path)") }

    /// A path for a temporary file that nobody else gets.
    func newPath() -> String {
        "\(root)/\(path)/\(next.wrappingAdd(1, ordering: .relaxed).newValue)"
    }

    /// Removes the temporary files of stores that are gone, after ending what they had all but done.
    ///
    /// A store that was killed after an object got its key and before its sidecar got its name has left the sidecar
    /// here: it is moved to its place, or nobody would know whose the object is.
    func sweepAbandoned() throws(SystemError) {
        for name in try Self.names(in: "\(root)/\(ObjectPath.privateFolder)/tmp") {
            let abandoned = "\(root)/\(ObjectPath.privateFolder)/tmp/\(name)"
            guard let folder = try Self.lockIfFree(abandoned) else { continue }
            for file in try Self.names(in: abandoned) { try end("\(abandoned)/\(file)") }
            rmdir(abandoned)
            _ = folder.descriptor
        }
    }

    private func end(_ file: String) throws(SystemError) {
        if file.utf8.reversed().starts(with: ".json".utf8.reversed()),
            let sidecar = try Sidecar.read(at: file),
            let place = try? ObjectPath(sidecar.key),  // a key that is not one has no object
            try FileIdentity.ofFile(at: "\(root)/\(sidecar.key)") == sidecar.identity,
            rename(file, "\(root)/\(place.sidecar)") == 0
        {
            return
        }
        unlink(file)
    }

    /// The folder at `path` with its lock held, or nil when somebody holds it or it is gone.
    private static func lockIfFree(_ path: String) throws(SystemError) -> OpenFile? {
        do {
            let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
            if flock(folder.descriptor, LOCK_EX | LOCK_NB) == 0 { return folder }
            return nil
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
    }

    private static func names(in folder: String) throws(SystemError) -> [String] {
        guard let stream = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw .last
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = try FolderEntry.next(in: stream) { names.append(entry.name) }
        return names
    }
}
