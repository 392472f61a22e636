// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// A folder of somebody else's files, none of which leads out of it.
///
/// Names are walked one by one without following links; a link is resolved first and followed only when it ends inside.
/// Nothing but regular files is opened for reading, and no open ever waits. Every method blocks. An instance belongs to
/// one call; its folders stay open until it goes.
final class SafeFolder {
    /// What a folder holds under one name.
    struct Entry: Hashable {
        enum Kind { case file, folder, link, other }

        let name: String
        let kind: Kind
        /// Whether `name` has the bytes that the file system knows; else the file cannot be asked for.
        let isText: Bool
    }

    /// The absolute path without links.
    let path: String
    /// How places begin in failures.
    let name: String
    private let root: Int32
    private var folders: [String: Int32] = [:]

    /// - Throws: ``Failure`` when there is no such folder or it cannot be opened.
    init(path: String, name: String) throws {
        guard let real = realpath(path, nil) else { throw Failure.export("open export", at: name, errno: errno) }
        defer { free(real) }
        root = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw Failure.export("open export", at: name, errno: errno) }
        self.path = String(cString: real)
        self.name = name
    }

    deinit {
        for folder in folders.values { close(folder) }
        close(root)
    }

    /// Where a file is, as failures say it.
    func place(_ file: String, line: Int? = nil) -> String {
        let place = file.isEmpty ? name : "\(name)/\(file)"
        return line.map { "\(place):\($0)" } ?? place
    }

    /// The state of a regular file; nil when there is nothing of that name.
    ///
    /// - Throws: ``Failure`` when it is no regular file or leads out of the folder.
    func identity(of file: String) throws -> FileIdentity? {
        try located(file) { folder, leaf in
            var status = stat()
            guard fstatat(folder, leaf, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return .failure(Errno(errno)) }
            if status.st_mode & S_IFMT == S_IFLNK { return .failure(Errno(ELOOP)) }
            try requireRegular(status, file)
            return .success(FileIdentity(status))
        }
    }

    /// A regular file whole; nil when there is nothing of that name.
    ///
    /// - Throws: ``Failure`` when it is no regular file, leads out of the folder, is longer than `limit` or fails to read.
    func bytes(of file: String, atMost limit: Int) throws -> (bytes: [UInt8], identity: FileIdentity)? {
        try located(file) { folder, leaf in
            let descriptor = openat(folder, leaf, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
            guard descriptor >= 0 else {
                let code = errno
                var status = stat()
                if fstatat(folder, leaf, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT != S_IFLNK {
                    try requireRegular(status, file)
                }
                return .failure(Errno(code))
            }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { return .failure(Errno(errno)) }
            try requireRegular(status, file)
            let identity = FileIdentity(status)
            guard identity.length <= limit else {
                let cause = "it is \(identity.length) bytes long; \(limit) is the most"
                throw Failure.export("read file", at: place(file), cause: cause)
            }
            return .success((try read(descriptor, length: identity.length, file), identity))
        }
    }

    /// What a folder holds, in no order; nil when there is no such folder.
    ///
    /// - Throws: ``Failure`` when it leads out of the export or cannot be listed.
    func entries(of folder: String) throws -> [Entry]? {
        let listed: Int32?
        if folder.isEmpty {
            listed = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        } else {
            listed = try located(folder) { parent, leaf in
                let descriptor = openat(parent, leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                return descriptor < 0 ? .failure(Errno(folderError(parent, leaf))) : .success(descriptor)
            }
        }
        guard let listed else { return nil }
        guard listed >= 0, let stream = fdopendir(listed) else {
            throw Failure.export("list folder", at: place(folder), errno: errno)
        }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while true {
            errno = 0
            guard let next = readdir(stream) else { break }
            if let entry = Self.entry(next, in: listed) { entries.append(entry) }
        }
        guard errno == 0 else { throw Failure.export("list folder", at: place(folder), errno: errno) }
        return entries
    }

    // MARK: - Ways

    /// An error code on its way to the one place that words it.
    private struct Errno: Error {
        let code: Int32
        init(_ code: Int32) { self.code = code }
    }

    /// Runs `body` with the open folder that holds `file`, once more with the resolved way when a link is met.
    private func located<Value>(
        _ file: String,
        _ body: (Int32, String) throws -> Result<Value, Errno>
    ) throws -> Value? {
        switch try attempt(file, body) {
        case .success(let value): return value
        case .failure(let error) where error.code == ENOENT: return nil
        case .failure(let error) where error.code == ELOOP:
            switch try attempt(try resolved(file), body) {
            case .success(let value): return value
            case .failure(let error): throw Failure.export("open file", at: place(file), errno: error.code)
            }
        case .failure(let error): throw Failure.export("open file", at: place(file), errno: error.code)
        }
    }

    private func attempt<Value>(
        _ file: String,
        _ body: (Int32, String) throws -> Result<Value, Errno>
    ) throws -> Result<Value, Errno> {
        try Self.requireSafe(file, at: place(file))
        guard let slash = file.utf8.lastIndex(of: UInt8(ascii: "/")) else { return try body(root, file) }
        switch self.folder(String(file[..<slash])) {
        case .success(let folder): return try body(folder, String(file[file.index(after: slash)...]))
        case .failure(let error): return .failure(error)
        }
    }

    private func folder(_ path: String) -> Result<Int32, Errno> {
        if let open = folders[path] { return .success(open) }
        var parent = root
        var leaf = path
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
            switch folder(String(path[..<slash])) {
            case .success(let open): parent = open
            case .failure(let error): return .failure(error)
            }
            leaf = String(path[path.index(after: slash)...])
        }
        let opened = openat(parent, leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { return .failure(Errno(folderError(parent, leaf))) }
        folders[path] = opened
        return .success(opened)
    }

    /// Why a folder did not open: a link says "not a directory" like any file, and only a second look tells them apart.
    private func folderError(_ parent: Int32, _ leaf: String) -> Int32 {
        let code = errno
        var status = stat()
        guard code == ENOTDIR, fstatat(parent, leaf, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return code }
        return status.st_mode & S_IFMT == S_IFLNK ? ELOOP : code
    }

    /// The way to `file` without links.
    private func resolved(_ file: String) throws -> String {
        guard let real = realpath("\(path)/\(file)", nil) else {
            throw Failure.export("follow link", at: place(file), errno: errno)
        }
        defer { free(real) }
        let target = String(cString: real)
        let inside = path.utf8.last == UInt8(ascii: "/") ? path : path + "/"
        guard target.utf8.starts(with: inside.utf8) else {
            throw Failure.export("follow link", at: place(file), cause: "the link leads out of the export")
        }
        return String(decoding: target.utf8.dropFirst(inside.utf8.count), as: UTF8.self)
    }

    /// - Throws: ``Failure`` at `place` unless `path` is relative and goes only downwards.
    static func requireSafe(_ path: String, at place: String) throws {
        guard isSafe(path) else {
            throw Failure.export("open file", at: place, cause: "\(path.debugDescription) is no way inside the export")
        }
    }

    /// Whether every part of a way is a name: not empty, not `.` or `..`, without NUL.
    private static func isSafe(_ path: String) -> Bool {
        var length = 0
        var dots = 0
        for byte in path.utf8 {
            if byte == UInt8(ascii: "/") {
                if length == dots && length <= 2 { return false }
                (length, dots) = (0, 0)
            } else if byte == 0 {
                return false
            } else {
                length += 1
                if byte == UInt8(ascii: ".") { dots += 1 }
            }
        }
        return length != dots || length > 2
    }

    // MARK: - Files

    private func requireRegular(_ status: stat, _ file: String) throws {
        let kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: ""
            case S_IFDIR: "a folder"
            case S_IFIFO: "a pipe"
            case S_IFSOCK: "a socket"
            default: "a device"
            }
        guard kind.isEmpty else {
            throw Failure.export("read file", at: place(file), cause: "it is \(kind), not a file")
        }
    }

    /// Reads `length` bytes and not one more; a file that is cut meanwhile gives fewer.
    private func read(_ descriptor: Int32, length: Int, _ file: String) throws -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            while count < length {
                guard let base = buffer.baseAddress else { return }
                let got = Foundation.read(descriptor, base + count, length - count)
                if got > 0 {
                    count += got
                } else if got == 0 {
                    return
                } else if errno != EINTR {
                    failure = errno
                    return
                }
            }
        }
        guard failure == 0 else { throw Failure.export("read file", at: place(file), errno: failure) }
        return bytes
    }

    private static func entry(_ next: UnsafeMutablePointer<dirent>, in folder: Int32) -> Entry? {
        let (name, isText) = withUnsafePointer(to: &next.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) { bytes in
                let text = String(validatingCString: bytes)
                return (text ?? String(cString: bytes), text != nil)
            }
        }
        guard name != ".", name != ".." else { return nil }
        return Entry(name: name, kind: kind(next.pointee.d_type, name, in: folder), isText: isText)
    }

    /// File systems that do not say the kind in the listing are asked for each name.
    private static func kind(_ type: UInt8, _ name: String, in folder: Int32) -> Entry.Kind {
        switch Int32(type) {
        case Int32(DT_REG): return .file
        case Int32(DT_DIR): return .folder
        case Int32(DT_LNK): return .link
        case Int32(DT_UNKNOWN):
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return .other }
            switch status.st_mode & S_IFMT {
            case S_IFREG: return .file
            case S_IFDIR: return .folder
            case S_IFLNK: return .link
            default: return .other
            }
        default: return .other
        }
    }
}
