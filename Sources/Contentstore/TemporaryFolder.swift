// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// A private folder that lives as long as something holds it.
///
/// It is locked while it lives, so that an engine that cannot see our process (another container with the same
/// temporary folder) does not take it for a dead one's.
final class TemporaryFolder: Sendable {
    let path: String
    private let lock: Int32

    private static let prefix = "mallow-export-"

    /// Makes a folder that only this user may enter. Blocks.
    ///
    /// - Throws: ``Failure`` when `parent` does not take it.
    init(in parent: String) throws {
        let template = "\(parent)/\(Self.prefix)\(getpid())-XXXXXX"
        var name = template.utf8CString
        let made = name.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw Failure.export("make temporary folder", at: template, errno: errno) }
        path = made
        lock = Foundation.open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            if lock >= 0 { close(lock) }
            Self.remove(made)
            throw Failure.export("lock temporary folder", at: made, errno: code)
        }
    }

    deinit {
        Self.remove(path)
        close(lock)
    }

    /// Removes what engines that no longer run left in `parent`. Blocks; may be called at any time.
    static func sweep(_ parent: String) {
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: parent)) ?? []  // making the next folder says why
        for name in names where name.hasPrefix(prefix) {
            let parts = name.dropFirst(prefix.count).split(separator: "-")
            guard parts.count == 2, let process = pid_t(parts[0]), process > 0 else { continue }
            let path = "\(parent)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
            guard status.st_uid == geteuid(), kill(process, 0) != 0, errno == ESRCH else { continue }
            if !isLocked(path) { remove(path) }
        }
    }

    private static func isLocked(_ path: String) -> Bool {
        let folder = Foundation.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { return false }
        defer { close(folder) }
        return flock(folder, LOCK_EX | LOCK_NB) != 0
    }

    /// Removes a folder with everything in it. What stays all the same is swept by the next engine.
    private static func remove(_ path: String) {
        makeWritable(path)
        try? FileManager.default.removeItem(atPath: path)  // nobody to tell: the work with it is done
    }

    /// Gives this user every right on the folders of a tree: nothing can be removed from a folder that is read-only.
    private static func makeWritable(_ path: String) {
        var folders = [path]
        while let folder = folders.popLast() {
            chmod(folder, S_IRWXU)
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder)  // nor removed
            for name in names ?? [] {
                var status = stat()
                let inner = "\(folder)/\(name)"
                if lstat(inner, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { folders.append(inner) }
            }
        }
    }
}
