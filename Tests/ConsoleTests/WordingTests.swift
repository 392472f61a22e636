// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Testing
import Themes

/// What stands on a screen stands there whole, and says no more than is so.
@Suite struct WordingTests {
    @Test func `a video that was waived whole says what stayed behind with it`() async throws {
        let course = try #require(Night.courses.first { $0.state == .failed }).key
        var counts = TranscriptCounts()
        (counts.corrupt, counts.waived) = (1, 2)
        let report = VideoReport(
            course: course, block: UsageKey(course: course, type: "video", block: "v0"), state: .waived, failure: nil,
            counts: counts, attempt: 1)
        try await afterRun([.videoState(report)]) { model, night in
            try await model.press("2", "z", on: night)
            let screen = Screen.render(model).text
            #expect(screen.contains("waived, 2 transcripts left behind"))
            #expect(!screen.contains("waived, nothing to move"))
        }
    }

    @Test(arguments: [Size(80, 24), Size(120, 40)])
    func `the first screen says all of its sentence`(_ size: Size) async throws {
        try await withTemporaryFolder { folder in
            let ledger = try Ledger(path: "\(folder)/new.ledger", now: { Night.now })
            var model = Model.test(size.width, size.height)
            let watch = try LedgerWatch(ledger)
            model.update(.view(try await watch.view(model.request, keeping: [])))
            let words = Screen.render(model).text.split { !$0.isLetter && $0 != "'" }.joined(separator: " ")
            #expect(words.contains("L lists the source's courses nothing is moved by that"))
        }
    }
}
