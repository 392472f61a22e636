// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// A file or folder that may not be there yet. Every method blocks, follows links, and makes nothing.
struct PathOnDisk: Sendable {
    let path: String

    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Whether there is a file with nothing in it: SQLite takes one for a database that is yet to be made.
    var isEmptyFile: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_size == 0
    }

    /// Whether nothing is there, or an empty file, or a folder with nothing in it.
    ///
    /// A share that is not mounted leaves nothing behind, or the empty folder that it is mounted on.
    var holdsNothing: Bool {
        if !exists || isEmptyFile { return true }
        guard let folder = opendir(path) else { return false }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { return false }
        }
        return true
    }

    /// Itself, or the nearest folder above it that is there.
    var nearest: PathOnDisk {
        var url = URL(fileURLWithPath: path)
        while url.path != "/", !FileManager.default.fileExists(atPath: url.path) { url.deleteLastPathComponent() }
        return PathOnDisk(path: url.path)
    }

    /// The folder it is in.
    var folder: PathOnDisk { PathOnDisk(path: URL(fileURLWithPath: path).deletingLastPathComponent().path) }

    /// Looks whether it could be made: whether something can be made in the nearest folder above it.
    ///
    /// - Throws: ``Failure``.
    func proveCreatable(_ what: String) throws { try folder.nearest.proveFolderWritable("make \(what)") }

    /// Looks whether something can be made in this folder.
    ///
    /// - Throws: ``Failure``.
    func proveFolderWritable(_ what: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure(what, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw failure(what, ENOTDIR) }
        guard access(path, W_OK | X_OK) == 0 else { throw failure(what, errno) }
    }

    /// Looks whether this file can be written.
    ///
    /// - Throws: ``Failure``.
    func proveFileWritable(_ what: String) throws {
        guard access(path, R_OK | W_OK) == 0 else { throw failure(what, errno) }
    }

    /// The file system that it is on, or will be.
    ///
    /// - Throws: ``Failure``.
    func fileSystem() throws -> FileSystem {
        let place = nearest
        var status = stat()
        var figures = statvfs()
        guard stat(place.path, &status) == 0, statvfs(place.path, &figures) == 0 else {
            throw place.failure("measure free space", errno)
        }
        return FileSystem(
            device: UInt64(status.st_dev), blocks: UInt64(figures.f_bavail), ofBytes: UInt64(figures.f_frsize))
    }

    /// Whether it is another one or lies anywhere below it: by its path without links, or because a file or folder above it
    /// is the other one by another name. One that is not there yet is known by the nearest folder above it that is.
    func isWithin(_ other: PathOnDisk) -> Bool {
        let (mine, theirs) = (resolved, other.resolved)
        if mine.path == theirs.path || mine.path.hasPrefix(theirs.path == "/" ? "/" : theirs.path + "/") { return true }
        let nearest = theirs.nearest
        guard let wanted = nearest.identity else { return false }
        let missing = theirs.path.dropFirst(nearest.path.count).split(separator: "/")
        var url = URL(fileURLWithPath: mine.path)
        while url.path != "/" {
            let below = mine.path.dropFirst(url.path.count).split(separator: "/")
            if PathOnDisk(path: url.path).identity == wanted, below.starts(with: missing) { return true }
            url.deleteLastPathComponent()
        }
        return false
    }

    /// The same without links, also where what the last of them leads to is not there yet.
    private var resolved: PathOnDisk {
        var rest =
            URL(fileURLWithPath: path).standardizedFileURL.path.split(separator: "/").map(String.init)
            .reversed() as [String]
        var url = URL(fileURLWithPath: "/")
        // As many as the kernel follows.
        var links = 40
        while let component = rest.popLast() {
            if component == ".." {
                url.deleteLastPathComponent()
                continue
            }
            if component == "." || component == "/" { continue }
            let next = url.appending(path: component)
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: next.path)  // nil for no link
            guard links > 0, let target else {
                url = next
                continue
            }
            links -= 1
            if target.hasPrefix("/") { url = URL(fileURLWithPath: "/") }
            rest += target.split(separator: "/").map(String.init).reversed()
        }
        return PathOnDisk(path: url.path)
    }

    /// What a file is known by, whatever its name; nil where none is.
    private var identity: [UInt64]? {
        var status = stat()
        return stat(path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
    }

    private func failure(_ what: String, _ code: Int32) -> Failure {
        Failure(
            [EACCES, EPERM, EROFS].contains(code) ? .auth : .transient, what, at: path,
            cause: "\(String(cString: strerror(code))) (errno \(code))",
            advice: "let this user write there, or name another place"
        )
    }
}

/// A file system and the room on it.
struct FileSystem: Sendable, Hashable {
    let device: UInt64
    /// What this user may still write, in bytes.
    let free: UInt64

    /// Some file systems say that they have no end: what does not fit is as much as fits.
    init(device: UInt64, blocks: UInt64, ofBytes size: UInt64) {
        let (bytes, isTooMuch) = blocks.multipliedReportingOverflow(by: size)
        self.device = device
        free = isTooMuch ? .max : bytes
    }
}
