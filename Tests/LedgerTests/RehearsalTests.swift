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
    private let places = Ledger.Places(source: "olx:a", store: "file:b", catalog: "sqlite:c")
    private let other = CourseKey(unchecked: "course-v1:Org+Other+Run")

    /// A run that commits the sample's transcripts or none, finds others, and brings the sample's course into a state.
    private func run(
        _ path: String, moves: Bool, finds: Int = 0, store: String = "file:b", format: FormatPolicy = .keep,
        _ state: CourseState,
        besides: (RunLog) async throws -> Void = { _ in }
    ) async throws -> Ledger {
        let (ledger, log) = try await beginNext(path, store: store, format: format)
        let sample = SampleTransaction(run: log.run)
        try await log.record([sample.found])
        if moves {
            try await log.record([
                .intents(sample.header, sample.intents), .committed(sample.header, intents: sample.intents.map(\.id)),
            ])
        }
        var counts = TranscriptCounts()
        (counts.store, counts.present) = (finds, finds)
        let block = sample.header.block
        try await log.record([
            .outlined(
                course, videos: [VideoOutline(block: block, video: "video-1", isNewID: false, displayName: "")],
                pending: [block], unreachable: 0),
            .videoState(VideoReport(course: course, block: block, state: .verified, counts: counts, attempt: 1)),
            .courseState(course, state, reason: "", retries: 1),
        ])
        try await besides(log)
        try await log.record([.runEnded(.completed, reason: "")])
        try await log.close()
        return ledger
    }

    @Test func `it is complete when every course of the source is at its end and something was moved`() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try await run("\(folder)/ledger", moves: true, .migrated)
            guard case .completed(let figures) = try await ledger.rehearsal(of: [course], on: places, named: "r-1")
            else {
                Issue.record("it is complete")
                return
            }
            #expect((figures.ledger, figures.source, figures.actor) == ("r-1", "olx:a", "mira"))
            #expect((figures.store, figures.catalog) == ("file:b", "sqlite:c"))
            #expect((figures.courses, figures.transcripts) == (1, SampleTransaction().intents.count))
            #expect((figures.retries, figures.manner) == (1, Manner.sample().description))
            #expect(figures.began <= figures.ended)
            #expect(
                try await ledger.rehearsal(of: [course, other], on: places, named: "r-1")
                    == .unfinished(courses: 1, of: 2),
                "the source has a course that it never took")
        }
    }

    @Test(arguments: [CourseState.queued, .held, .failed, .running])
    func `a course that is not at its end leaves it unfinished`(_ state: CourseState) async throws {
        try await withTemporaryFolder { folder in
            let ledger = try await run("\(folder)/ledger", moves: true, state)
            #expect(try await ledger.rehearsal(of: [course], on: places, named: "r") == .unfinished(courses: 1, of: 1))
        }
    }

    @Test func `what moves nothing has rehearsed nothing`() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try await run("\(folder)/ledger", moves: false, .migrated)
            #expect(try await ledger.rehearsal(of: [course], on: places, named: "r") == .foundMost(moved: 0, found: 0))
        }
    }

    /// Staging that was not emptied: a single new course is no second rehearsal.
    @Test func `what moves no more than it found has rehearsed too little`() async throws {
        try await withTemporaryFolder { folder in
            let ledgers = RehearsalLedgers("\(folder)/mallow.ledger")
            let moved = SampleTransaction().intents.count
            let most = try await run(ledgers.path(1), moves: true, finds: moved, .migrated)
            #expect(
                try await most.rehearsal(of: [course], on: places, named: "r")
                    == .foundMost(moved: moved, found: moved))
            #expect(try ledgers.next() == 2, "whatever is done in it, it cannot count any more")
            let fewer = try await run("\(folder)/ledger", moves: true, finds: moved - 1, .migrated)
            guard case .completed = try await fewer.rehearsal(of: [course], on: places, named: "r") else {
                Issue.record("it moved more than it found")
                return
            }
        }
    }

    @Test func `what a rerun finds of its sister's transcripts was not there before`() async throws {
        try await withTemporaryFolder { folder in
            let moved = SampleTransaction().intents.count
            let ledger = try await run("\(folder)/ledger", moves: true, .migrated) { log in
                let block = UsageKey(course: other, type: "video", block: "v")
                var counts = TranscriptCounts()
                (counts.store, counts.present) = (moved, moved)
                try await log.record([
                    .courseFound(CourseSummary(key: other, title: ""), .queued),
                    .outlined(
                        other, videos: [VideoOutline(block: block, video: "video-1", isNewID: false, displayName: "")],
                        pending: [block], unreachable: 0),
                    .videoState(VideoReport(course: other, block: block, state: .verified, counts: counts, attempt: 1)),
                    .courseState(other, .migrated, reason: "", retries: 0),
                ])
            }
            guard case .completed = try await ledger.rehearsal(of: [course, other], on: places, named: "r") else {
                Issue.record("staging was empty")
                return
            }
        }
    }

    @Test func `what was done on other places proves nothing of these`() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try await run("\(folder)/ledger", moves: true, store: "file:elsewhere", .migrated)
            #expect(
                try await ledger.rehearsal(of: [course], on: places, named: "r") == .unfinished(courses: 1, of: 1))
            _ = try await run("\(folder)/ledger", moves: false, .migrated)
            #expect(
                try await ledger.rehearsal(of: [course], on: places, named: "r") == .foundMost(moved: 0, found: 0),
                "what was moved elsewhere was not moved here")
        }
    }

    @Test func `what was done in another manner proves nothing of this one`() async throws {
        try await withTemporaryFolder { folder in
            let ledgers = RehearsalLedgers("\(folder)/mallow.ledger")
            _ = try await run(ledgers.path(1), moves: true, .migrated)
            let moved = SampleTransaction().intents.count
            let other = try await run(ledgers.path(1), moves: false, finds: moved, format: .sjson, .migrated)
            #expect(
                try await other.rehearsal(of: [course], on: places, named: "r") == .foundMost(moved: 0, found: moved),
                "what was moved as it stood is no rehearsal of a conversion")
            #expect(try ledgers.next() == 2)
            let last = try await run(ledgers.path(1), moves: true, .migrated)
            guard case .completed(let figures) = try await last.rehearsal(of: [course], on: places, named: "r") else {
                Issue.record("it was moved in this manner")
                return
            }
            #expect(figures.manner == Manner.sample().description)
        }
    }

    @Test func `two that went through one staging at once are one`() async throws {
        try await withTemporaryFolder { folder in
            let ledgers = RehearsalLedgers("\(folder)/mallow.ledger")
            let other = CompletedRehearsal.sample(ledgers.name(2), ended: Date.distantFuture.timeIntervalSince1970)
            let ledger = try await run(ledgers.path(1), moves: true, .migrated)
            let named = ledgers.name(1)
            #expect(
                try await ledger.rehearsal(of: [course], on: places, named: named, after: [other])
                    == .overlapped(by: other.ledger))
            guard
                case .completed = try await ledger.rehearsal(
                    of: [course], on: places, named: named, after: [.sample("r", ended: 1)])
            else {
                Issue.record("that one had ended before")
                return
            }
        }
    }

    @Test func `a ledger that another rehearsal was completed beside is not gone on with`() async throws {
        try await withTemporaryFolder { folder in
            let ledgers = RehearsalLedgers("\(folder)/mallow.ledger")
            _ = try await run(ledgers.path(2), moves: true, .failed)
            let production = try Ledger(path: ledgers.production, now: { Date() })
            let late = Date.distantFuture.timeIntervalSince1970
            _ = try await production.keep(.sample(ledgers.name(1), of: "olx:b", ended: late))
            #expect(try ledgers.next() == 2, "another source's is another matter")
            _ = try await production.keep(.sample(ledgers.name(3), ended: 1))
            #expect(try ledgers.next() == 4)
            _ = try await run(ledgers.path(4), moves: true, .failed)
            #expect(try ledgers.next() == 4)
            _ = try await production.keep(.sample("mallow.rehearsal-x.ledger", ended: late))
            #expect(try ledgers.next() == 5)
        }
    }

    @Test func `places are kept with what was in force, and an earlier version's without`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            do {
                let (_, log) = try await begin(path, kind: "discovery", configuration: "/edx/mallow.yaml")
                try await log.record([.runEnded(.completed, reason: "")])
                try await log.close()
            }
            let used = try Ledger.places(knownTo: path)
            #expect(used.map(\.places) == [places])
            #expect(used.map(\.kind) == ["discovery"])
            #expect(used.map(\.configuration) == ["/edx/mallow.yaml"])
            do {
                let earlier = try DatabaseQueue(path: path)
                try await earlier.write { try $0.execute(sql: "ALTER TABLE run DROP COLUMN configuration") }
                try earlier.close()
            }
            #expect(try Ledger.places(knownTo: path).map(\.configuration) == [nil])
        }
    }

    @Test func `what a rehearsal left open is settled where staging was`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            for (kind, words) in [("rehearsal", "mallow recover --rehearsal"), ("production", "--store 'file:b'")] {
                do {
                    let (_, log) = try await begin("\(path).\(kind)", kind: kind)
                    let sample = SampleTransaction(run: log.run)
                    try await log.record([sample.found, .intents(sample.header, sample.intents)])
                    try await log.close()
                }
                let failure = await #expect(throws: Failure.self) {
                    try await beginNext("\(path).\(kind)", store: "file:elsewhere")
                }
                #expect(failure?.advice.contains(words) == true, "\(failure?.advice ?? "none")")
            }
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
            guard case .completed(let figures) = try await ledger.rehearsal(of: [course], on: places, named: "r") else {
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
            #expect(try await ledger.keep(.sample("r-4", ended: 7, manner: .sample(.sjson))) == 1)
            #expect(try await ledger.keep(.sample("r-5", ended: 6, manner: nil)) == 1, "of an earlier version")
            #expect(try Ledger.rehearsals(of: "olx:a", knownTo: path).map(\.ledger) == ["r-5", "r-4", "r-3", "r-1"])
            #expect(try Ledger.rehearsals(of: "olx:c", knownTo: path).isEmpty)
            #expect(try Ledger.rehearsals(knownTo: path).count == 5)
            #expect(try Ledger.rehearsals(of: "olx:a", knownTo: path).last == .sample("r-1", ended: 9))
            let view = try await LedgerWatch(ledger).view(ViewRequest(), keeping: [])
            let (keep, sjson) = (Manner.sample().description, Manner.sample(.sjson).description)
            #expect(
                view.rehearsals == [
                    Rehearsed(source: "olx:a", manner: keep): 2, Rehearsed(source: "olx:b", manner: keep): 1,
                    Rehearsed(source: "olx:a", manner: sjson): 1,
                ])
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
                    try Self.takeBackManner(db)
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

    /// As an earlier version has it, whose rows tell the manner of a run for the report alone.
    private static func takeBackManner(_ db: Database) throws {
        try db.execute(sql: "ALTER TABLE run DROP COLUMN manner")
        if try db.tableExists("rehearsal") { try db.execute(sql: "ALTER TABLE rehearsal DROP COLUMN manner") }
        try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '14 in which manner%'")
    }

    @Test func `the manner of what an earlier version ran is known, and of what it counted is not`() async throws {
        try await withTemporaryFolder { folder in
            let ledgers = RehearsalLedgers("\(folder)/mallow.ledger")
            let path = ledgers.path(1)
            _ = try await run(path, moves: true, .migrated)
            do {
                let written = "concurrency 32, format sjson, prefix a, b/, error budget 100, declared only, 4.0 puts/s"
                let earlier = try DatabaseQueue(path: path)
                try await earlier.write { db in
                    try db.execute(sql: "UPDATE run SET options = ?", arguments: [written])
                    try CompletedRehearsal.sample("r").insert(db)
                    try Self.takeBackManner(db)
                }
                try earlier.close()
            }
            #expect(try Ledger.rehearsals(knownTo: path).map(\.manner) == [nil])
            #expect(try ledgers.next() == 1, "a file of an earlier version can be looked at as it is")
            let ledger = try Ledger(path: path, now: { Date() })
            let manner = Manner(format: .sjson, prefix: "a, b/", declaredOnly: true)
            #expect(try await ledger.snapshot().run?.manner == manner.description)
            guard case .completed(let figures) = try await ledger.rehearsal(of: [course], on: places, named: "r") else {
                Issue.record("it goes on to be one")
                return
            }
            #expect(figures.manner == "--format=sjson --prefix=a, b/ --declared-only")
            #expect(try Ledger.rehearsals(knownTo: path).map(\.manner) == [nil], "nobody knows that one's")
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
