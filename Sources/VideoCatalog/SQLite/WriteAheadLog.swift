// SPDX-License-Identifier: Apache-2.0
import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The `-wal` file beside a catalog, which holds its newest transactions.
///
/// With `synchronous=NORMAL`, SQLite writes each transaction's frames in order, ends each with a checksum that
/// continues the one before, and syncs the log before it copies anything from it into the database, and the database
/// before it begins the log anew. So one `fdatasync` after several commits makes them all as durable as
/// `synchronous=FULL` makes each: what it covers is either still in the log or already safe in the database, and what
/// comes after a torn frame never counts.
final class WriteAheadLog: Sendable {
    private let descriptor: Int32

    /// Opens the log of the database at `path`, which must be in use, and makes both names durable in their folder.
    ///
    /// - Throws: ``POSIXError``.
    init(ofDatabaseAt path: String) throws {
        descriptor = open("\(path)-wal", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw Self.lastError }
        try Self.synchronizeFolder(of: path)
    }

    deinit { close(descriptor) }

    /// Returns when every transaction that has been committed by now survives a power cut. Blocks.
    ///
    /// - Throws: ``POSIXError``: it is not known whether they do, and no later call can tell.
    func synchronize() throws {
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw Self.lastError }
        // As long as the catalog is open, nobody may take its log away.
        if status.st_nlink == 0 { throw POSIXError(.ENOENT) }
        while Self.flush(descriptor) != 0 {
            if errno != EINTR { throw Self.lastError }
        }
    }

    /// Makes the names in the folder of `path` durable. Blocks.
    static func synchronizeFolder(of path: String) throws {
        let parts = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) }
        let folder = open(parts.map { $0.isEmpty ? "/" : $0 } ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder < 0 { throw lastError }
        defer { close(folder) }
        while fsync(folder) != 0 {
            if errno != EINTR { throw lastError }
        }
    }

    private static func flush(_ descriptor: Int32) -> Int32 {
        #if canImport(Darwin)
        fcntl(descriptor, F_FULLFSYNC)
        #else
        fdatasync(descriptor)
        #endif
    }

    private static var lastError: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
