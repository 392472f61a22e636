// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import MigrationModel
import Synchronization
import TestDoubles

/// A real ledger and the log in memory, written side by side. What they say is open must be the same.
final class MirroredLog: CheckpointLog {
    private let real: RunLog
    private let memory: MemoryLog
    private let schedule: FaultSchedule
    /// Writes under way, and writes done: between the two halves of a write both cannot agree.
    private let writes = Mutex((underWay: 0, done: 0))

    /// Begins a run, and sees to it that nobody else can.
    init(_ path: String, _ world: MemoryWorld, _ schedule: FaultSchedule) async throws {
        let header = RunHeader(kind: "production", actor: "test", source: "", store: "", catalog: "", options: "")
        let ledger = try Ledger(path: path, now: { world.now })
        real = try await ledger.beginRun(header, under: try await ledger.claim())
        (memory, self.schedule) = (world.log, schedule)
        do {
            _ = try await Ledger(path: path, now: { world.now }).claim()
            schedule.breach("a second engine got the ledger while the first lives")
        } catch is LedgerBusy {
            // As it must be.
        }
    }

    func record(_ checkpoints: [Checkpoint]) async throws {
        writes.withLock { $0.underWay += 1 }
        defer {
            writes.withLock { writes in
                writes.underWay -= 1
                writes.done += 1
            }
        }
        try await real.record(checkpoints)
        try await memory.record(checkpoints)
    }

    func note(_ checkpoints: [Checkpoint]) {
        real.note(checkpoints)
        memory.note(checkpoints)
    }

    func openTransactions() async throws -> [OpenTransaction] {
        let before = writes.withLock { $0 }
        let (theirs, ours) = (try await real.openTransactions(), try await memory.openTransactions())
        let isQuiet = before.underWay == 0 && writes.withLock { $0 == before }
        // What was only noted dies with its process: the ledger may have open what the log in memory calls committed.
        let surplus = Self.ids(theirs).subtracting(Self.ids(ours))
        let committed = memory.contents.intents.filter { $0.state == .committed }.map(\.intent.id)
        if isQuiet, !Self.ids(ours).isSubset(of: Self.ids(theirs)) || !surplus.isSubset(of: committed) {
            schedule.breach("the ledger and the log in memory differ in what is open")
        }
        return theirs
    }

    func committed(among keys: Set<ObjectKey>, for course: CourseKey) async throws -> [ObjectKey: Checksum] {
        let found = try await real.committed(among: keys, for: course)
        let remembered = try await memory.committed(among: keys, for: course)
        if !found.allSatisfy({ remembered[$0] == $1 }) {
            schedule.breach("the ledger calls committed what the log in memory does not")
        }
        return found
    }

    func waivers(of course: CourseKey) async throws -> [Waiver] { try await real.waivers(of: course) }

    func openWriteBack(of course: CourseKey) async throws -> WriteBack? {
        let (found, remembered) = (
            try await real.openWriteBack(of: course), try await memory.openWriteBack(of: course)
        )
        if found != remembered { schedule.breach("the ledger and the log in memory differ in what is written back") }
        return found
    }

    func isHeld(_ course: CourseKey) async throws -> Bool { try await real.isHeld(course) }

    private static func ids(_ transactions: [OpenTransaction]) -> Set<UUID> {
        Set(transactions.flatMap { $0.intents.map(\.intent.id) })
    }
}
