// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Testing

/// What a run made of a course stays readable when a later one takes the course.
@Suite struct PastRunTests {
    private let course = SampleTransaction.course
    private let failure = Failure(.sourceCorrupt, "reading", at: "v1", cause: "no cues", advice: "mend it")

    private func outline(_ number: Int) -> VideoOutline {
        VideoOutline(
            block: UsageKey(course: course, type: "video", block: "v\(number)"),
            video: VideoID(unchecked: "video-\(number)"), isNewID: false, displayName: "Video \(number)"
        )
    }

    /// A run that verifies one of two videos, takes one back and fails after a retry.
    private func fail(_ log: RunLog) async throws {
        let sample = SampleTransaction(run: log.run)
        var counts = TranscriptCounts()
        (counts.contentstore, counts.store) = (2, 2)
        try await log.record([
            sample.found,
            .outlined(
                course, videos: [outline(1), outline(2)], pending: [outline(1).block, outline(2).block], unreachable: 0),
            .videoState(
                VideoReport(course: course, block: outline(1).block, state: .failed, failure: failure, attempt: 2)),
            .videoState(
                VideoReport(course: course, block: outline(2).block, state: .verified, counts: counts, attempt: 1)),
            .rolledBack(sample.header, failure, Absence(proven: 1)),
            .courseState(course, .failed, reason: "a video failed", retries: 1),
            .runEnded(.completed, reason: ""),
        ])
        try await log.close()
    }

    private func succeed(_ log: RunLog) async throws {
        try await log.record([
            SampleTransaction(run: log.run).found,
            .outlined(course, videos: [outline(1), outline(2)], pending: [outline(1).block], unreachable: 0),
            .videoState(VideoReport(course: course, block: outline(1).block, state: .verified, attempt: 1)),
            .courseState(course, .migrated, reason: "", retries: 0), .runEnded(.completed, reason: ""),
        ])
        try await log.close()
    }

    /// A run in a ledger that is closed behind it.
    private func run(_ path: String, _ body: (RunLog) async throws -> Void) async throws -> RunID {
        let (_, log) = try await begin(path)
        try await body(log)
        return log.run
    }

    @Test func `an earlier run keeps its courses, their sums and what it left behind`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            let first = try await run(path, fail)
            let (ledger, second) = try await beginNext(path)
            try await succeed(second)

            let before = try #require(try await ledger.courses(of: first).first)
            #expect((before.state, before.reason) == ("failed", "a video failed"))
            #expect((before.failed, before.verified, before.retries, before.rollbacks) == (1, 1, 1, 1))
            #expect(before.key == course.text)
            let left = try await ledger.videosLeft(by: first, in: course)
            #expect(left.map(\.block) == [outline(1).block.text])
            #expect(left.first?.why?.cause == "no cues")
            #expect(try await ledger.totals(of: first).sum(\.failed) == 1)

            let now = try #require(try await ledger.courses(of: second.run).first)
            #expect((now.state, now.failed, now.verified, now.rollbacks) == ("migrated", 0, 2, 0))
            #expect(try await ledger.videosLeft(by: second.run, in: course).isEmpty)
        }
    }

    @Test func `the sums over all courses never lose a retry or a rollback`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            _ = try await run(path, fail)
            let (ledger, second) = try await beginNext(path)
            try await second.record([SampleTransaction(run: second.run).found])
            let snapshot = try await ledger.snapshot()
            #expect((snapshot.courses[0].retries, snapshot.courses[0].rollbacks) == (0, 0))
            #expect((snapshot.earlier.retries, snapshot.earlier.rollbacks) == (1, 1))
            let totals = try await LedgerWatch(ledger).view(ViewRequest(), keeping: []).totals
            #expect((totals.retries, totals.rollbacks) == (1, 1))
            try await second.close()
        }
    }

    @Test func `what failed before a run and was not taken by it is known to it`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            let first = try await run(path, fail)
            let (ledger, second) = try await beginNext(path)
            #expect(try await ledger.coursesLeft(before: second.run).map(\.key) == [course.text])
            #expect(try await ledger.coursesLeft(before: first).isEmpty)
            try await succeed(second)
            #expect(try await ledger.coursesLeft(before: second.run).isEmpty)
        }
    }

    @Test func `what a run left to others does not change when a later run takes it`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            let first = try await run(path, fail)
            let second = try await { () async throws in
                let (_, log) = try await beginNext(path)
                try await log.record([.runEnded(.completed, reason: "")])
                try await log.close()
                return log.run
            }()
            let (ledger, third) = try await beginNext(path)
            try await succeed(third)
            let left = try await ledger.coursesLeft(before: second)
            #expect(left.map(\.key) == [course.text])
            #expect(left.map(\.state) == ["failed"])
            #expect(left.map(\.run) == [first.number])
            #expect(try await ledger.coursesLeft(before: third.run).isEmpty)
        }
    }

    @Test func `an edx_video_id is new in the run that committed under it, and in no other`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            let first = try await run(path) { log in
                let sample = SampleTransaction(run: log.run)
                let header = sample.header
                let outline = VideoOutline(
                    block: header.block, video: header.video, isNewID: true, displayName: "Welcome")
                try await log.record([
                    sample.found, .outlined(course, videos: [outline], pending: [header.block], unreachable: 0),
                    .intents(header, sample.intents), .committed(header, intents: sample.intents.map(\.id)),
                    .courseState(course, .held, reason: "the ids are not written back", retries: 0),
                    .runEnded(.completed, reason: ""),
                ])
                try await log.close()
            }
            let (ledger, second) = try await beginNext(path)
            try await second.record([SampleTransaction(run: second.run).found])
            let made = try await ledger.newVideoIDs(by: first)
            #expect(made[course]?.map(\.videoID) == [SampleTransaction().header.video.text])
            #expect(try await ledger.newVideoIDs(by: second.run).isEmpty)
            try await second.close()
        }
    }

    @Test func `the next run writes down who stopped the one before`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            do {
                let (ledger, log) = try await begin(path)
                try await log.record([
                    SampleTransaction().found, .courseState(course, .running, reason: "", retries: 0),
                ])
                try await ledger.submit(.stop, by: "theo", basedOn: 0)
                for command in try await log.pendingCommands() { try await log.answer(command, refusal: nil) }
                #expect(try await ledger.stopper(of: log.run) == "theo")
            }
            let (ledger, log) = try await beginNext(path)
            #expect(try await ledger.run(RunID(1))?.reason == "theo stopped it at once")
            #expect(
                try await ledger.snapshot().courses.map(\.reason) == ["theo stopped its run; the next run goes on here"]
            )
            try await log.close()
        }
    }

    @Test func `a run keeps how it was asked to go about it`() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try Ledger(path: "\(folder)/ledger", now: { Date() })
            let header = RunHeader(
                kind: "production", actor: "mira", source: "s", store: "o", catalog: "c", options: "",
                choices: ["--prefix=it's \"so\""])
            let log = try await ledger.beginRun(header, under: try await ledger.claim())
            #expect(try await ledger.newestRun()?.choices == ["--prefix=it's \"so\""])
            try await log.close()
        }
    }

    @Test func `a run whose engine died ended when it was last heard`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            let start = Date(timeIntervalSince1970: 1_800_000_000)
            do {
                let (_, log) = try await begin(path, now: start)
                try await log.record([SampleTransaction().found])
            }
            let (ledger, log) = try await beginNext(path)
            #expect(try await ledger.run(RunID(1))?.ended == start.timeIntervalSince1970)
            try await log.close()
        }
    }
}
