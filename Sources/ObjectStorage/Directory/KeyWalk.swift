// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A name in a folder.
struct FolderEntry {
    let name: String
    /// Whether it is a folder; nil when the file system does not say.
    let isFolder: Bool?
    let isFile: Bool?

    #if canImport(Darwin)
    typealias Stream = UnsafeMutablePointer<DIR>
    #else
    typealias Stream = OpaquePointer
    #endif

    /// The next name, without `.`, `..` and names that are not UTF-8, which no key can have; nil at the end.
    static func next(in stream: Stream) throws(SystemError) -> FolderEntry? {
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw .last }
                return nil
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    String(validatingCString: $0)
                }
            }
            guard let name, name != ".", name != ".." else { continue }
            switch Int32(entry.pointee.d_type) {
            case Int32(DT_DIR): return FolderEntry(name: name, isFolder: true, isFile: false)
            case Int32(DT_REG): return FolderEntry(name: name, isFolder: false, isFile: true)
            default: return FolderEntry(name: name, isFolder: nil, isFile: nil)
            }
        }
    }
}

/// A walk over the files below the store's folder, a piece at a time, with no more in memory than that piece and one
/// open folder for each level.
final class KeyWalk: Sendable {
    private struct Level {
        let stream: FolderEntry.Stream
        /// The folder's key with a slash at its end; "" is the store's own.
        let prefix: String
    }

    private let root: String
    private let prefix: String
    private let levels: Mutex<[Level]?>

    init(root: String, prefix: String) {
        self.root = root
        self.prefix = prefix
        levels = Mutex(nil)
    }

    deinit {
        levels.withLock { levels in
            for level in levels ?? [] { closedir(level.stream) }
        }
    }

    /// Up to `count` keys more; none at the end. Blocks.
    func next(_ count: Int) throws(SystemError) -> [ObjectKey] {
        let result: Result<[ObjectKey], SystemError> = levels.withLock { kept in
            do {
                var levels = try kept ?? open("").map { [$0] } ?? []
                defer { kept = levels }
                return .success(try advance(&levels, count))
            } catch let error as SystemError {
                return .failure(error)
            } catch {
                preconditionFailure("only system calls fail here")
            }
        }
        return try result.get()
    }

    private func advance(_ levels: inout [Level], _ count: Int) throws(SystemError) -> [ObjectKey] {
        var found: [ObjectKey] = []
        while found.count < count, let level = levels.last {
            guard let entry = try FolderEntry.next(in: level.stream) else {
                closedir(levels.removeLast().stream)
                continue
            }
            let key = level.prefix + entry.name
            if key == ObjectPath.privateFolder { continue }
            let isInside = key.utf8.starts(with: prefix.utf8)
            let mayHold = isInside || prefix.utf8.starts(with: "\(key)/".utf8)
            guard mayHold else { continue }
            if try isFolder(entry, key) {
                if let below = try open("\(key)/") { levels.append(below) }
            } else if isInside, try isFile(entry, key) {
                found.append(ObjectKey(unchecked: key))
            }
        }
        return found
    }

    /// nil when it is gone by now.
    private func open(_ prefix: String) throws(SystemError) -> Level? {
        guard let stream = opendir("\(root)/\(prefix)") else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .last
        }
        return Level(stream: stream, prefix: prefix)
    }

    /// Links to folders are not followed: they could lead in a circle.
    private func isFolder(_ entry: FolderEntry, _ key: String) throws(SystemError) -> Bool {
        if let known = entry.isFolder { return known }
        var status = stat()
        return lstat("\(root)/\(key)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private func isFile(_ entry: FolderEntry, _ key: String) throws(SystemError) -> Bool {
        if let known = entry.isFile { return known }
        return try FileIdentity.ofFile(at: "\(root)/\(key)") != nil
    }
}
