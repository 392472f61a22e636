// SPDX-License-Identifier: Apache-2.0
import Foundation
import Settings

/// Where this user's programs keep what they must remember.
package enum StateFolder {
    /// The default ledger: `mallow/mallow.ledger` in `$XDG_STATE_HOME`, or in `~/.local/state`.
    ///
    /// - Parameter environment: the process's.
    package static func defaultLedger(environment: [String: String]) -> String {
        UserFolder.state.path(environment: environment) + "/mallow/mallow.ledger"
    }

    /// Makes the folder that a ledger lies in, for this user alone.
    package static func prepare(for ledger: String) throws {
        let folder = URL(fileURLWithPath: ledger).deletingLastPathComponent()
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
        )
    }
}
