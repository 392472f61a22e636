// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import MigrationModel
import Synchronization
import TestDoubles
import Testing

/// What a console reads, and nothing else.
@Suite struct LedgerWatchTests {
    private static let key = CourseKey(unchecked: "course-v1:A+B+2026")
    private static let blocks = (0..<12).map { UsageKey(course: key, type: "video", block: "v\($0)") }

    /// A clock that a test turns.
    private final class Clock: Sendable {
        private let time = Mutex(Date(timeIntervalSince1970: 1_790_000_000))
        var now: Date { time.withLock { $0 } }
        func turn(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
    }

    /// A ledger with a course of twelve videos, taken by a run that goes on.
    private func onLedger(
        _ body: (_ ledger: Ledger, _ log: RunLog, _ clock: Clock) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let clock = Clock()
            let ledger = try Ledger(path: "\(folder)/ledger", now: { clock.now })
            let header = RunHeader(
                kind: "production", actor: "mira", source: "olx:a", store: "file:b", catalog: "sqlite:c", options: "")
            let log = try await ledger.beginRun(header, under: try await ledger.claim())
            let outlines = Self.blocks.map {
                VideoOutline(block: $0, video: VideoID(unchecked: $0.block), isNewID: false, displayName: $0.block)
            }
            try await log.record([
                .courseFound(CourseSummary(key: Self.key, title: "Title"), .queued),
                .outlined(Self.key, videos: outlines, pending: Set(Self.blocks), unreachable: 0),
            ])
            try await body(ledger, log, clock)
            try await log.close()
        }
    }

    private func report(_ block: UsageKey, _ state: VideoState = .verified, steps: StepTimes = StepTimes())
        -> Checkpoint
    {
        .videoState(VideoReport(course: Self.key, block: block, state: state, attempt: 1, seconds: 1, steps: steps))
    }

    @Test func `what may still arrive is told as that, until it is proven absent`() async throws {
        try await onLedger { ledger, log, clock in
            let watch = try LedgerWatch(ledger)
            func view() async throws -> LedgerView {
                var request = ViewRequest()
                request.eventRows = 10
                return try await watch.view(request, keeping: [])
            }
            #expect(try await view().open == OpenWork.none)
            let header = TransactionHeader(
                id: UUID(), run: log.run, course: Self.key, block: Self.blocks[0], video: VideoID(unchecked: "v0"))
            let intents = (0..<3).map { number in
                Intent(
                    id: UUID(), language: "en", object: ObjectKey(unchecked: "k\(number)"), size: 1,
                    checksum: Checksum(of: []), format: .srt)
            }
            let failure = Failure(.ambiguous, "put object", at: "k0", cause: "its reply was lost", advice: "wait")
            clock.turn(5)
            try await log.record([
                .intents(header, intents), .watched(header, intents[0]), .removed(header, intents[1]),
                .removed(header, intents[2]), .rolledBack(header, failure, Absence(proven: 2, watched: 1)),
            ])
            let open = try await view().open
            #expect((open.transactions, open.watched, open.watchedSince) == (1, 1, clock.now))
            let last = try #require(try await view().events.last)
            #expect(
                EventSentence(last)?.words
                    == "rolled back: 2 objects proven absent; 1 object may still arrive and is watched for")
            try await log.record([.removed(header, intents[0])])
            #expect(try await view().open == OpenWork.none)
            try await log.record([.rolledBack(header, failure, Absence(proven: 3))])
            let proven = try #require(try await view().events.last)
            #expect(EventSentence(proven)?.words == "rolled back, absence proven")
        }
    }

    @Test func `what was waived since it failed is told, until somebody takes it back`() async throws {
        try await onLedger { ledger, log, _ in
            try await log.record(Self.blocks.prefix(2).map { report($0, .failed) })
            let watch = try LedgerWatch(ledger)
            var request = ViewRequest()
            request.wantsTroubles = true
            func waived() async throws -> [Bool] {
                try await watch.view(request, keeping: []).troubles.map(\.isWaived)
            }
            #expect(try await waived() == [false, false])
            let waiver = Waiver(course: Self.key, block: Self.blocks[1], language: "fr", actor: "mira", reason: "old")
            try await ledger.waive([waiver])
            #expect(try await waived() == [false, true])
            try await ledger.withdraw([waiver], by: "mira")
            #expect(try await waived() == [false, false])
        }
    }

    @Test func `how fast the last run was is told with a question, and only then`() async throws {
        try await onLedger { ledger, log, clock in
            try await log.record(Self.blocks.map { report($0) })
            clock.turn(6)
            try await log.record([.runEnded(.completed, reason: "")])
            let watch = try LedgerWatch(ledger)
            var request = ViewRequest()
            let plain = try await watch.view(request, keeping: [])
            #expect(plain.pace == nil)
            request.choice = .named([Self.key])
            let asked = try await watch.view(request, keeping: [])
            let pace = try #require(asked.pace)
            #expect((pace.run, pace.videos, pace.seconds) == (log.run.number, 12, 6))
        }
    }

    @Test func `a run that did next to nothing has no pace`() async throws {
        try await onLedger { ledger, log, clock in
            try await log.record([report(Self.blocks[0])])
            clock.turn(6)
            try await log.record([.runEnded(.completed, reason: "")])
            var request = ViewRequest()
            request.choice = .named([Self.key])
            let asked = try await LedgerWatch(ledger).view(request, keeping: [])
            #expect(asked.pace == nil)
        }
    }

    @Test func `a ledger whose file is gone, or another one, is not taken for the one that was opened`() async throws {
        try await onLedger { ledger, _, _ in
            let watch = try LedgerWatch(ledger)
            _ = try await watch.version()
            try FileManager.default.moveItem(atPath: ledger.path, toPath: ledger.path + ".away")
            await #expect(throws: Failure.self) { try await watch.version() }
            try Data().write(to: URL(fileURLWithPath: ledger.path))
            #expect(throws: Failure.self) { try watch.refuseLoss() }
            try FileManager.default.removeItem(atPath: ledger.path)
            try FileManager.default.moveItem(atPath: ledger.path + ".away", toPath: ledger.path)
            try watch.refuseLoss()
        }
    }

    @Test func `a video keeps how long it was in each step`() async throws {
        try await onLedger { ledger, log, _ in
            var steps = StepTimes()
            (steps.reading, steps.storing, steps.checking) = (0.25, 1.5, 0.125)
            try await log.record([report(Self.blocks[3], steps: steps)])
            let row = try #require(try await ledger.videos(of: Self.key).first { $0.block == Self.blocks[3].text })
            #expect((row.reading, row.storing, row.checking) == (0.25, 1.5, 0.125))
        }
    }

    @Test func `the log is filtered by what stands in a line or in its course's key`() async throws {
        try await onLedger { ledger, log, _ in
            try await log.record([
                .notice(course: Self.key, block: nil, text: "Something Odd"),
                .notice(course: nil, block: nil, text: "100% of a_thing"),
            ])
            let watch = try LedgerWatch(ledger)
            func count(_ filter: String) async throws -> Int {
                var request = ViewRequest()
                (request.eventFilter, request.eventRows) = (filter, 50)
                let shown = try await watch.view(request, keeping: []).events.count
                let whole = try await ledger.log(filter, after: 0)?.count ?? 0
                #expect(shown == whole)
                return shown
            }
            let found = [
                try await count("something odd"), try await count("A+B"), try await count("0% of a_"),
                try await count("%"),
                try await count("nowhere"), try await count(""),
            ]
            #expect(found == [1, 1, 1, 1, 0, 2], "text is text: a per cent sign stands for itself")
        }
    }
}
