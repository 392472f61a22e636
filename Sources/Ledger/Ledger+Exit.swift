// SPDX-License-Identifier: Apache-2.0
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
    package func exitStatus(of id: RunID) async throws -> RunExit {
        guard let run = try await run(id) else { return .failed }
        let courses = try await courses(of: id)
        switch run.ending.flatMap(RunEnding.init) {
        case .interrupted: return .interrupted
        case .budgetSpent: return .budgetSpent
        case .windowClosed: return .windowClosed
        case .refused, .died, nil: return .failed
        case .completed: break
        }
        if run.unreadable > 0 || courses.contains(where: { $0.state == CourseState.failed.rawValue }) { return .failed }
        let ends = [CourseState.migrated, .empty].map(\.rawValue)
        guard courses.allSatisfy({ ends.contains($0.state) }) else { return .unproven }
        return try await openTransactionCount() == 0 ? .done : .unproven
    }
}
