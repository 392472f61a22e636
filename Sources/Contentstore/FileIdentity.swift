// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What tells one state of a file from another without reading it.
struct FileIdentity: Sendable, Hashable {
    let device: UInt64
    let inode: UInt64
    /// In bytes.
    let length: Int
    private let modified: Instant
    private let changed: Instant

    private struct Instant: Sendable, Hashable {
        let seconds: Int
        let nanoseconds: Int
    }

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        length = Int(status.st_size)
        #if canImport(Darwin)
        modified = Instant(seconds: status.st_mtimespec.tv_sec, nanoseconds: status.st_mtimespec.tv_nsec)
        changed = Instant(seconds: status.st_ctimespec.tv_sec, nanoseconds: status.st_ctimespec.tv_nsec)
        #else
        modified = Instant(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
        changed = Instant(seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec)
        #endif
    }

    /// Whether the file's last change is so long ago that any later one shows.
    func isSettled(for seconds: Int) -> Bool {
        let latest = max(modified.seconds, changed.seconds)
        return seconds == 0 || time(nil) - latest > seconds
    }
}
