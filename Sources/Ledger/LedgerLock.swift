// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The file lock beside the ledger. The system lets go of it when its process dies, however it dies.
final class LedgerLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock without waiting; nil when another process has it.
    ///
    /// - Throws: ``POSIXError`` when the file cannot be opened.
    init?(beside ledger: String) throws {
        let descriptor = open("\(ledger).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}

/// Who and where an engine is.
package struct EngineIdentity: Sendable, Hashable {
    package let host: String
    package let pid: Int32
    /// Changes at every start of the machine, so that an old process number is not taken for a living one.
    package let boot: String

    /// This very process.
    package static var current: EngineIdentity {
        let file = "/proc/sys/kernel/random/boot_id"
        let boot = try? String(contentsOfFile: file, encoding: .utf8)  // nil where the system keeps none
        return EngineIdentity(
            host: ProcessInfo.processInfo.hostName,
            pid: ProcessInfo.processInfo.processIdentifier,
            // Where the system does not tell, the host and the process number must do.
            boot: boot?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
        )
    }

    package init(host: String, pid: Int32, boot: String) {
        self.host = host
        self.pid = pid
        self.boot = boot
    }
}
