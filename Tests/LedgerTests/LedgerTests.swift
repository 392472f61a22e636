// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Ledger
import MigrationModel
import TestDoubles
import Testing

/// Opens a ledger in a folder and begins its next run.
func begin(
    _ path: String, pid: Int32 = 1, host: String = "here", now: Date = Date(), kind: String = "production",
    store: String = "file:b", configuration: String? = nil, format: FormatPolicy = .keep
) async throws -> (Ledger, RunLog) {
    let ledger = try Ledger(path: path, now: { now })
    let header = RunHeader(
        kind: kind, actor: "mira", source: "olx:a", store: store, catalog: "sqlite:c", options: "",
        configuration: configuration, manner: .sample(format)
    )
    let claim = try await ledger.claim(as: EngineIdentity(host: host, pid: pid, boot: "boot"))
    return (ledger, try await ledger.beginRun(header, under: claim))
}

/// The same for an engine that follows on one that died a moment ago: whatever that one was at may hold its lock until it
/// has ended.
func beginNext(
    _ path: String, store: String = "file:b", format: FormatPolicy = .keep
) async throws -> (Ledger, RunLog) {
    for _ in 0..<1_000 {
        do { return try await begin(path, store: store, format: format) } catch is LedgerBusy { await Task.yield() }
    }
    return try await begin(path, store: store, format: format)
}

extension Manner {
    static func sample(_ format: FormatPolicy = .keep) -> Manner {
        Manner(format: format, prefix: "video-transcripts/", declaredOnly: false)
    }
}

@Suite struct CheckpointLogContractTests {
    @Test(arguments: checkpointLogContract)
    func `the ledger keeps the log's promises`(_ promise: ContractCase<any CheckpointLog>) async throws {
        try await withTemporaryFolder { folder in
            let (_, log) = try await begin("\(folder)/ledger")
            try await promise.verify(log)
            try await log.close()
        }
    }

    @Test(arguments: checkpointLogContract)
    func `the log in memory keeps the log's promises`(_ promise: ContractCase<any CheckpointLog>) async throws {
        try await promise.verify(MemoryLog(now: { Date() }))
    }
}

@Suite struct LedgerTests {
    @Test func `what was recorded is there after the file is opened again`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            let sample = SampleTransaction()
            do {
                let (_, log) = try await begin(path)
                try await log.record([sample.found, .intents(sample.header, sample.intents)])
            }
            let (_, log) = try await beginNext(path)
            #expect(try await log.openTransactions().map(\.header) == [sample.header])
            try await log.close()
        }
    }

    @Test func `a second engine is refused and told who holds the ledger`() async throws {
        try await withTemporaryFolder { folder in
            let (_, log) = try await begin("\(folder)/ledger", pid: 77)
            let busy = await #expect(throws: LedgerBusy.self) { try await begin("\(folder)/ledger", pid: 78) }
            #expect(busy?.pid == 77)
            #expect(busy?.run == log.run)
            try await log.close()
        }
    }

    @Test func `an engine on another host is believed alive while its heart beats, and no longer`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            let start = Date(timeIntervalSince1970: 1_600_000_000)
            do { _ = try await begin(path, host: "there", now: start) }
            await #expect(throws: LedgerBusy.self) { try await begin(path, now: start.addingTimeInterval(30)) }
            let (_, log) = try await begin(path, now: start.addingTimeInterval(120))
            #expect(log.run == RunID(2))
            try await log.close()
        }
    }

    @Test func `an engine whose ledger was taken over writes nothing more`() async throws {
        try await withTemporaryFolder { folder in
            let (ledger, log) = try await begin("\(folder)/ledger")
            let sample = SampleTransaction()
            try await log.record([sample.found])
            let other = try DatabaseQueue(path: ledger.path)
            try await other.write { try $0.execute(sql: "UPDATE lease SET epoch = epoch + 1") }
            let failure = await #expect(throws: Failure.self) {
                try await log.record([.intents(sample.header, sample.intents)])
            }
            #expect(failure?.class == .conflict)
            #expect(try await ledger.openWork().transactions == 0)
        }
    }

    @Test func `a dead engine's courses go back to the queue and its run is ended`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            let sample = SampleTransaction()
            do {
                let (_, log) = try await begin(path)
                try await log.record([
                    sample.found, .courseState(SampleTransaction.course, .running, reason: "", retries: 0),
                ])
            }
            let (ledger, log) = try await beginNext(path)
            #expect(try await ledger.run(RunID(1))?.ending == RunEnding.died.rawValue)
            #expect(try await ledger.snapshot().courses.map(\.state) == [CourseState.queued.rawValue])
            try await log.close()
        }
    }

    @Test func `commits are synced to the disk`() async throws {
        try await withTemporaryFolder { folder in
            let (ledger, log) = try await begin("\(folder)/ledger")
            #expect(try await ledger.synchronous == 2)
            try await log.close()
        }
    }

    @Test(arguments: 0..<20)
    func `a new ledger that many open at once is one ledger`(_: Int) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask { _ = try Ledger(path: path, now: { Date() }) }
                }
                try await group.waitForAll()
            }
            #expect(try Ledger.isThere(path))
        }
    }

    @Test func `an empty file is no ledger, and looking does not make it one`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            #expect(try !Ledger.isThere(path))
            try Data().write(to: URL(fileURLWithPath: path))
            #expect(try !Ledger.isThere(path))
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
        }
    }

    @Test func `a ledger of a newer version is refused, not guessed`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            _ = try Ledger(path: path, now: { Date() })
            let queue = try DatabaseQueue(path: path)
            try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 from the future')") }
            let failure = #expect(throws: Failure.self) { try Ledger(path: path, now: { Date() }) }
            #expect(failure?.class == .integrity)
            #expect(failure?.cause.contains("newer version") == true)
        }
    }

    @Test func `a ledger of an earlier version is brought up to date with all it holds`() async throws {
        try await withTemporaryFolder { folder in
            let sample = SampleTransaction()
            do {
                let (_, log) = try await begin("\(folder)/ledger")
                try await log.record([sample.found, .intents(sample.header, sample.intents)])
                try await log.record([.committed(sample.header, intents: sample.intents.map(\.id))])
                try await log.close()
            }
            try await DatabaseQueue(path: "\(folder)/ledger").write { db in
                try db.execute(
                    sql: """
                        DROP INDEX intent_committed;
                        CREATE INDEX intent_object ON intent (object);
                        DELETE FROM grdb_migrations WHERE identifier LIKE '2 %';
                        """
                )
            }
            let (ledger, later) = try await beginNext("\(folder)/ledger")
            let keys = Set(sample.intents.map(\.object))
            #expect(Set(try await ledger.stored(under: keys).keys) == keys)
            let stored = Dictionary(uniqueKeysWithValues: sample.intents.map { ($0.object, $0.checksum) })
            #expect(try await later.committed(among: keys, for: SampleTransaction.course) == stored)
            try await later.close()
        }
    }

    @Test func `a run's row says what the brake leaves of its limit, and why, until it is released`() async throws {
        try await withTemporaryFolder { folder in
            let (ledger, log) = try await begin("\(folder)/ledger")
            try await log.record([.concurrency(32), .runState(.running, reason: "")])
            #expect(try await ledger.newestRun()?.brake == nil)
            for bound in [16, 17, 8] {
                try await log.record([.braked(to: bound, reason: "the store asked for less")])
                let run = try #require(try await ledger.newestRun())
                #expect(run.brakedTo == bound && run.brakeReason == "the store asked for less")
                #expect(run.concurrency == 32 && run.brake?.bound == bound)
            }
            try await log.record([.concurrency(4)])
            #expect(try await ledger.newestRun()?.brake == nil, "the operator's limit is lower")
            try await log.record([.braked(to: nil, reason: "")])
            let released = try #require(try await ledger.newestRun())
            #expect(released.brakedTo == nil && released.brakeReason == nil)

            try await log.record([.braked(to: 2, reason: "the store asked for less")])
            try await log.record([.runEnded(.completed, reason: "")])
            let ended = try #require(try await ledger.newestRun())
            #expect(ended.brakedTo == nil && ended.brakeReason == nil)
            try await log.close()
            let moves = try await DatabaseQueue(path: "\(folder)/ledger").read { db in
                try String.fetchAll(db, sql: "SELECT to_state FROM event WHERE kind = 'brake' ORDER BY seq")
            }
            #expect(moves == ["16", "released", "2"], "only its beginnings and its ends are events")
        }
    }

    @Test func `a run's row says what it reads now, and in the end what it has read in all its time`() async throws {
        try await withTemporaryFolder { folder in
            let began = Date(timeIntervalSince1970: 1_000_000)
            let (ledger, log) = try await begin("\(folder)/ledger", now: began)
            #expect(try await ledger.newestRun()?.contentstoreReads(at: began) == nil)
            try await log.record([.reads(total: 7, perSecond: 3.5)])
            try await log.record([.reads(total: 120, perSecond: 41.6)])
            func reads(after seconds: Double) async throws -> ContentstoreReads? {
                try await ledger.newestRun()?.contentstoreReads(at: began.addingTimeInterval(seconds))
            }
            let now = try #require(try await reads(after: 4))
            #expect((now.total, now.perSecond, now.limit) == (120, 41.6, nil))
            #expect(try await reads(after: 5)?.perSecond == 0, "what was said long ago says nothing of now")
            #expect(now.rate == "42/s")
            try await log.record([.reads(total: 200, perSecond: 0), .runEnded(.completed, reason: "")])
            #expect(try await reads(after: 0)?.total == 200)
            try await log.close()
            let events = try await ledger.events(after: 0, run: log.run)
            #expect(!events.contains { $0.kind.contains("read") }, "it is no event")
        }
    }

    @Test func `the limit of a run's reads stands beside them`() async throws {
        try await withTemporaryFolder { folder in
            let began = Date(timeIntervalSince1970: 1_000_000)
            let ledger = try Ledger(path: "\(folder)/ledger", now: { began })
            let header = RunHeader(
                kind: "production", actor: "mira", source: "", store: "", catalog: "", options: "",
                choices: ["--format=sjson", "--limit-reads=2.5"])
            let log = try await ledger.beginRun(header, under: try await ledger.claim())
            try await log.record([.reads(total: 9, perSecond: 2.25)])
            let reads = try await ledger.newestRun()?.contentstoreReads(at: began)
            #expect(reads?.limit == 2.5 && reads?.rate == "2.2/s, at most 2.5/s")
            try await log.close()
        }
    }

    @Test func `a brake dies with its engine`() async throws {
        try await withTemporaryFolder { folder in
            do {
                let (_, log) = try await begin("\(folder)/ledger")
                try await log.record([.concurrency(32), .braked(to: 2, reason: "the store asked for less")])
            }
            let (ledger, log) = try await beginNext("\(folder)/ledger")
            let died = try await ledger.run(RunID(1))
            #expect(died?.ending == RunEnding.died.rawValue && died?.brakedTo == nil && died?.brakeReason == nil)
            try await log.close()
        }
    }

    @Test func `a ledger from before there was a brake is brought up to date`() async throws {
        try await withTemporaryFolder { folder in
            do {
                let (_, log) = try await begin("\(folder)/ledger")
                try await log.close()
            }
            try await DatabaseQueue(path: "\(folder)/ledger").write { db in
                try db.execute(
                    sql: """
                        ALTER TABLE run DROP COLUMN braked_to;
                        ALTER TABLE run DROP COLUMN brake_reason;
                        DELETE FROM grdb_migrations WHERE identifier LIKE '6 %';
                        """
                )
            }
            let (ledger, log) = try await beginNext("\(folder)/ledger")
            #expect(try await ledger.run(RunID(1))?.brakedTo == nil)
            try await log.record([.braked(to: 3, reason: "the store asked for less")])
            #expect(try await ledger.newestRun()?.brakedTo == 3)
            try await log.close()
        }
    }

    @Test(arguments: ["CREATE TABLE diary (day TEXT)", nil])
    func `a file that is no ledger is refused and left alone`(_ table: String?) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            if let table {
                try await DatabaseQueue(path: path).write { try $0.execute(sql: table) }
            } else {
                try Data("not a database, but long enough to look at".utf8).write(to: URL(fileURLWithPath: path))
            }
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(throws: Failure.self) { try Ledger(path: path, now: { Date() }) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }

    @Test func `a course's sums follow its videos`() async throws {
        try await withTemporaryFolder { folder in
            let (ledger, log) = try await begin("\(folder)/ledger")
            let sample = SampleTransaction()
            let course = SampleTransaction.course
            let outlines = (1...3).map { number in
                VideoOutline(
                    block: UsageKey(course: course, type: "video", block: "v\(number)"),
                    video: VideoID(unchecked: "video-\(number)"),
                    isNewID: false, displayName: "Video \(number)"
                )
            }
            try await log.record([
                sample.found,
                .outlined(course, videos: outlines, pending: Set(outlines.map(\.block)), unreachable: 1),
            ])
            var counts = TranscriptCounts()
            (counts.contentstore, counts.store, counts.migrated) = (3, 3, 2)
            let verified = VideoReport(
                course: course, block: outlines[0].block, state: .verified, counts: counts, attempt: 1)
            let failed = VideoReport(course: course, block: outlines[1].block, state: .failed, attempt: 1)
            // Twice the same: nothing may be counted twice.
            try await log.record([.videoState(verified), .videoState(failed), .videoState(verified)])
            var row = try #require(try await ledger.snapshot().courses.first)
            #expect((row.pending, row.verified, row.failed) == (1, 1, 1))
            #expect((row.contentstore, row.store, row.migrated, row.unreachable) == (3, 3, 2, 1))
            // A video that is listed no longer leaves the sums.
            try await log.record([.outlined(course, videos: [outlines[2]], pending: [], unreachable: 0)])
            row = try #require(try await ledger.snapshot().courses.first)
            #expect((row.pending, row.verified, row.failed, row.migrated) == (1, 0, 0, 0))
            try await log.close()
        }
    }

    @Test func `one that cannot be written fails alone`() async throws {
        try await withTemporaryFolder { folder in
            let (ledger, log) = try await begin("\(folder)/ledger")
            let sample = SampleTransaction()
            try await log.record([sample.found])
            let results = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        // The same transaction twice breaks a unique key.
                        let mine = number == 20 ? sample : SampleTransaction(block: "v\(number)")
                        do {
                            try await log.record([.intents(mine.header, mine.intents)])
                            if number == 20 { try await log.record([.intents(mine.header, mine.intents)]) }
                            return true
                        } catch { return false }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count { !$0 } == 1)
            #expect(try await ledger.openWork().transactions == 40)
            try await log.close()
        }
    }
}
