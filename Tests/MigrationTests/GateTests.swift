// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import MigrationModel
import TestDoubles
import Testing

/// What keeps a course's flag off, and what comes before it.
@Suite struct GateTests {
    private static let key = SimulatedCourses.key

    @Test func `what an author adds meanwhile is migrated before the flag`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let once = CountDown(1)
        let schedule = FaultSchedule { _, what in
            // The moment after the first video's rows were committed and before the course is listed again.
            if what == "rows", !world.catalog.allRows.isEmpty, once.next() {
                SimulatedCourses.addLateVideo(to: world)
            }
            return nil
        }
        try await Simulation(world, schedule).live()
        #expect(world.courseState == .migrated)
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
        #expect(world.retries == 1)
        #expect(world.courseState == .migrated)
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
        #expect(world.courseState == .failed)
        #expect(world.catalog.flags.isEmpty)
    }

    @Test func `a course that an operator holds is proven and waits`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        world.log.hold(Self.key)
        try await Simulation(world).live()
        #expect(world.courseState == .held)
        #expect(world.videoReport?.state == .verified)
        #expect(world.catalog.flags.isEmpty)
    }
}
