// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// Settles what a dead engine, or a store that did not answer, left open.
package struct Recovery: Sendable {
    /// How it ended.
    package struct Outcome: Sendable, Hashable {
        /// Transactions whose commit had happened.
        package var committed = 0
        /// Transactions of which nothing remains, for now or for good.
        package var undone = 0
        /// Objects that had been removed before and might still have arrived: they are proven absent now.
        package var absent = 0
        /// Transactions that are still open, and why.
        package var open: [Failure] = []
    }

    /// Videos whose transactions are settled at once: as many as keep a store busy from which each answer takes its time.
    private static let atOnce = 16
    /// Seconds between two words of how far it is.
    private static let pause = 1.0

    let rollback: Rollback
    let journal: Journal
    private let surroundings: Surroundings

    package init(
        store: any ObjectStore, catalog: any VideoCatalog, log: any CheckpointLog, surroundings: Surroundings
    ) {
        journal = Journal(log: log)
        rollback = Rollback(store: store, catalog: catalog, journal: journal, now: surroundings.now)
        self.surroundings = surroundings
    }

    /// Settles every open transaction: those of one video in the order they were begun, many videos at once. May be called
    /// as often as one likes.
    ///
    /// - Parameters:
    ///   - block: only transactions of this video.
    ///   - tell: told at most once a second how many transactions are settled or left open, of how many.
    /// - Throws: ``LedgerLost``; a store that does not answer is in the outcome.
    package func settleAll(of block: UsageKey? = nil, telling tell: (Int, Int) -> Void = { _, _ in }) async throws
        -> Outcome
    {
        let transactions = try await journal.openTransactions().filter { block == nil || $0.header.block == block }
        let videos = Dictionary(grouping: transactions.indices) { transactions[$0].header.block }
            .values.sorted { $0[0] < $1[0] }
        return try await withThrowingTaskGroup(of: [(Int, Settlement)].self) { group in
            var waiting = videos.makeIterator()
            func startNext() {
                guard let video = waiting.next() else { return }
                group.addTask {
                    var settled: [(Int, Settlement)] = []
                    for place in video { settled.append((place, try await settle(transactions[place]))) }
                    return settled
                }
            }
            for _ in 0..<Self.atOnce { startNext() }
            var settled: [(Int, Settlement)] = []
            var told = surroundings.uptime()
            while let video = try await group.next() {
                startNext()
                settled += video
                if surroundings.uptime() - told >= Self.pause {
                    told = surroundings.uptime()
                    tell(settled.count, transactions.count)
                }
            }
            return settled.sorted { $0.0 < $1.0 }.reduce(into: Outcome()) { $0.add($1.1) }
        }
    }

    private func settle(_ transaction: OpenTransaction) async throws -> Settlement {
        let header = transaction.header
        do {
            let intents = transaction.intents.map(\.intent)
            // Its PUT may have been under way when its process died: the doubt begins when it is first looked at.
            let doubtful = transaction.intents.map {
                ($0.intent.id, $0.isWatched ? $0.written : surroundings.now())
            }
            let settlement = try await rollback.settle(
                header, intents, doubtful: Dictionary(uniqueKeysWithValues: doubtful)
            )
            guard case .undone(let absence) = settlement else { return .committed }
            // What is only watched was undone, and counted, when it was first looked at.
            guard !transaction.intents.allSatisfy(\.isWatched) else { return .stillAbsent(absence) }
            try await journal.record(.rolledBack(header, Self.interruption(of: header, absence), absence))
            return .undone
        } catch let lost as LedgerLost {
            throw lost
        } catch {
            return .open(Failure(error, "recovering", at: "\(header.course) \(header.block)"))
        }
    }

    private static func interruption(of header: TransactionHeader, _ absence: Absence) -> Failure {
        Failure(
            .transient, "migrating", at: "\(header.course) \(header.block)",
            cause: "it was left open, by an engine that died or for a store that did not answer",
            safe: absence.watched == 0
                ? "its objects are removed and proven absent"
                : "its objects are removed, and what might still arrive is watched for",
            advice: "run the course again"
        )
    }

    /// How one transaction ended, for now.
    fileprivate enum Settlement: Sendable {
        case committed, undone
        case stillAbsent(Absence)
        case open(Failure)
    }
}

extension Recovery.Outcome {
    /// What it settled, in words.
    package var sentence: String {
        "\(committed) had been committed, \(undone) undone"
            + (absent == 0
                ? ""
                : ", \(counted(absent, "object")) that might still have arrived \(absent == 1 ? "is" : "are") proven absent now")
    }

    fileprivate mutating func add(_ settlement: Recovery.Settlement) {
        switch settlement {
        case .committed: committed += 1
        case .undone: undone += 1
        case .stillAbsent(let absence): absent += absence.proven
        case .open(let failure): open.append(failure)
        }
    }
}
