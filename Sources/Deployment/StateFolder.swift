// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Where this user's programs keep what they must remember.
package enum StateFolder {
    /// The default ledger: `mallow/mallow.ledger` in `$XDG_STATE_HOME`, or in `~/.local/state`.
    ///
    /// - Parameter environment: the process's.
    package static func defaultLedger(environment: [String: String]) -> String {
        let home = environment["HOME"] ?? NSHomeDirectory()
        // A relative path there is to be ignored, as the XDG specification asks.
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.local/state"
        return "\(state)/mallow/mallow.ledger"
    }

    /// Makes the folder that a ledger lies in, for this user alone.
    package static func prepare(for ledger: String) throws {
        let folder = URL(fileURLWithPath: ledger).deletingLastPathComponent()
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
        )
    }
}
