// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MigrationModel
import Synchronization

/// The one connection to a catalog file, and the queue in front of it.
///
/// Whoever calls leaves a job. All jobs that wait are done in a row, each commit in a transaction of its own, then one
/// sync makes all of them durable, and only then do their callers hear of them. Reads stand in the same queue, so that
/// nobody is told of a row that a power cut could still take away.
final class SQLiteConnection: Sendable {
    /// Does its work, and returns what answers its caller once the log is synced, or could not be.
    private typealias Job = @Sendable (Database) -> (@Sendable (Failure?) -> Void)

    private struct State {
        var waiting: [Job] = []
        var isDraining = false
        /// Set by a sync that failed: nothing can be made durable any more, as the system may have dropped what it
        /// could not write.
        var broken: Failure?
    }

    private let path: String
    private let database: DatabaseQueue
    /// nil where SQLite syncs each commit by itself, and for a reader.
    private let log: WriteAheadLog?
    private let state = Mutex(State())

    init(path: String, database: DatabaseQueue, log: WriteAheadLog?) {
        self.path = path
        self.database = database
        self.log = log
    }

    /// Closes the file, with its log, when what was begun is over; blocks for as long. Nothing can be run afterwards, and
    /// it must not be called by what runs.
    ///
    /// Whoever hears of his job is resumed by a thread that still holds the file: without this, a process that ends next
    /// would leave the log beside it.
    func close() {
        try? database.close()  // one that cannot be closed now is closed with its last holder
    }

    /// Runs `body` in its turn and returns what it returns, when everything that it wrote or saw is durable.
    ///
    /// - Parameter effect: whether `body` may have changed something when the sync fails.
    /// - Throws: ``Failure``.
    func run<Value: Sendable>(
        _ what: String,
        at place: String,
        effect: Bool = false,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit { database in
                let result = Result { try body(database) }
                    .mapError { $0 as? Failure ?? Failure($0, sqlite: what, at: place) }
                return { lost in
                    guard let lost, case .success = result else {
                        continuation.resume(with: result.mapError { $0 as any Error })
                        return
                    }
                    continuation.resume(
                        throwing: Failure(
                            effect ? .ambiguous : .transient,
                            what,
                            at: place,
                            cause: lost.cause,
                            safe: effect ? "it is done, but may not survive a power cut" : "nothing was changed",
                            advice: lost.advice
                        )
                    )
                }
            }
        }
    }

    private func submit(_ job: @escaping Job) {
        let isFirst = state.withLock { state in
            state.waiting.append(job)
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if isFirst { database.asyncWriteWithoutTransaction { [self] in drain($0) } }
    }

    private func drain(_ database: Database) {
        while true {
            let jobs = state.withLock { state in
                defer { state.waiting = [] }
                if state.waiting.isEmpty { state.isDraining = false }
                return state.waiting
            }
            if jobs.isEmpty { return }
            let before = database.totalChangesCount
            let answers = jobs.map { $0(database) }
            let lost = database.totalChangesCount == before ? state.withLock { $0.broken } : synchronize()
            for answer in answers { answer(lost) }
        }
    }

    private func synchronize() -> Failure? {
        if let broken = state.withLock({ $0.broken }) { return broken }
        do {
            try log?.synchronize()
            return nil
        } catch {
            let failure = Failure(
                .ambiguous,
                "sync the catalog's log",
                at: path,
                cause: (error as? POSIXError).map { String(cString: strerror($0.code.rawValue)) } ?? "\(error)",
                advice: "look into the system's log for the disk's own errors, then start the engine again"
            )
            state.withLock { $0.broken = failure }
            return failure
        }
    }
}
