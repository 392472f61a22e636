// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A folder of this user in which programs keep things of one kind, by the XDG specification.
package enum UserFolder: Sendable {
    /// What the operator writes.
    case configuration
    /// What a program must remember.
    case state

    /// Its path, which need not be there.
    ///
    /// - Parameter environment: the process's.
    package func path(environment: [String: String]) -> String {
        let (variable, usual) =
            switch self {
            case .configuration: ("XDG_CONFIG_HOME", ".config")
            case .state: ("XDG_STATE_HOME", ".local/state")
            }
        // A relative path there is to be ignored, as the specification asks.
        if let chosen = environment[variable], chosen.hasPrefix("/") { return chosen }
        return "\(environment["HOME"] ?? NSHomeDirectory())/\(usual)"
    }
}
