// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Ledger
import MigrationModel
import TestDoubles
import Testing

/// When a rehearsal is complete, and how production's ledger keeps it.
@Suite struct RehearsalTests {
    private let course = SampleTransaction.course
    private let other = CourseKey(unchecked: "course-v1:Org+Other+Run")

    /// A run that commits the sample's transcripts or none, and brings the sample's course into a state.
    private func run(_ path: String, moves: Bool, _ state: CourseState) async throws -> Ledger {
        let (ledger, log) = try await beginNext(path)
        let sample = SampleTransaction(run: log.run)
        try await log.record([sample.found])
        if moves {
            try await log.record([
                .intents(sample.header, sample.intents), .committed(sample.header, intents: sample.intents.map(\.id)),
            ])
        }
        try await log.record([
            .courseState(course, state, reason: "", retries: 1), .runEnded(.completed, reason: ""),
        ])
        try await log.close()
        return ledger
    }

    @Test func `it is complete when every course of the source is at its end and something was moved`() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try await run("\(folder)/ledger", moves: true, .migrated)
            guard case .completed(let figures) = try await ledger.rehearsal(of: [course], named: "r-1") else {
                Issue.record("it is complete")
                return
            }
            #expect((figures.ledger, figures.source, figures.actor) == ("r-1", "olx:a", "mira"))
            #expect((figures.store, figures.catalog) == ("file:b", "sqlite:c"))
            #expect((figures.courses, figures.transcripts) == (1, SampleTransaction().intents.count))
            #expect(figures.retries == 1)
            #expect(figures.began <= figures.ended)
            #expect(
                try await ledger.rehearsal(of: [course, other], named: "r-1") == .unfinished(courses: 1, of: 2),
                "the source has a course that it never took")
        }
    }

    @Test(arguments: [CourseState.queued, .held, .failed, .running])
    func `a course that is not at its end leaves it unfinished`(_ state: CourseState) async throws {
        try await withTemporaryFolder { folder in
            let ledger = try await run("\(folder)/ledger", moves: true, state)
            #expect(try await ledger.rehearsal(of: [course], named: "r") == .unfinished(courses: 1, of: 1))
        }
    }

    @Test func `what moves nothing has rehearsed nothing`() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try await run("\(folder)/ledger", moves: false, .migrated)
            #expect(try await ledger.rehearsal(of: [course], named: "r") == .movedNothing)
        }
    }

    @Test func `one that moved nothing is not gone on with, and one that has failed is`() async throws {
        try await withTemporaryFolder { folder in
            let ledgers = RehearsalLedgers("\(folder)/mallow.ledger")
            _ = try await run(ledgers.path(1), moves: false, .migrated)
            #expect(try ledgers.next() == 2)
            _ = try await run(ledgers.path(2), moves: false, .failed)
            #expect(try ledgers.next() == 2)
            _ = try await run(ledgers.path(2), moves: true, .migrated)
            #expect(try ledgers.next() == 2, "nobody has counted it yet")
        }
    }

    @Test func `what an earlier run of the same rehearsal moved counts, and so does its trouble`() async throws {
        try await withTemporaryFolder { folder in
            _ = try await run("\(folder)/ledger", moves: true, .failed)
            let ledger = try await run("\(folder)/ledger", moves: false, .migrated)
            guard case .completed(let figures) = try await ledger.rehearsal(of: [course], named: "r") else {
                Issue.record("it is complete")
                return
            }
            #expect(figures.transcripts == SampleTransaction().intents.count)
            #expect(figures.retries == 2)
        }
    }

    @Test func `they are counted for each source, and none of them twice`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            #expect(try Ledger.rehearsals(knownTo: path).isEmpty)
            let ledger = try Ledger(path: path, now: { Date() })
            #expect(try await ledger.keep(.sample("r-1", ended: 9)) == 1)
            #expect(try await ledger.keep(.sample("r-1", ended: 10)) == 1)
            #expect(try await ledger.keep(.sample("r-2", of: "olx:b")) == 1)
            #expect(try await ledger.keep(.sample("r-3", ended: 8)) == 2)
            #expect(try Ledger.rehearsals(of: "olx:a", knownTo: path).map(\.ledger) == ["r-3", "r-1"])
            #expect(try Ledger.rehearsals(of: "olx:c", knownTo: path).isEmpty)
            #expect(try Ledger.rehearsals(knownTo: path).count == 3)
            #expect(try Ledger.rehearsals(of: "olx:a", knownTo: path).last == .sample("r-1", ended: 9))
            let view = try await LedgerWatch(ledger).view(ViewRequest(), keeping: [])
            #expect(view.rehearsals == ["olx:a": 2, "olx:b": 1])
        }
    }

    @Test func `a ledger of an earlier version keeps none, stays one, and is brought up to date when it is opened`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            _ = try await run(path, moves: true, .migrated)
            do {
                let earlier = try DatabaseQueue(path: path)
                try await earlier.write { db in
                    try db.execute(sql: "DROP TABLE rehearsal")
                    try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '9 %'")
                }
                try earlier.close()
            }
            #expect(try Ledger.rehearsals(knownTo: path).isEmpty)
            #expect(try Ledger.unfinished(source: "olx:a", store: "file:b", catalog: "sqlite:c", knownTo: path).isEmpty)
            let isThere = try await DatabaseQueue(path: path).read { try $0.tableExists("rehearsal") }
            #expect(!isThere, "to look changes nothing")
            let ledger = try Ledger(path: path, now: { Date() })
            #expect(try await ledger.keep(.sample("r")) == 1)
            #expect(try await ledger.snapshot().courses.map(\.key) == [course.text])
        }
    }

    // MARK: - What was begun

    private func unfinished(_ path: String, source: String = "olx:a", store: String = "file:b") throws -> Set<CourseKey>
    {
        try Ledger.unfinished(source: source, store: store, catalog: "sqlite:c", knownTo: path)
    }

    @Test func `what the newest run took and did not end is unfinished, on its own places`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            #expect(try unfinished(path).isEmpty)
            do {
                let (_, log) = try await begin(path)
                try await log.record([
                    SampleTransaction().found, .courseState(course, .running, reason: "", retries: 0),
                ])
            }
            #expect(try unfinished(path) == [course])
            #expect(try unfinished(path, source: "olx:b").isEmpty)
            #expect(try unfinished(path, store: "file:elsewhere").isEmpty)
            _ = try await run(path, moves: true, .migrated)
            #expect(try unfinished(path).isEmpty)
        }
    }
}
