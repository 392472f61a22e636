// SPDX-License-Identifier: Apache-2.0
import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Makes the names in one folder durable, many callers with one `fsync`.
///
/// An `fsync` that begins after a name was made covers it. So whoever finds one under way waits for the next, and that
/// one serves everybody who came in the meantime.
final class FolderSync: @unchecked Sendable /* `asked`, `covered`, `isBusy` and `broken` are guarded by `condition` */ {
    private let folder: OpenFile
    private let condition = NSCondition()
    /// How many callers have come, and up to which of them a finished `fsync` reaches.
    private var asked = 0
    private var covered = 0
    private var isBusy = false
    /// Callers whose `fsync` failed, and why.
    private var broken: [(callers: ClosedRange<Int>, error: SystemError)] = []

    /// Opens the folder at `path`.
    init(_ path: String) throws(SystemError) {
        folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
    }

    /// Returns when every name made in the folder before the call survives a power cut. Blocks.
    ///
    /// - Throws: ``SystemError``: it is not known whether they do.
    func callAsFunction() throws(SystemError) {
        condition.lock()
        defer { condition.unlock() }
        asked += 1
        let ticket = asked
        while covered < ticket {
            if isBusy { condition.wait() } else { lead() }
        }
        if let error = broken.first(where: { $0.callers.contains(ticket) })?.error { throw error }
    }

    /// Does one `fsync` for all who have asked by now. Called with the lock held, which is let go meanwhile.
    private func lead() {
        isBusy = true
        let last = asked
        condition.unlock()
        var failure: SystemError?
        do { try folder.synchronize() } catch { failure = error }
        condition.lock()
        if let failure { broken.append((covered + 1...last, failure)) }
        covered = last
        isBusy = false
        condition.broadcast()
    }
}
