// SPDX-License-Identifier: Apache-2.0
import Ledger
import MigrationModel
import Threading

/// Shows a run from its ledger, on a thread of its own: the engine never waits for a screen.
struct RunScreen: Sendable {
    private let ledger: Ledger
    private let run: RunID
    private let output: any RunOutput
    private let thread = BlockingPool(name: "screen", width: 1)

    init(ledger: Ledger, run: RunID, output: any RunOutput) {
        self.ledger = ledger
        self.run = run
        self.output = output
    }

    /// Shows what is new, five times a second, until its task is cancelled.
    func follow() async throws {
        while true {
            try await showNew()
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Shows what is left, and how it ended.
    func finish() async throws {
        try await showNew()
        let summary = try await RunSummary(of: run, in: ledger)
        try await thread.run { output.end(summary) }
    }

    /// Shows what has come since the last time.
    func showNew() async throws {
        while true {
            let events = try await ledger.events(
                after: output.lastEvent, run: run, isNotable: !output.showsEverything
            )
            try await thread.run { output.add(events) }
            if events.count < 1000 { break }
        }
        guard output.showsProgress else { return }
        let summary = try await RunSummary(of: run, in: ledger)
        try await thread.run { output.update(summary) }
    }
}
