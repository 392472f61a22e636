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

    /// Where ids are written back to; nil for a source that is only read, and for a rehearsal, whose courses are production's.
    var writableSource: Endpoint? {
        guard case .production(let endpoints) = self, endpoints.source.scheme == "mongodb" else { return nil }
        return endpoints.source
    }

    /// What the ledger calls a run there.
    package var kind: String {
        switch self {
        case .production: "production"
        case .rehearsal: "rehearsal"
        }
    }
}
