// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// Moves all missing transcripts of one video, or none.
///
/// Law 1: the video is the atom. Law 2: nothing is overwritten. Law 3: intent before effect. Law 4: the catalog's
/// transaction is the commit point. Law 5: in doubt, read.
struct VideoTransaction: Sendable {
    let store: any ObjectStore
    let catalog: any VideoCatalog
    let journal: Journal
    let rollback: Rollback
    let uptime: @Sendable () -> Double

    let header: TransactionHeader
    /// What is to be stored, in order of language.
    let objects: [NewObject]
    /// The intents of the same objects, in the same order.
    let intents: [Intent]

    /// Runs the transaction to one of its two ends.
    ///
    /// - Returns: what is in the catalog now: this video is migrated for good.
    /// - Throws: ``RolledBack`` when nothing of it remains; ``RollbackUnproven`` when that could not be shown, and the
    ///   intents stay open for the next attempt or start; ``LedgerLost``.
    func run() async throws -> CommitReceipt {
        try await journal.record(.intents(header, intents))
        let unstored = await storeAll()
        let doubtful = unstored.filter { $0.value.class == .ambiguous }.mapValues { _ in rollback.now() }
        do {
            // One that must not be retried says more than one that may.
            if let failure = unstored.values.first(where: { !$0.class.isRetryable }) ?? unstored.values.first {
                throw failure
            }
            return try await conclude(try await commit())
        } catch let lost as LedgerLost {
            throw lost
        } catch {
            return try await undo(because: Failure(error, "migrating a video", at: "\(header.block)"), doubtful)
        }
    }

    // MARK: - Before the commit point

    /// All objects in parallel; waits for every one of them, so that nothing is under way when it returns.
    ///
    /// - Returns: why intents' objects are not stored, or not known to be.
    private func storeAll() async -> [UUID: Failure] {
        await withTaskGroup(of: (UUID, Failure?).self) { group in
            for (object, intent) in zip(objects, intents) {
                group.addTask { (intent.id, await self.storeOne(object, intent)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func storeOne(_ object: NewObject, _ intent: Intent) async -> Failure? {
        let started = uptime()
        do {
            _ = try await store.put(object)
        } catch {
            let failure = Failure(error, "storing a transcript", at: "\(object.key)")
            switch await isStored(object, intent, after: failure) {
            case true?: break
            case false?: return failure
            case nil: return failure.inDoubt
            }
        }
        journal.note(.stored(header, intent, seconds: uptime() - started))
        return nil
    }

    /// Whether a PUT that failed has nevertheless stored our object: its reply was lost, or our own earlier try is what
    /// stood in its way. nil when it cannot be looked at now.
    private func isStored(_ object: NewObject, _ intent: Intent, after failure: Failure) async -> Bool? {
        guard failure.class == .ambiguous || failure.class == .conflict else { return false }
        do {
            guard let info = try await store.head(object.key) else { return false }
            return info.checksum == object.checksum && intent.wrote(info)
        } catch {
            // The doubt stays: rollback looks again.
            return nil
        }
    }

    private func commit() async throws -> CommitReceipt {
        let transcripts = intents.map { NewTranscript(language: $0.language, object: $0.object, format: $0.format) }
        return try await catalog.commit(VideoCommit(video: header.video, transcripts: transcripts))
    }

    // MARK: - After it

    /// Writes down what was committed, and takes back objects whose language somebody else added meanwhile.
    private func conclude(_ receipt: CommitReceipt) async throws -> CommitReceipt {
        let kept = intents.filter { receipt.inserted.contains($0.language) }
        // Not waited for: a crash before it is written is settled by reading the catalog, where the rows are.
        journal.note(.committed(header, intents: kept.map(\.id)))
        try await rollback.remove(intents.filter { !kept.contains($0) }, of: header, doubtful: [:])
        return receipt
    }

    // MARK: - Instead of it

    /// Brings the stores back to where they were, unless the commit turns out to have happened.
    ///
    /// - Parameter doubtful: the intents whose PUT may still arrive.
    private func undo(because failure: Failure, _ doubtful: [UUID: Date]) async throws -> CommitReceipt {
        let absence: Absence
        do {
            switch try await rollback.settle(header, intents, doubtful: doubtful) {
            case .committed(let receipt): return receipt
            case .undone(let proven): absence = proven
            }
        } catch let lost as LedgerLost {
            throw lost
        } catch {
            throw RollbackUnproven(cause: failure, obstacle: Failure(error, "rolling back", at: "\(header.block)"))
        }
        try await journal.record(.rolledBack(header, failure, absence))
        throw RolledBack(cause: failure)
    }
}

/// A video failed, and the stores are as they were; what might still arrive there is watched for.
struct RolledBack: Error, Sendable {
    /// Why it failed.
    let cause: Failure
}

/// A video failed, and what it had written could not be proven gone yet.
struct RollbackUnproven: Error, Sendable {
    /// Why the video failed.
    let cause: Failure
    /// Why its rollback is not finished.
    let obstacle: Failure

    var failure: Failure {
        Failure(
            obstacle.class.isRetryable || obstacle.class == .auth ? obstacle.class : cause.class, "rolling back",
            at: obstacle.place,
            cause: "\(obstacle.cause), after: \(cause.cause)",
            safe:
                "its objects are named in the ledger; whether the catalog has the video is read again at the next attempt",
            advice: obstacle.class == .auth
                ? "\(obstacle.advice); then recover this run" : "when the store answers again, recover this run"
        )
    }
}

extension Intent {
    /// Whether an object at our key is the one this intent wrote. Its key is random and named in no other intent; the
    /// provenance kept with it, where there is one, must agree.
    func wrote(_ info: ObjectInfo) -> Bool {
        if let provenance = info.provenance { return provenance.intent == id }
        return info.checksum == checksum && info.size == size
    }
}

extension Failure {
    /// The same where it could not be seen whose object it is: maybe ours, so that trying again is right.
    fileprivate var inDoubt: Failure {
        Failure(.ambiguous, what, at: place, cause: cause, safe: safe, advice: advice)
    }
}
