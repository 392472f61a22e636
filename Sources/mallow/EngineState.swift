// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger

/// What is known of the engine of a run. Its raw value is a contract with scripts.
enum EngineState: String, Encodable {
    /// It works on the run and was heard a moment ago.
    case alive
    /// It holds the ledger, and has not been heard for ``Snapshot/silence`` seconds or longer.
    case silent
    /// The run has no end, and nobody works on it: the engine died, or somebody has ended it at once.
    case gone
    /// The run has ended.
    case stopped

    /// - Parameter heartbeatAge: seconds since it was last heard; nil when no engine lives.
    init(of run: RunRow, heartbeatAge: Double?) {
        self =
            if run.ended != nil {
                .stopped
            } else if let heartbeatAge {
                heartbeatAge < Snapshot.silence ? .alive : .silent
            } else {
                .gone
            }
    }
}
