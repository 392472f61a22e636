// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@Suite struct TrendTests {
    /// A run that a test takes from second to second.
    private struct Fleet {
        let clock: Clock
        let ledger: Ledger
        let watch: LedgerWatch
        let log: RunLog

        final class Clock: Sendable {
            let date = Mutex(Night.now)
        }

        init(_ path: String) async throws {
            let clock = Clock()
            self.clock = clock
            ledger = try Ledger(path: path, now: { clock.date.withLock { $0 } })
            watch = try LedgerWatch(ledger)
            let header = RunHeader(
                kind: "production", actor: "mira", source: "olx:a", store: "file:b", catalog: "sqlite:c", options: "")
            log = try await ledger.beginRun(header, under: try await ledger.claim())
        }

        func find(_ course: CourseKey) async throws {
            try await log.record([.courseFound(CourseSummary(key: course, title: "A course"), .queued)])
        }

        func begin(_ course: CourseKey, videos: Int) async throws {
            let outlines = (0..<videos).map { number in
                VideoOutline(
                    block: Self.block(number, course), video: VideoID(unchecked: "\(course)-\(number)"), isNewID: false,
                    displayName: "Video \(number)")
            }
            try await log.record([
                .runState(.running, reason: ""), .courseState(course, .running, reason: "", retries: 0),
                .outlined(course, videos: outlines, pending: Set(outlines.map(\.block)), unreachable: 0),
            ])
        }

        func verify(_ number: Int, of course: CourseKey) async throws {
            let block = Self.block(number, course)
            try await log.record([.videoState(VideoReport(course: course, block: block, state: .verified, attempt: 1))])
        }

        func fail(_ number: Int, of course: CourseKey) async throws {
            let failure = Failure(
                .transient, "storing a transcript", at: "a test", cause: "no room", advice: "make some")
            let report = VideoReport(
                course: course, block: Self.block(number, course), state: .rolledBack, failure: failure, attempt: 1)
            try await log.record([.videoState(report)])
        }

        private static func block(_ number: Int, _ course: CourseKey) -> UsageKey {
            UsageKey(course: course, type: "video", block: "v\(number)")
        }

        /// A look at the run, some seconds after the last one.
        func look(_ model: inout Model, after seconds: Double) async throws {
            clock.date.withLock { $0.addTimeInterval(seconds) }
            // The heart of its engine beats by the clock on the wall: a test's minute is the most it lives between.
            try await log.record([])
            model.update(.view(try await watch.view(model.request, keeping: [])))
        }
    }

    private func course(_ number: Int) -> CourseKey { CourseKey(unchecked: "course-v1:Org+Course\(number)+Run") }

    @Test func `time for which a run waits is no part of its pace`() async throws {
        try await withTemporaryFolder { folder in
            let fleet = try await Fleet("\(folder)/ledger")
            var model = Model.test(100, 30)
            try await fleet.find(course(1))
            try await fleet.begin(course(1), videos: 100)
            for number in 0..<20 {
                try await fleet.verify(number, of: course(1))
                try await fleet.look(&model, after: 1)
            }
            try await fleet.log.record([.runState(.paused, reason: "the store is out; it resumes by itself")])
            for _ in 0..<25 { try await fleet.look(&model, after: 1) }
            #expect(model.trend.rate == 0, "nothing moves")
            try await fleet.log.record([.runState(.running, reason: "")])
            for number in 20..<25 {
                try await fleet.verify(number, of: course(1))
                try await fleet.look(&model, after: 1)
            }
            // 75 are left, at one a second.
            let range = try #require(model.remaining)
            #expect(range.lowerBound > 60 && range.upperBound < 95, "\(range)")
            try await fleet.log.close()
        }
    }

    @Test func `courses that nobody has listed count as many videos as the others have`() async throws {
        try await withTemporaryFolder { folder in
            let fleet = try await Fleet("\(folder)/ledger")
            var model = Model.test(100, 30)
            for number in 0..<4 { try await fleet.find(course(number)) }
            try await fleet.begin(course(0), videos: 10)
            for video in 0..<5 {
                try await fleet.verify(video, of: course(0))
                try await fleet.look(&model, after: 1)
            }
            #expect(Screen.render(model).text.contains("~12%  5/10+ videos"))
            // 35 are left, at one a second.
            let range = try #require(model.remaining)
            #expect(range.lowerBound > 30 && range.upperBound < 45, "\(range)")
            try await fleet.log.close()
        }
    }

    @Test func `a course that is known to have no videos is not one that nobody has listed`() async throws {
        try await withTemporaryFolder { folder in
            let fleet = try await Fleet("\(folder)/ledger")
            var model = Model.test(100, 30)
            try await fleet.find(course(0))
            try await fleet.begin(course(0), videos: 10)
            try await fleet.find(course(1))
            try await fleet.begin(course(1), videos: 0)
            // A run takes it again.
            try await fleet.find(course(1))
            try await fleet.look(&model, after: 1)
            #expect(Screen.render(model).text.contains(" 0%  0/10 videos"))
            try await fleet.log.close()
        }
    }

    @Test func `what has failed and may be tried again is no work that is done`() async throws {
        try await withTemporaryFolder { folder in
            let fleet = try await Fleet("\(folder)/ledger")
            var model = Model.test(100, 30)
            try await fleet.find(course(1))
            try await fleet.begin(course(1), videos: 100)
            for number in 0..<10 {
                try await fleet.fail(number, of: course(1))
                try await fleet.look(&model, after: 1)
            }
            #expect(model.remaining == nil, "nothing of it is done: there is no pace to tell anything from")
            try await fleet.log.record([.courseState(course(1), .retrying, reason: "retry 1 of 3", retries: 1)])
            for number in 10..<30 {
                try await fleet.verify(number, of: course(1))
                try await fleet.look(&model, after: 1)
            }
            // 80 are left, ten of them for the second time, at two in three seconds, for nothing was done in the first ten.
            let range = try #require(model.remaining)
            #expect(range.lowerBound > 70 && range.upperBound < 160, "\(range)")
            try await fleet.log.close()
        }
    }

    @Test func `courses that are checked again count as what they are: work`() async throws {
        try await withTemporaryFolder { folder in
            let again = try await Fleet("\(folder)/ledger")
            var model = Model.test(100, 30)
            for number in 0..<40 {
                try await again.find(course(number))
                try await again.begin(course(number), videos: 2)
                for video in 0..<2 { try await again.verify(video, of: course(number)) }
                // As a run that takes it again finds it.
                try await again.find(course(number))
            }
            try await again.log.record([.runState(.running, reason: "")])
            for number in 0..<20 {
                try await again.log.record([.courseState(course(number), .migrated, reason: "", retries: 0)])
                try await again.look(&model, after: 1)
            }
            #expect(Screen.render(model).text.contains("40 to go"))
            // 20 courses are left, at one a second.
            let range = try #require(model.remaining)
            #expect(range.lowerBound > 15 && range.upperBound < 25, "\(range)")
            try await again.log.close()
        }
    }
}
