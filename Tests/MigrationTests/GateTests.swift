// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import MigrationModel
import TestDoubles
import Testing

/// What keeps a course's flag off, and what comes before it.
@Suite struct GateTests {
    private static let key = SimulatedCourses.key
    private static let block = UsageKey(course: key, type: "video", block: "v1")

    private static func state(_ world: MemoryWorld) -> CourseState? { world.log.contents.courses[key] }

    private static func report(_ world: MemoryWorld) -> VideoReport? { world.log.contents.videos[key]?[block] }

    private static func retries(_ world: MemoryWorld) -> Int {
        world.log.contents.checkpoints.count { checkpoint in
            if case .courseState(_, .retrying, _, _) = checkpoint { true } else { false }
        }
    }

    @Test func `what an author adds meanwhile is migrated before the flag`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let once = CountDown(1)
        let schedule = FaultSchedule { _, what in
            // The moment after the first video's rows were committed and before the course is listed again.
            if what == "rows", !world.catalog.allRows.isEmpty, once.next() {
                world.source.edit(Self.key) { course in
                    course.assets["el.srt"] = SimulatedCourses.subtitles("late")
                    let fields = VideoFields(transcripts: ["el": "el.srt"], edxVideoID: "video-2")
                    let late = UsageKey(course: Self.key, type: "video", block: "v2")
                    course.videos.append(VideoBlock(usageKey: late, published: fields, draft: nil))
                }
            }
            return nil
        }
        try await Simulation(world, schedule).live()
        #expect(Self.state(world) == .migrated)
        #expect(world.catalog.allRows.contains { $0.video == "video-2" && $0.language == "el" })
        let steps = world.log.contents.checkpoints
        let flag = try #require(steps.firstIndex { if case .flagIntent = $0 { true } else { false } })
        let last = try #require(steps.lastIndex { if case .committed = $0 { true } else { false } })
        #expect(last < flag)
    }

    @Test func `a row that is gone at the gate keeps the flag off until it is settled`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let listings = CountDown(1)
        let schedule = FaultSchedule { _, what in
            // The second listing is the gate's.
            if what == "outline", !listings.next(), listings.taken == 2 {
                world.catalog.deleteAsAuthor("video-1", "fr")
            }
            return nil
        }
        try await Simulation(world, schedule).live()
        let checks = world.log.contents.checkpoints.compactMap { checkpoint in
            if case .checked(_, let result, _, _) = checkpoint { result } else { nil }
        }
        #expect(checks == [.fail, .pass])
        #expect(Self.retries(world) == 1)
        #expect(Self.state(world) == .migrated)
        #expect(world.catalog.allRows.count == 3)
    }

    @Test func `a course whose authors never rest does not cut over`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let number = CountDown(1_000_000)
        let schedule = FaultSchedule { _, what in
            if what == "outline" {
                world.source.edit(Self.key) { course in
                    let id = "restless-\(number.taken)"
                    _ = number.next()
                    let block = UsageKey(course: Self.key, type: "video", block: id)
                    course.videos.append(
                        VideoBlock(usageKey: block, published: VideoFields(edxVideoID: id), draft: nil))
                }
            }
            return nil
        }
        try await Simulation(world, schedule).live()
        #expect(Self.state(world) == .failed)
        #expect(world.catalog.flags.isEmpty)
    }

    @Test func `a course that an operator holds is proven and waits`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        world.log.hold(Self.key)
        try await Simulation(world).live()
        #expect(Self.state(world) == .held)
        #expect(Self.report(world)?.state == .verified)
        #expect(world.catalog.flags.isEmpty)
    }
}
