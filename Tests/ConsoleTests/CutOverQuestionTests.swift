// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Testing
import Themes

/// What is told before courses are run that are only to be cut over, held back or released.
@Suite struct CutOverQuestionTests {
    private struct NoQuestion: Error {}

    /// A course whose videos are all verified: held and released, or its ids taken back.
    @Test func `a question about courses that are only cut over says what the run writes`() async throws {
        let course = CourseKey(unchecked: "course-v1:CampusX+OVER1+2026")
        let video = VideoOutline(
            block: UsageKey(course: course, type: "video", block: "v"), video: VideoID(unchecked: "id"), isNewID: true,
            displayName: "Lecture")
        var counts = TranscriptCounts()
        (counts.contentstore, counts.store, counts.migrated) = (1, 1, 1)
        let verified: [Checkpoint] =
            [
                .courseFound(CourseSummary(key: course, title: "Verified"), .queued),
                .outlined(course, videos: [video], pending: [video.block], unreachable: 0),
                .videoState(
                    VideoReport(course: course, block: video.block, state: .verified, counts: counts, attempt: 1)),
                .checked(course, .pass, contentstore: 1, store: 1),
                .courseState(course, .held, reason: "an operator holds back its cut-over", retries: 0),
            ]
        for (source, writes) in [("olx:exports", false), ("mongodb://mongo-1/edxapp", true)] {
            try await afterRun(verified, source: source) { model, night in
                model.course.id = nil
                model.filter = "OVER1"
                try await model.load(from: night)
                try await model.press("c", on: night)
                guard case .confirmation(let hold)? = model.layer else { throw NoQuestion() }
                #expect(hold.will.joined().contains("write no edx_video_id into the course") == writes)
                try await model.press(.escape, on: night)
                try await night.ledger.hold([course], true, by: "jon")
                try await model.load(from: night)
                try await model.press("c", on: night)
                guard case .confirmation(let release)? = model.layer else { throw NoQuestion() }
                #expect(release.will.joined().contains("write the edx_video_ids") == writes)
                try await model.press(.escape, "r", on: night)
                guard case .confirmation(let held)? = model.layer else { throw NoQuestion() }
                #expect(held.will.joined().contains("they are only checked again"))
                #expect(!held.will.joined().contains("edx_video_id"))
                #expect(held.willNot.joined().contains("or write an edx_video_id into a course") == writes)
                try await model.press(.escape, on: night)
                try await night.ledger.hold([course], false, by: "jon")
                try await model.load(from: night)
                try await model.press("r", on: night)
                guard case .confirmation(let question)? = model.layer else { throw NoQuestion() }
                let will = question.will.joined(separator: "\n")
                #expect(will.contains("they are checked again; then "))
                #expect(will.contains("the flag of 1 course is switched on"))
                #expect(will.contains("the edx_video_ids of 1 video are written into both heads") == writes)
                #expect(question.willNot[0].contains("anything else that was there before") == writes)
                #expect(question.undo.contains("as long as nobody has saved the course since") == writes)
            }
        }
    }
}
