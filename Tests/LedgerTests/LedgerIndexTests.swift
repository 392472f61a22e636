// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MigrationModel
import TestDoubles
import Testing

@testable import Ledger

/// An index of a part serves a question only where both have the same words, and nothing but SQLite's plan tells.
@Suite struct LedgerIndexTests {
    @Test(arguments: [
        ("SELECT count(*) FROM intent i WHERE \(OpenWork.isOpen)", "intent_open"),
        (
            """
            SELECT r.id FROM intent i JOIN video_transaction t ON t.number = i.owner JOIN run r ON r.id = t.run
            WHERE \(OpenWork.isOpen) AND (r.store <> 1 OR r.catalog <> 1)
            """, "intent_open"
        ),
        ("SELECT seq FROM event WHERE seq > 1 AND \(EventRow.isWorthALine) ORDER BY seq LIMIT 1", "event_worth_a_line"),
        ("SELECT seq FROM event WHERE seq <= 1 AND \(EventRow.isWorthALine) ORDER BY seq DESC", "event_worth_a_line"),
        ("SELECT seq FROM event WHERE course = 1 AND block = 1 AND \(EventRow.isNotable)", "event_of_course"),
    ])
    func `what is asked again and again is found by its index`(_ question: String, _ index: String) throws {
        let plan = try database().read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(question)").map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains(index) }, "\(plan)")
    }

    /// SQLite makes such a table for IN and a list, at every row that is written.
    @Test(arguments: [
        "INSERT INTO intent VALUES (1, 1, 1, 1, 1, 1, 1, 'open', 1)",
        "UPDATE intent SET state = 'stored' WHERE id = 1 AND state = 'open'",
        "UPDATE intent SET state = 'committed' WHERE id = 1",
        "INSERT INTO event (at, actor, kind) VALUES (1, 1, 1)",
        "UPDATE video SET state = 1, failure = 1 WHERE course = (SELECT id FROM course WHERE key = 1) AND block = 1",
    ])
    func `what is written for every transcript makes no table for itself`(_ statement: String) throws {
        let steps = try database().read { db in
            try Row.fetchAll(db, sql: "EXPLAIN \(statement)").map { $0["opcode"] as String }
        }
        #expect(steps.contains("Insert") || steps.contains("IdxInsert"))
        #expect(!steps.contains("OpenEphemeral"))
    }

    @Test func `a ledger from before these indexes is asked, and not changed, before its next run`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            let sample = SampleTransaction()
            do {
                let (_, log) = try await begin(path)
                try await log.record([sample.found, .intents(sample.header, sample.intents)])
                try await log.close()
            }
            try makeEarlier(path)

            #expect(throws: Failure.self) {
                try Ledger.tryOut(path: path, store: "file:other", catalog: "sqlite:c", at: Date())
            }
            guard
                case .ready(let readiness) = try Ledger.tryOut(
                    path: path, store: "file:b", catalog: "sqlite:c", at: Date())
            else { throw CancellationError() }
            #expect(readiness.openTransactions == 1)
            #expect(readiness.isOfEarlierVersion)
            // Its run is known to have left something on that store, so that one must not be made anew.
            #expect(try Ledger.loss(of: .store, "file:b", knownTo: path) != nil)

            let (_, log) = try await beginNext(path)
            #expect(try await log.openTransactions().map(\.header) == [sample.header])
            try await log.close()
        }
    }

    @Test func `nobody changes the tables under an engine of an earlier version`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            do {
                let (_, log) = try await begin(path)
                try makeEarlier(path)
                let refusal = #expect(throws: LedgerBusy.self) { _ = try Ledger(path: path, now: { Date() }) }
                #expect(refusal?.isOfEarlierVersion == true)
                #expect(refusal?.pid == 1)
                try await log.close()
            }
            _ = try Ledger(path: path, now: { Date() })
        }
    }

    @Test func `nor under one that has the lock and no run yet`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            let ledger = try Ledger(path: path, now: { Date() })
            let claim = try await ledger.claim()
            try makeEarlier(path)
            let refusal = #expect(throws: LedgerBusy.self) { _ = try Ledger(path: path, now: { Date() }) }
            #expect(refusal?.isOfEarlierVersion == true)
            withExtendedLifetime(claim) {}
        }
    }

    private func database() throws -> DatabaseQueue {
        let database = try DatabaseQueue()
        try LedgerSchema.migrator.migrate(database)
        return database
    }

    /// Gives a ledger the indexes that it had before step 17, and takes that step back.
    private func makeEarlier(_ path: String) throws {
        try DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: """
                    DROP INDEX intent_open;
                    CREATE INDEX intent_open ON intent (owner) WHERE state IN ('open', 'stored', 'watched');
                    DELETE FROM grdb_migrations WHERE identifier LIKE '17 %';
                    """)
        }
    }
}
