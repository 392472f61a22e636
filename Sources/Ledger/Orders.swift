// SPDX-License-Identifier: Apache-2.0
import GRDB
import MigrationModel

/// What operators have a run do: their commands that it has applied, in sum.
package struct Orders: Sendable, Hashable {
    /// Whether somebody has paused it; what it waits for besides is in its state and reason.
    package private(set) var isPaused = false
    /// Who has ended its engine at once; nil when nobody did.
    package private(set) var stoppedBy: String?

    package init() {}

    init(_ db: Database, of run: Int64) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT * FROM command WHERE run = ? AND answered IS NOT NULL AND refusal IS NULL ORDER BY id DESC
                """
        )
        let applied = try CommandRow.fetchCursor(statement, arguments: [run])
        while let row = try applied.next() {
            switch row.asked {
            case .stop: stoppedBy = row.actor
            case .pause, .resume:
                isPaused = row.asked == .pause
                return
            default: continue
            }
        }
    }
}
