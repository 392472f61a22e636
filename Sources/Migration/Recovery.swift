// SPDX-License-Identifier: Apache-2.0
import Foundation
package import MigrationModel

/// Settles what a dead engine, or a store that did not answer, left open.
package struct Recovery: Sendable {
    /// How it ended.
    package struct Outcome: Sendable, Hashable {
        /// Transactions whose commit had happened.
        package var committed = 0
        /// Transactions of which nothing remains, for now or for good.
        package var undone = 0
        /// Transactions that are still open, and why.
        package var open: [Failure] = []
    }

    let rollback: Rollback
    let journal: Journal
    let now: @Sendable () -> Date

    package init(
        store: any ObjectStore, catalog: any VideoCatalog, log: any CheckpointLog, surroundings: Surroundings
    ) {
        journal = Journal(log: log)
        rollback = Rollback(store: store, catalog: catalog, journal: journal, now: surroundings.now)
        now = surroundings.now
    }

    /// Settles every open transaction, one after the other. May be called as often as one likes.
    ///
    /// - Parameter block: only transactions of this video.
    /// - Throws: ``LedgerLost``; a store that does not answer is in the outcome.
    package func settleAll(of block: UsageKey? = nil) async throws -> Outcome {
        var outcome = Outcome()
        for transaction in try await journal.openTransactions() {
            let header = transaction.header
            guard block == nil || header.block == block else { continue }
            do {
                let intents = transaction.intents.map(\.intent)
                // Its PUT may have been under way when its process died: the doubt begins when it is first looked at.
                let doubtful = transaction.intents.map { ($0.intent.id, $0.isWatched ? $0.written : now()) }
                let settled = try await rollback.settle(
                    header, intents, doubtful: Dictionary(uniqueKeysWithValues: doubtful)
                )
                if settled != nil {
                    outcome.committed += 1
                } else {
                    outcome.undone += 1
                }
            } catch let lost as LedgerLost {
                throw lost
            } catch {
                outcome.open.append(Failure(error, "recovering", at: "\(header.course) \(header.block)"))
            }
        }
        return outcome
    }
}
