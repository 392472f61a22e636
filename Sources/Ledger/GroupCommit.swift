// SPDX-License-Identifier: Apache-2.0
import GRDB
import Synchronization

/// Many writers, few commits: all work that arrives while a commit is in progress goes into the next transaction, and
/// each caller is resumed when its own rows are durable. One fsync then serves dozens of videos.
final class GroupCommit: Sendable {
    typealias Work = @Sendable (Database) throws -> Void

    private struct Entry: Sendable {
        let work: Work
        /// nil for work that nobody waits for.
        let waiter: CheckedContinuation<Void, any Error>?
    }

    private struct State {
        var entries: [Entry] = []
        var isWriting = false
    }

    private let writer: any DatabaseWriter
    /// Runs first in every transaction; what it throws fails the whole group.
    private let guardian: Work
    private let state = Mutex(State())

    init(_ writer: any DatabaseWriter, guardian: @escaping Work) {
        self.writer = writer
        self.guardian = guardian
    }

    /// Writes, and returns when it is durable.
    ///
    /// - Throws: what `work` throws; then only this caller's work is left out.
    func write(_ work: @escaping Work) async throws {
        try await withCheckedThrowingContinuation { continuation in
            if append(Entry(work: work, waiter: continuation)) {
                writeSoon()
            }
        }
    }

    /// Puts work into the next group that anybody waits for.
    func enqueue(_ work: @escaping Work) {
        state.withLock { $0.entries.append(Entry(work: work, waiter: nil)) }
    }

    /// - Returns: whether the caller is to start the writing.
    private func append(_ entry: Entry) -> Bool {
        state.withLock { state in
            state.entries.append(entry)
            defer { state.isWriting = true }
            return !state.isWriting
        }
    }

    /// The next group, or nil when nobody waits: then the writing is over.
    private func nextGroup() -> [Entry]? {
        state.withLock { state in
            guard state.entries.contains(where: { $0.waiter != nil }) else {
                state.isWriting = false
                return nil
            }
            defer { state.entries.removeAll(keepingCapacity: true) }
            return state.entries
        }
    }

    /// On the writer's own queue, so that from one group to the next no thread has to wake another; behind whoever else
    /// waits for the writer.
    private func writeSoon() { writer.asyncWriteWithoutTransaction { self.writeGroup(to: $0) } }

    private func writeGroup(to db: Database) {
        guard let group = nextGroup() else { return }
        do {
            try commit(group, to: db)
            for entry in group { entry.waiter?.resume() }
        } catch {
            writeOneByOne(group, to: db)
        }
        writeSoon()
    }

    /// One of the group cannot be written: all the others are, each in its own transaction, in the same order.
    private func writeOneByOne(_ group: [Entry], to db: Database) {
        for entry in group {
            do {
                try commit([entry], to: db)
                entry.waiter?.resume()
            } catch {
                entry.waiter?.resume(throwing: error)
            }
        }
    }

    private func commit(_ group: [Entry], to db: Database) throws {
        try db.inTransaction {
            try guardian(db)
            for entry in group { try entry.work(db) }
            return .commit
        }
    }
}
