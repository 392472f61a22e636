// SPDX-License-Identifier: Apache-2.0
import GRDB
package import MigrationModel

/// The exit codes that scripts depend on.
package enum RunExit: Int32, Sendable, CaseIterable {
    case done = 0
    case failed = 1
    case usage = 2
    /// Nothing failed, but something waits for an operator or was not reached.
    case unproven = 3
    case budgetSpent = 4
    case windowClosed = 5
    case ledgerBusy = 6
    case interrupted = 130
}

extension Ledger {
    /// How a run ended, from what the ledger says of it and its courses and nothing else. Law 11.
    ///
    /// It is written into the run's row at its end: later runs of the same courses do not change it.
    package func exitStatus(of id: RunID) async throws -> RunExit {
        try await reading { try RunExit(of: id, in: $0) }
    }
}

extension RunExit {
    init(of id: RunID, in db: Database) throws {
        guard let run = try RunRow.fetchOne(db, sql: "SELECT * FROM run WHERE id = ?", arguments: [id.number]) else {
            self = .failed
            return
        }
        if let kept = run.exit.flatMap(RunExit.init) {
            self = kept
            return
        }
        let states = try String.fetchSet(db, sql: "SELECT state FROM course WHERE run = ?", arguments: [id.number])
        let open = try Int.fetchOne(db, sql: "SELECT count(*) FROM intent i WHERE \(OpenWork.isOpen)")
        self = Self.following(run, Set(states.compactMap(CourseState.init)), open: open ?? 0)
    }

    private static func following(_ run: RunRow, _ states: Set<CourseState>, open: Int) -> RunExit {
        switch run.ending.flatMap(RunEnding.init) {
        case .interrupted: return .interrupted
        case .budgetSpent: return .budgetSpent
        case .windowClosed: return .windowClosed
        case .refused, .died, nil: return .failed
        case .completed: break
        }
        if run.unreadable > 0 || states.contains(.failed) { return .failed }
        // A run over no course at all has proven nothing.
        let isWhole = !states.isEmpty && states.allSatisfy(\.isProven)
        return isWhole && open == 0 ? .done : .unproven
    }
}
