// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Testing
import Themes

/// What needs somebody stands in triage with its whole reason, and nothing is offered there that does not count.
@Suite struct TriageTests {
    private static func key(_ course: String) -> CourseKey { CourseKey(unchecked: "course-v1:CampusX+\(course)+2026") }

    private static func headless(_ course: CourseKey) -> Failure {
        Failure(
            .sourceCorrupt, "read course", at: "\(course) in modulestore.structures",
            cause: "the structure of its published head is not there", advice: "look whether Studio shows the course")
    }

    private static let refused = Failure(
        .auth, "write edx_video_ids", at: "edxapp.modulestore", cause: "MongoDB says \"not authorized\" (code 13)",
        advice: "look at the user and its rights")

    private static func ends(_ course: CourseKey, _ state: CourseState, reason: String, _ failure: Failure? = nil)
        -> [Checkpoint]
    {
        [
            .courseFound(CourseSummary(key: course, title: "Whole"), .queued),
            .courseState(course, .running, reason: "", retries: 0),
            .courseState(course, state, reason: reason, retries: 0, failure: failure),
        ]
    }

    /// Two courses without a head, one that an operator holds, one that may not be written to.
    private static let wholeCourses: [Checkpoint] = {
        var checkpoints = ["S1", "S2"].map(key).flatMap { course in
            ends(course, .failed, reason: headless(course).sentence, headless(course))
        }
        checkpoints += ends(key("H1"), .held, reason: "an operator holds back its cut-over; release it to go on")
        checkpoints += ends(key("W1"), .queued, reason: "stopped before its end: \(refused.sentence)", refused)
        return checkpoints
    }()

    @Test func `courses that failed as a whole are listed by cause, with their whole reason`() async throws {
        try await afterRun(Self.wholeCourses, holding: Self.key("H1")) { model, night in
            try await model.press("t", on: night)
            #expect(model.troubleGroups.map(\.count) == [3, 2, 1, 1, 1], "of courses and of videos")
            #expect(model.troubleGroups.map(\.cause.isOfCourses) == [false, true, false, true, true])
            try await model.press(.down, on: night)
            let screen = Screen.render(model).text
            #expect(screen.contains("Triage · 4 videos, 4 whole courses, 5 causes"))
            #expect(screen.contains("cause: the structure of its published head is not there"))
            #expect(screen.contains("advice: look whether Studio shows the course"))
            #expect(screen.contains("R run the 2 courses again (this class does not pass by itself)"))
            #expect(!screen.contains("w let") && !screen.contains("w waive"), "there is no video")
            #expect(screen.contains(Self.key("S2").text))
            for key in ["w", .enter] as [Key] {
                let effects = try await model.press(key, on: night)
                #expect(effects == [.bell])
                #expect(model.notices.last?.text.contains("it is the course as a whole") == true)
            }
            try await model.press("R", on: night)
            #expect(Screen.render(model).text.contains("Migrate 2 courses"))
        }
    }

    @Test func `a held course is released where its reason stands`() async throws {
        try await afterRun(Self.wholeCourses, holding: Self.key("H1")) { model, night in
            try await model.press("t", .down, .down, .down, .down, on: night)
            let screen = Screen.render(model).text
            #expect(screen.contains("an operator holds back its cut-over; release it to go on"))
            #expect(screen.contains("c release the 1 course"))
            try await model.press("c", on: night)
            try await model.type("release", on: night)
            let effects = try await model.press(.enter, on: night)
            #expect(effects == [.hold([Self.key("H1")], false)])
        }
    }

    @Test func `a course that a run could not write to is listed, though it is only queued`() async throws {
        try await afterRun(Self.wholeCourses, holding: Self.key("H1")) { model, night in
            try await model.press("t", .down, .down, .down, on: night)
            let screen = Screen.render(model).text
            #expect(screen.contains("auth  1 whole course: write edx_video_ids"))
            #expect(screen.contains("advice: look at the user and its rights"))
        }
        let takenAgain = Checkpoint.courseFound(CourseSummary(key: Self.key("W1"), title: "Whole"), .queued)
        try await afterRun(Self.wholeCourses + [takenAgain]) { model, night in
            try await model.press("t", on: night)
            #expect(!model.troubleGroups.contains { $0.cause.class == "auth" }, "another run has taken it")
        }
    }

    @Test(arguments: [Failure.Class.auth, .transient])
    func `where no waiver counts none is offered and none is taken`(_ class: Failure.Class) async throws {
        let course = try #require(Night.courses.first { $0.state == .failed }).key
        let failure = Failure(`class`, "read fs.chunks", at: "fs.chunks", cause: "no", advice: "look at the user")
        let failed = [0, 1].map { number in
            Checkpoint.videoState(
                VideoReport(
                    course: course, block: UsageKey(course: course, type: "video", block: "v\(number)"), state: .failed,
                    failure: failure, attempt: 1))
        }
        try await afterRun(failed) { model, night in
            try await model.press("t", on: night)
            let place = try #require(model.troubleGroups.firstIndex { $0.cause.class == `class`.rawValue })
            for _ in 0..<place { try await model.press(.down, on: night) }
            let screen = Screen.render(model).text
            #expect(screen.contains("no waiver counts here"))
            #expect(!screen.contains("w let") && !screen.contains("w waive"))
            let effects = try await model.press("w", on: night)
            #expect(effects == [.bell])
            #expect(model.notices.last?.text.hasPrefix("no waiver counts here") == true)
            try await model.press(.enter, on: night)
            #expect(!Screen.render(model).text.contains("w lets it stay behind"))
            try await model.press(.escape, .escape, "2", "w", on: night)
            #expect(model.layers.isEmpty)
            #expect(model.notices.last?.text.hasPrefix("no waiver counts here") == true)
        }
    }

    @Test func `triage of whole courses`() async throws {
        for (width, height) in [(100, 30), (80, 24), (60, 12)] {
            try await afterRun(Self.wholeCourses, on: Size(width, height), holding: Self.key("H1")) { model, night in
                try await model.press("t", .down, on: night)
                try expectSnapshot(Screen.render(model), "triage-courses-\(width)x\(height)")
            }
        }
    }
}
