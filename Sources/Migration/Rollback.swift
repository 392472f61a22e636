// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// Brings a video's transaction to one of its two ends: committed, or every object it wrote removed and proven absent, or
/// watched for where it might still arrive.
///
/// The same code serves a video that has just failed and, at a start, whatever a dead engine left.
struct Rollback: Sendable {
    /// How a transaction ended.
    enum Settlement: Sendable, Hashable {
        case committed(CommitReceipt)
        case undone(Absence)
    }

    /// How often a delete whose reply was lost is looked into and tried again.
    private static let tries = 3

    let store: any ObjectStore
    let catalog: any VideoCatalog
    let journal: Journal
    let now: @Sendable () -> Date

    /// Settles a transaction.
    ///
    /// Reads the catalog first, always: rows that are there were committed, whatever the reply said, and an object
    /// behind a row is never removed.
    ///
    /// - Parameter doubtful: intents whose PUT may still arrive, and since when nobody waits for its reply.
    /// - Returns: the receipt, when the commit had happened; else how far it is proven that nothing remains.
    /// - Throws: ``Failure`` when a store does not answer; then the intents stay open and it may be called again. ``LedgerLost``.
    func settle(
        _ header: TransactionHeader, _ intents: [Intent], doubtful: [UUID: Date]
    ) async throws -> Settlement {
        let rows = try await catalog.settled(Set(intents.map(\.object)), of: header.video)
        let ours = intents.filter { intent in rows.contains { $0.object == intent.object } }
        guard !ours.isEmpty else { return .undone(try await remove(intents, of: header, doubtful: doubtful)) }
        try await journal.record(.committed(header, intents: ours.map(\.id)))
        try await remove(intents.filter { !ours.contains($0) }, of: header, doubtful: doubtful)
        return .committed(
            CommitReceipt(createdVideo: false, inserted: Set(ours.map(\.language)), alreadyThere: [:]))
    }

    /// Removes the objects of intents and proves each absent, as far as it can be proven now.
    @discardableResult
    func remove(_ intents: [Intent], of header: TransactionHeader, doubtful: [UUID: Date]) async throws -> Absence {
        var absence = Absence()
        for intent in intents {
            // By the clock before the look: what arrives between the store's answer and ours was not seen by it.
            let looked = now()
            try await remove(intent)
            let mayArrive = doubtful[intent.id].map { looked.timeIntervalSince($0) < store.longestDelay } ?? false
            try await journal.record(mayArrive ? .watched(header, intent) : .removed(header, intent))
            if mayArrive { absence.watched += 1 } else { absence.proven += 1 }
        }
        return absence
    }

    private func remove(_ intent: Intent) async throws {
        for attempt in 1... {
            guard let info = try await store.head(intent.object) else { return }
            // A stranger's object at our key: ours is not there, and conditional writes cannot bring it back.
            guard intent.wrote(info) else { return }
            do {
                _ = try await store.delete(intent.object, ifMatch: info.etag)
            } catch let failure as Failure where failure.class == .ambiguous && attempt < Self.tries {
                continue
            }
            // The proof. What is still there was changed in between, and is looked at anew.
            if try await store.head(intent.object) == nil { return }
            guard attempt < Self.tries else {
                throw Failure(
                    .transient, "rolling back", at: "\(intent.object)",
                    cause: "the object is still there after \(attempt) deletes",
                    advice: "recover this run when the store is well"
                )
            }
        }
    }
}
