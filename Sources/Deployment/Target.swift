// SPDX-License-Identifier: Apache-2.0

/// What a command is about.
package enum Target: Sendable {
    case production(Endpoints)
    case rehearsal(Rehearsal)

    package var endpoints: Endpoints {
        switch self {
        case .production(let endpoints): endpoints
        case .rehearsal(let rehearsal): rehearsal.endpoints
        }
    }

    /// What the ledger calls a run there.
    package var kind: String {
        switch self {
        case .production: "production"
        case .rehearsal: "rehearsal"
        }
    }
}
