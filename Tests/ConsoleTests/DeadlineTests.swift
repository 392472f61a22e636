// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Testing

@Suite struct DeadlineTests {
    private static let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt

    private func date(_ text: String) throws -> Date {
        try Date(text, strategy: Date.ISO8601FormatStyle(timeZone: .gmt))
    }

    @Test func `it shuts the next time the clock shows that hour`() throws {
        let evening = try date("2026-11-23T22:30:00Z")
        #expect(Deadline(clock: "05:00", after: evening, in: .gmt)?.shuts == (try date("2026-11-24T05:00:00Z")))
        #expect(Deadline(clock: "23:00", after: evening, in: .gmt)?.shuts == (try date("2026-11-23T23:00:00Z")))
        #expect(Deadline(clock: "05:00", after: evening, in: Self.berlin)?.shuts == (try date("2026-11-24T04:00:00Z")))
    }

    @Test func `the nights on which clocks change are no exception`() throws {
        // 02:30 is skipped on this night, and comes twice on that one.
        let spring = Deadline(clock: "02:30", after: try date("2026-03-28T23:00:00Z"), in: Self.berlin)
        #expect(spring?.shuts == (try date("2026-03-29T01:00:00Z")))
        let autumn = Deadline(clock: "02:30", after: try date("2026-10-24T22:00:00Z"), in: Self.berlin)
        #expect(autumn?.shuts == (try date("2026-10-25T00:30:00Z")))
    }

    @Test(arguments: ["", "5", "5:00", "24:00", "05:60", "05:00:00", "aa:bb", "-1:00", "０５:00"])
    func `what is no time of day is none`(_ text: String) {
        #expect(Deadline(clock: text, after: .now, in: .gmt) == nil)
    }

    @Test(arguments: [
        (100.0, 200.0, Deadline.Verdict.fits), (100, 300, .fits), (100, 301, .unsure), (300, 400, .unsure),
        (301, 400, .late),
    ])
    func `an interval is held against what is left`(_ soon: Double, _ late: Double, _ verdict: Deadline.Verdict) {
        let window = Deadline(shuts: Night.now.addingTimeInterval(300))
        #expect(window.verdict(on: soon...late, at: Night.now) == verdict)
    }

    @Test func `it is counted down in the first row, and told when it is over`() async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            var model = Model.test(120, 36, window: Deadline(shuts: Night.now.addingTimeInterval(4020)))
            try await model.load(from: night)
            #expect(Screen.render(model).text.contains("WINDOW shuts 15:30 in 1h07m"))
            model.update(.tick(Night.now.addingTimeInterval(4080)))
            #expect(Screen.render(model).text.contains("WINDOW SHUT 1m00s ago"))
            try await night.log.close()
        }
    }

    @Test(arguments: [(200, 50), (100, 30), (80, 24), (60, 12), (40, 8), (20, 3)])
    func `what the store cannot do stands on every screen`(_ width: Int, _ height: Int) async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            var model = Model.test(width, height, weaknesses: [.putRace, .unchecked])
            try await model.load(from: night)
            let text = Screen.render(model).text
            #expect(text.contains(width < 60 ? "WEAK" : "WEAK: put-race, unchecked"))
            try await night.log.close()
        }
    }
}
