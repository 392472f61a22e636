// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Testing
import Themes

/// Videos that are looked at by themselves, compared, and let stay behind.
@Suite struct VideoDetailTests {
    @Test func `one corrupt transcript may stay behind by itself`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("2", .enter, .down, "w", on: night)
            try await model.type("nobody reads it", on: night)
            guard case .waive(let waivers)? = try await model.press(.enter, on: night).first else {
                Issue.record("nothing was waived")
                return
            }
            #expect(waivers.map(\.language) == ["fr"])
            // The video stays open.
            try await model.press("w", .tab, on: night)
            try await model.type("nobody looks at it", on: night)
            let whole = try await model.press(.enter, on: night)
            guard case .waive(let waivers)? = whole.first else {
                Issue.record("nothing was waived")
                return
            }
            #expect(waivers.map(\.language) == [nil])
        }
    }

    @Test func `a waiver is listed with its video, and taken back after a question`() async throws {
        try await onNight(hasEngine: true) { model, night in
            let video = try #require(model.view?.videos.first)
            let course = CourseKey(unchecked: try #require(model.selected).key)
            let waiver = Waiver(
                course: course, block: UsageKey(unchecked: video.block), language: "fr", actor: "noor", reason: "lost")
            try await night.ledger.waive([waiver])
            try await model.press("2", .enter, on: night)
            #expect(Screen.render(model).text.contains("by noor: lost"))
            let asked = try await model.press("u", .enter, on: night)
            #expect(asked.isEmpty, "focus rests on Cancel")
            try await model.press("u", on: night)
            try await model.type("take back", on: night)
            let effects = try await model.press(.enter, on: night)
            #expect(effects == [.withdraw([waiver])])
        }
    }

    @Test func `what comes late for a video that is closed is dropped`() async throws {
        try await onNight(hasEngine: true) { model, _ in
            func open() throws -> LookID {
                let effects = [Key("2"), .enter].flatMap { model.update(.terminal(.key($0))) }
                guard case .inspect(_, let look)? = effects.first else {
                    throw Failure(.bug, "opening", at: "a test", cause: "\(effects)", advice: "look at the model")
                }
                return look
            }
            let first = try open()
            model.update(.terminal(.key(.escape)))
            let second = try open()
            model.update(.inspected(first, .failed("too late")))
            guard case .video(let detail)? = model.layer else {
                Issue.record("no video is open")
                return
            }
            #expect(detail.inspection == .reading)
            let blind = model.update(.terminal(.key("w")))
            #expect(blind == [.bell], "what nobody has looked at yet is not waived")
            model.update(.terminal(.key(.escape)))
            model.update(.inspected(second, .failed("too late")))
            #expect(model.layers.isEmpty)
        }
    }

    @Test func `the last transcript is one key away from any`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("2", .enter, .down, "G", on: night)
            guard case .video(let detail)? = model.layer else {
                Issue.record("no video is open")
                return
            }
            #expect(detail.selected?.language == "pl")
            let refused = try await model.press("g", "w", on: night)
            #expect(refused.isEmpty)
            guard case .waive(let waiving)? = model.layer else {
                Issue.record("nothing is waived")
                return
            }
            #expect(waiving.language == "fr", "one transcript is what is wrong, wherever the cursor is")
        }
    }

    @Test func `copies are held against each other, the two that differ first`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("2", .enter, .enter, on: night)
            guard case .compare(let comparing)? = model.layer else {
                Issue.record("nothing is compared")
                return
            }
            #expect(comparing.copies?.left.place == .draft)
            #expect(comparing.copies?.right.place == .store)
            #expect(comparing.counts?.differences == 2)
            try await model.press(" ", on: night)
            let rows = Screen.render(model).text.split(separator: "\n").filter { $0.contains("≠") }
            #expect(rows.count == 3, "two rows and the sentence that counts them")
            try await model.press(.tab, .tab, on: night)
            guard case .compare(let same)? = model.layer else { return }
            #expect(same.copies?.left.place == .published)
            #expect(same.counts?.differences == 0)
        }
    }

    @Test func `a video that is looked at is the one that is waived, whatever moves meanwhile`() async throws {
        try await onNight(hasEngine: true) { model, night in
            try await model.press("2", .down, .enter, on: night)
            let looked = try #require(model.view?.video)
            let course = try #require(model.selected)
            // Another video of the course is in trouble now, and stands before it.
            let other = try #require(
                try await night.ledger.videos(of: CourseKey(unchecked: course.key)).first { $0.state == "verified" })
            try await night.log.record([
                .videoState(
                    VideoReport(
                        course: CourseKey(unchecked: course.key), block: UsageKey(unchecked: other.block),
                        state: .failed,
                        attempt: 1))
            ])
            model.update(.view(try await night.watch.view(model.request, keeping: model.view?.order ?? [])))
            try await model.press("w", on: night)
            try await model.type("lost in 2013", on: night)
            guard case .waive(let waivers)? = try await model.press(.enter, on: night).first else {
                Issue.record("nothing was waived")
                return
            }
            #expect(waivers.map(\.block.text) == [looked.block])
        }
    }

    @Test func `a waiver needs a reason`() async throws {
        try await onNight(hasEngine: false) { model, night in
            try await model.press("2", "w", on: night)
            let effects11 = try await model.press(.enter, on: night)
            #expect(effects11 == [.bell])
            try await model.type("old course", on: night)
            guard case .waive(let waivers)? = try await model.press(.enter, on: night).first else {
                Issue.record("nothing was waived")
                return
            }
            #expect(waivers.map(\.reason) == ["old course"])
            #expect(waivers.map(\.actor) == ["mira"])
        }
    }

    @Test func `many videos of one cause are waived by a reason and by their number, and taken back together`()
        async throws
    {
        try await onNight(hasEngine: false) { model, night in
            try await model.press("t", on: night)
            #expect(model.troubleGroups.map(\.videos.count) == [3, 1])
            try await model.press("w", on: night)
            try await model.type("known", on: night)
            let early = try await model.press(.enter, on: night)
            #expect(early.isEmpty, "three videos are asked about once more")
            #expect(Screen.render(model).text.contains("Let 3 videos stay behind"))
            try await model.type("waive 3", on: night)
            guard case .waive(let waivers)? = try await model.press(.enter, on: night).first else {
                Issue.record("nothing was waived")
                return
            }
            #expect(waivers.count == 3)
            #expect(Set(waivers.map(\.reason)) == ["known"])

            try await night.ledger.waive(waivers)
            try await model.load(from: night)
            #expect(Screen.render(model).text.contains("take the waivers of 3 videos back"))
            try await model.press("w", on: night)
            #expect(Screen.render(model).text.contains("3 videos may stay behind already"))
            try await model.press(.escape, "u", on: night)
            try await model.type("take back", on: night)
            guard case .withdraw(let all)? = try await model.press(.enter, on: night).first else {
                Issue.record("nothing was taken back")
                return
            }
            #expect(try await night.ledger.withdraw(all, by: "mira") == 3)
        }
    }
}
