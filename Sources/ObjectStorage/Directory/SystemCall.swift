// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A system call that failed, before anybody has said what it means.
struct SystemError: Error, Hashable {
    let code: Int32

    /// The error of the call that failed last on this thread.
    static var last: SystemError { SystemError(code: errno) }

    /// What a failed call means to the product. The only place where that is decided.
    func failure(_ what: String, at place: String, safe: String = "nothing was changed") -> Failure {
        let (kind, advice): (Failure.Class, String) =
            switch code {
            case ENOSPC, EDQUOT: (.transient, "make room on the store's disk or raise its quota; the course is retried")
            case EIO: (.transient, "look into the system's log for the disk's own errors; the course is retried")
            case EMFILE, ENFILE: (.transient, "raise the limit of open files (ulimit -n); the course is retried")
            case EAGAIN, EINTR, ENOMEM, ENOBUFS, EBUSY, ETIMEDOUT, ENETDOWN, EHOSTUNREACH:
                (.transient, "the course is retried")
            case ENOENT, ENODEV, ENXIO, ESTALE, ENOTCONN:
                (.transient, "look whether the store's folder is still there and mounted; the course is retried")
            case EACCES, EPERM, EROFS:
                (.auth, "let this user write below the store's folder, then resume the run")
            case EEXIST, ENOTDIR, EISDIR:
                (.conflict, "look what stands in the object's way and move it, then retry")
            default: (.bug, "report this with the ledger")
            }
        return Failure(kind, what, at: place, cause: String(cString: strerror(code)), safe: safe, advice: advice)
    }
}

/// Calls `body` again for as long as a signal interrupts it.
///
/// - Throws: ``SystemError`` when it returns -1 for any other reason.
@discardableResult
func systemCall<Result: SignedInteger>(_ body: () -> Result) throws(SystemError) -> Result {
    while true {
        let result = body()
        if result != -1 { return result }
        let error = SystemError.last
        if error.code != EINTR { throw error }
    }
}

/// An open file or folder, closed when it is let go.
struct OpenFile: ~Copyable, Sendable {
    let descriptor: Int32

    /// - Throws: ``SystemError``.
    init(_ path: String, _ flags: Int32, mode: mode_t = 0o644) throws(SystemError) {
        descriptor = try systemCall { open(path, flags | O_CLOEXEC, mode) }
    }

    deinit { close(descriptor) }

    /// Writes all of `bytes`.
    borrowing func write(_ bytes: [UInt8]) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            written += try systemCall {
                bytes.withUnsafeBytes { buffer in
                    #if canImport(Darwin)
                    Darwin.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                    #else
                    Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                    #endif
                }
            }
        }
    }

    /// Reads from where the file stands to its end.
    borrowing func readAll() throws(SystemError) -> [UInt8] {
        let expected = Int(try status().st_size)
        var bytes: [UInt8] = []
        var isAtEnd = false
        while !isAtEnd {
            // One byte more than is left, so that a file of the expected length is read by two calls.
            let room = max(expected - bytes.count, 0) + 1
            let before = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: room))
            let count = try systemCall {
                bytes.withUnsafeMutableBytes { buffer in
                    read(descriptor, buffer.baseAddress?.advanced(by: before), room)
                }
            }
            bytes.removeLast(room - count)
            isAtEnd = count == 0
        }
        return bytes
    }

    /// Returns when everything written so far survives a power cut.
    borrowing func synchronize() throws(SystemError) {
        #if canImport(Darwin)
        try systemCall { fcntl(descriptor, F_FULLFSYNC) }
        #else
        try systemCall { fsync(descriptor) }
        #endif
    }

    borrowing func status() throws(SystemError) -> stat {
        var status = stat()
        try systemCall { fstat(descriptor, &status) }
        return status
    }
}

/// What tells one state of a file from another without reading it.
struct FileIdentity: Hashable, Codable {
    let size: Int
    let inode: UInt64
    /// In whole seconds since 1970, or nil when the file was modified at a fraction of a second.
    let modified: Int?

    init(_ status: stat) {
        size = Int(status.st_size)
        inode = UInt64(status.st_ino)
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        modified = time.tv_nsec == 0 ? Int(time.tv_sec) : nil
    }

    init(size: Int, inode: UInt64, modified: Int?) {
        self.size = size
        self.inode = inode
        self.modified = modified
    }

    /// The identity of the regular file at `path`, or nil when there is none.
    static func ofFile(at path: String) throws(SystemError) -> FileIdentity? {
        var status = stat()
        do {
            try systemCall { stat(path, &status) }
        } catch {
            // A part of the key that is a file has nothing below it.
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
        return status.st_mode & S_IFMT == S_IFREG ? FileIdentity(status) : nil
    }
}
