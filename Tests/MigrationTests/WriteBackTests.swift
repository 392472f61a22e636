// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import MigrationModel
import TestDoubles
import Testing

/// New ids, written into their courses before the flag.
@Suite struct WriteBackTests {
    private static let key = SimulatedCourses.key
    private static let block = UsageKey(course: key, type: "video", block: "v1")
    private static let derived = VideoID(derivedFrom: block)

    /// One video that holds no id, in two heads that differ.
    private static func world() throws -> MemoryWorld {
        var courses = SimulatedCourses.oneVideo()
        let video = try #require(courses[key]?.videos.first?.published)
        var (published, draft) = (video, video)
        (published.edxVideoID, draft.edxVideoID) = ("", "")
        draft.displayName = "Edited"
        courses[key]?.videos = [VideoBlock(usageKey: block, published: published, draft: draft)]
        return MemoryWorld(courses)
    }

    private static func ids(_ world: MemoryWorld) -> [String] {
        (world.source.all[key]?.videos ?? []).flatMap {
            [$0.published, $0.draft].compactMap { $0?.edxVideoID }
        }
    }

    private static func steps(_ world: MemoryWorld) -> [String] {
        world.log.contents.checkpoints.compactMap { checkpoint in
            switch checkpoint {
            case .writeBackIntent: "intent"
            case .wroteBack: "done"
            case .writeBackAbandoned: "abandoned"
            case .flagIntent: "flag intent"
            case .flagOn: "flag"
            default: nil
            }
        }
    }

    @Test func `both heads get the derived id, announced before and proven after, and the flag comes last`()
        async throws
    {
        let world = try Self.world()
        let schedule = FaultSchedule()
        try await Simulation(world, schedule, writesBack: true).live()
        #expect(Self.ids(world) == [Self.derived.text, Self.derived.text])
        #expect(Self.steps(world) == ["intent", "done", "flag intent", "flag"])
        #expect(world.log.contents.courses[Self.key] == .migrated)
        #expect(schedule.breaches.isEmpty)

        let second = FaultSchedule()
        try await Simulation(world, second, writesBack: true).live(2)
        #expect(second.writes.isEmpty)
    }

    @Test func `a source that is only read is told the operator`() async throws {
        let world = try Self.world()
        try await Simulation(world).live()
        #expect(Self.ids(world) == ["", ""])
        #expect(world.log.contents.courses[Self.key] == .migrated)
        let told = world.log.contents.checkpoints.contains { checkpoint in
            if case .notice(_, _, let text) = checkpoint {
                text.hasPrefix("1 video has a new edx_video_id")
            } else {
                false
            }
        }
        #expect(told)
    }

    @Test func `a course that an author saves between gate and write-back is listed again`() async throws {
        let world = try Self.world()
        let once = CountDown(1)
        let schedule = FaultSchedule { _, what in
            if what == "plan write-back", once.next() {
                SimulatedCourses.addLateVideo(to: world)
            }
            return nil
        }
        try await Simulation(world, schedule, writesBack: true).live()
        #expect(world.catalog.allRows.contains { $0.video == "video-2" && $0.language == "el" })
        #expect(Self.ids(world) == [Self.derived.text, Self.derived.text, "video-2"])
        #expect(Self.steps(world) == ["intent", "done", "flag intent", "flag"])
    }

    @Test func `a save in the moment of the write-back wins, and the ids come after it`() async throws {
        let world = try Self.world()
        let once = CountDown(1)
        let schedule = FaultSchedule { _, what in
            if what == "write back", once.next() {
                world.source.edit(Self.key) { $0.title = "Saved just now" }
            }
            return nil
        }
        try await Simulation(world, schedule, writesBack: true).live()
        #expect(Self.steps(world) == ["intent", "abandoned", "intent", "done", "flag intent", "flag"])
        #expect(world.source.all[Self.key]?.title == "Saved just now")
        #expect(Self.ids(world) == [Self.derived.text, Self.derived.text])
    }

    /// Takes the ids out at the second look of each of so many write-backs: the first is before the flag.
    private static func schedule(savingOver world: MemoryWorld, times: Int) -> FaultSchedule {
        let (looks, saves) = (CountDown(.max), CountDown(times))
        return FaultSchedule { _, what in
            guard what == "look for ids" else { return nil }
            _ = looks.next()
            if looks.taken.isMultiple(of: 2), saves.next() {
                takeIDsOut(of: world)
            }
            return nil
        }
    }

    private static func takeIDsOut(of world: MemoryWorld) {
        world.source.edit(key) { course in
            course.videos = course.videos.map { video in
                var (published, draft) = (video.published, video.draft)
                published?.edxVideoID = ""
                draft?.edxVideoID = ""
                return VideoBlock(usageKey: video.usageKey, published: published, draft: draft)
            }
        }
    }

    private static func notices(_ world: MemoryWorld) -> [String] {
        world.log.contents.checkpoints.compactMap { if case .notice(_, _, let text) = $0 { text } else { nil } }
    }

    @Test func `ids that a save took out when the flag came are written again`() async throws {
        let world = try Self.world()
        let schedule = Self.schedule(savingOver: world, times: 1)
        try await Simulation(world, schedule, writesBack: true).live()
        #expect(
            Self.steps(world) == ["intent", "done", "flag intent", "flag", "abandoned", "intent", "done", "flag"])
        #expect(Self.ids(world) == [Self.derived.text, Self.derived.text])
        #expect(world.log.contents.courses[Self.key] == .migrated)
        #expect(Self.notices(world).contains { $0.hasPrefix("somebody has saved the course over its new") })
        #expect(schedule.breaches.isEmpty)
        #expect(world.catalog.flags == [Self.key: true])
    }

    @Test func `a course whose ids do not last is no migrated one, and the next run goes on with it`() async throws {
        let world = try Self.world()
        let restless = Self.schedule(savingOver: world, times: .max)
        try await Simulation(world, restless, writesBack: true).live()
        #expect(Self.ids(world) == ["", ""])
        #expect(world.log.contents.courses[Self.key] == .failed)
        #expect(restless.breaches.isEmpty)
        try await Simulation(world, writesBack: true).live(2)
        #expect(Self.ids(world) == [Self.derived.text, Self.derived.text])
        #expect(world.log.contents.courses[Self.key] == .migrated)
        #expect(world.log.contents.writeBacks.isEmpty)
    }

    @Test func `an engine that died before the last look leaves a course that is listed again`() async throws {
        let world = try Self.world()
        let looks = CountDown(.max)
        let dying = FaultSchedule { _, what in
            guard what == "look for ids" else { return nil }
            _ = looks.next()
            return looks.taken == 2 ? .crashBefore : nil
        }
        try await Simulation(world, dying, writesBack: true).live()
        #expect(Self.steps(world).last == "flag" && world.log.contents.courses[Self.key] == .running)
        Self.takeIDsOut(of: world)
        let next = FaultSchedule()
        try await Simulation(world, next, writesBack: true).live(2)
        #expect(Self.ids(world) == [Self.derived.text, Self.derived.text])
        #expect(world.log.contents.courses[Self.key] == .migrated)
        #expect(next.breaches.isEmpty)
    }

    @Test func `an id that one head holds is its author's, and is not given to the other`() async throws {
        var courses = SimulatedCourses.oneVideo()
        let fields = try #require(courses[Self.key]?.videos.first?.published)
        var (published, draft) = (fields, fields)
        (published.edxVideoID, draft.edxVideoID) = ("", "chosen-just-now")
        courses[Self.key]?.videos = [VideoBlock(usageKey: Self.block, published: published, draft: draft)]
        let world = MemoryWorld(courses)
        try await Simulation(world, writesBack: true).live()
        #expect(Self.ids(world) == ["", "chosen-just-now"])
        #expect(Self.steps(world) == ["flag intent", "flag"])
    }

    /// Every effect of the course, with every fault: lives go on until nothing is left to do.
    @Test(arguments: FaultKind.allCases)
    func `whatever fails, both heads end with the one id before the flag is on`(_ kind: FaultKind) async throws {
        let count = FaultSchedule()
        try await Simulation(try Self.world(), count, writesBack: true).live()
        #expect(count.effects > 20)
        for effect in 0..<count.effects {
            let world = try Self.world()
            let schedule = FaultSchedule([effect: kind])
            let lives = try await Simulation(world, schedule, writesBack: true).liveUntilQuiet()
            // What stands at an object's key as a stranger's is in the way for ever, and so are bytes that stay wrong.
            guard lives != nil else {
                #expect(world.log.contents.courses[Self.key] != .migrated)
                continue
            }
            #expect(Self.ids(world) == [Self.derived.text, Self.derived.text], "\(kind) at effect \(effect)")
            #expect(schedule.breaches.isEmpty, "\(kind) at effect \(effect): \(schedule.breaches)")
            #expect(world.log.contents.writeBacks.isEmpty)
            #expect(world.catalog.flags == [Self.key: true])
        }
    }
}
