// SPDX-License-Identifier: Apache-2.0
import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The folders of a store that are known to be there, durably, with their parents.
final class KnownFolders: Sendable {
    /// The most folders that are kept open at once.
    private static let most = 128

    private let root: String
    /// By the bytes of the folder's path below the root.
    private let folders = Mutex<[[UInt8]: FolderSync]>([:])

    init(root: String) { self.root = root }

    /// The folder at `path` below the root, made if it is missing. Blocks when it is not yet known.
    ///
    /// - Throws: ``SystemError``.
    func folder(_ path: String) throws(SystemError) -> FolderSync {
        let name = Array(path.utf8)
        if let known = folders.withLock({ $0[name] }) { return known }
        let folder = try make(path)
        folders.withLock { folders in
            // The others are made known again when they are next used.
            if folders.count >= Self.most { folders.removeAll() }
            folders[name] = folder
        }
        return folder
    }

    /// Somebody took a folder away: nothing is known any more.
    func forget() { folders.withLock { $0.removeAll() } }

    /// Makes every missing part, and makes its name durable in its parent even when it was there already: whoever made
    /// it may not have come so far.
    private func make(_ path: String) throws(SystemError) -> FolderSync {
        var current = root
        var folder = try FolderSync(current)
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            current += "/\(Substring(part))"
            do {
                try systemCall { mkdir(current, 0o755) }
            } catch  where error.code == EEXIST {
                // Opening it says whether it is a folder.
            }
            try folder()
            folder = try FolderSync(current)
        }
        return folder
    }
}
