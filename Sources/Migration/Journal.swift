// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// The checkpoint log could not be written or read. Nothing may be done any more that it would not know of.
package struct LedgerLost: Error, Sendable, CustomStringConvertible {
    package let failure: Failure

    package var description: String { failure.description }
}

/// The checkpoint log as the engine uses it: whatever it throws is ``LedgerLost``, which nobody catches but the run.
struct Journal: Sendable {
    let log: any CheckpointLog

    func record(_ checkpoints: Checkpoint...) async throws(LedgerLost) {
        try await record(checkpoints)
    }

    func record(_ checkpoints: [Checkpoint]) async throws(LedgerLost) {
        try await asking { try await log.record(checkpoints) }
    }

    func note(_ checkpoints: Checkpoint...) { log.note(checkpoints) }

    func openTransactions() async throws(LedgerLost) -> [OpenTransaction] {
        try await asking { try await log.openTransactions() }
    }

    func committed(among keys: Set<ObjectKey>, for course: CourseKey) async throws(LedgerLost) -> [ObjectKey: Checksum]
    {
        try await asking { try await log.committed(among: keys, for: course) }
    }

    func waivers(of course: CourseKey) async throws(LedgerLost) -> [Waiver] {
        try await asking { try await log.waivers(of: course) }
    }

    func isHeld(_ course: CourseKey) async throws(LedgerLost) -> Bool {
        try await asking { try await log.isHeld(course) }
    }

    func openWriteBack(of course: CourseKey) async throws(LedgerLost) -> WriteBack? {
        try await asking { try await log.openWriteBack(of: course) }
    }

    private func asking<Value>(_ body: () async throws -> Value) async throws(LedgerLost) -> Value {
        do {
            return try await body()
        } catch {
            throw LedgerLost(failure: Failure(error, "writing checkpoints", at: "the ledger"))
        }
    }
}
