// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import Migration
import MigrationModel
import TestDoubles
import Testing

/// What the engine does with courses, seen from the raw stores and the log.
@Suite struct EngineTests {
    private static let key = SimulatedCourses.key
    private static let block = SimulatedCourses.block

    // MARK: - Retries

    @Test func `a course is retried after two seconds, three times, and then kept as a failed task`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let start = world.now
        try await Simulation(world, FaultSchedule { _, what in what == "commit" ? .serverError : nil }).live()
        #expect(world.courseState == .failed)
        #expect(world.retries == 3)
        // Three times two seconds, and in each of four attempts the catalog is asked three times.
        #expect(abs(world.now.timeIntervalSince(start) - (3 * 2 + 4 * 2 * 0.15)) < 0.001)
        #expect(world.catalog.failedTasks.map(\.task.course) == [Self.key])
        #expect(world.store.objects.isEmpty && world.catalog.allRows.isEmpty)
        #expect(world.catalog.flags.isEmpty)
    }

    @Test func `a course that passes at the last retry is migrated`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let failures = CountDown(3 * 3)  // the catalog is asked three times in each attempt
        try await Simulation(
            world, FaultSchedule { _, what in what == "commit" && failures.next() ? .serverError : nil }
        ).live()
        #expect(world.courseState == .migrated)
        #expect(world.retries == 3)
    }

    @Test func `bytes that change on the way are tried once more and no more`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        try await Simulation(world, FaultSchedule { _, what in what == "put" ? .wrongBytes : nil }).live()
        #expect(world.courseState == .failed)
        #expect(world.retries == 1)
        #expect(world.videoReport?.failure?.class == .integrity)
    }

    @Test func `what failed for good stays failed in the ledger while the others are retried`() async throws {
        try await withTemporaryFolder { folder in
            var courses = SimulatedCourses.oneVideo()
            courses[Self.key]?.assets["bad.srt"] = Array("no subtitles".utf8)
            let corrupt = UsageKey(course: Self.key, type: "video", block: "v2")
            courses[Self.key]?.videos.append(
                VideoBlock(
                    usageKey: corrupt, published: VideoFields(transcripts: ["fr": "bad.srt"], edxVideoID: "video-2"),
                    draft: nil
                )
            )
            let failures = CountDown(2 * 3)  // as above
            try await Simulation(
                MemoryWorld(courses),
                FaultSchedule { _, what in what == "commit" && failures.next() ? .serverError : nil },
                ledger: "\(folder)/ledger"
            ).live()
            let ledger = try Ledger(path: "\(folder)/ledger", now: { Date() })
            let rows = try await ledger.videos(of: Self.key)
            #expect(rows.first { $0.block == corrupt.text }?.state == VideoState.failed.rawValue)
            #expect(rows.first { $0.block == corrupt.text }?.why?.class == .sourceCorrupt)
            #expect(rows.first { $0.block == Self.block.text }?.state == VideoState.verified.rawValue)
            #expect(try await ledger.snapshot().courses.first?.retries == 2)
        }
    }

    @Test(arguments: ["rows", "commit", "flag", "flag on"])
    func `a catalog that fails twice in passing costs nothing but a moment`(_ what: String) async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let start = world.now
        let failures = CountDown(2)
        try await Simulation(
            world, FaultSchedule { _, effect in effect == what && failures.next() ? .errorBefore : nil }
        )
        .live()
        #expect(world.courseState == .migrated)
        #expect(world.retries == 0)
        #expect(!failures.next(), "it did fail")
        #expect(world.now.timeIntervalSince(start) < 2)
    }

    // MARK: - What may still arrive

    @Test func `a run waits until a lost object cannot arrive any more, and removes it`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let start = world.now
        let lost = CountDown(1)
        try await Simulation(
            world, FaultSchedule { _, what in what == "put" && lost.next() ? .late : nil }
        ).live()
        #expect(!lost.next(), "it was lost")
        #expect(world.courseState == .migrated)
        #expect(world.openIntents.isEmpty)
        #expect(Set(world.contents.objects.keys) == Set(world.catalog.allRows.compactMap(\.object)))
        #expect((world.longestDelay...world.longestDelay + 5).contains(world.now.timeIntervalSince(start)))
    }

    @Test func `whoever drains a run that waits for a lost object leaves it to recovery`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let lost = CountDown(1)
        let schedule = FaultSchedule { _, what in what == "put" && lost.next() ? .late : nil }
        let start = world.now
        try await Simulation(
            world, schedule,
            meanwhile: { control, _ in
                if world.courseState == .migrated { control.drain(.interrupted, reason: "an operator asked for it") }
            }
        ).live()
        #expect(world.courseState == .migrated)
        #expect(world.now.timeIntervalSince(start) < world.longestDelay / 2)
        #expect(world.openIntents.count == 1)
        world.advance(by: world.longestDelay)
        try await Simulation(world).live(2)
        #expect(world.openIntents.isEmpty)
        #expect(Set(world.contents.objects.keys) == Set(world.catalog.allRows.compactMap(\.object)))
    }

    // MARK: - What cannot be migrated

    @Test func `a corrupt transcript fails its whole video, at once, and no other`() async throws {
        var courses = SimulatedCourses.oneVideo()
        courses[Self.key]?.assets["fr.srt"] = Array("no subtitles".utf8)
        let sound = UsageKey(course: Self.key, type: "video", block: "v2")
        courses[Self.key]?.videos.append(
            VideoBlock(
                usageKey: sound, published: VideoFields(transcripts: ["ja": "ja.srt"], edxVideoID: "video-2"),
                draft: nil
            )
        )
        let world = MemoryWorld(courses)
        try await Simulation(world).live()
        #expect(world.courseState == .failed)
        #expect(world.retries == 0)
        #expect(world.videoReport?.failure?.class == .sourceCorrupt)
        #expect(world.catalog.allRows.map(\.video) == ["video-2"])
        #expect(world.catalog.flags.isEmpty)
    }

    @Test func `a waived transcript lets the video's others migrate and is counted apart`() async throws {
        var courses = SimulatedCourses.oneVideo()
        courses[Self.key]?.assets["fr.srt"] = Array("no subtitles".utf8)
        let world = MemoryWorld(courses)
        world.log.waive(Waiver(course: Self.key, block: Self.block, language: "fr", actor: "mira", reason: "lost"))
        try await Simulation(world).live()
        #expect(world.courseState == .migrated)
        #expect(Set(world.catalog.allRows.map(\.language)) == ["en", "ja"])
        #expect(world.videoReport?.counts.waived == 1)
        #expect(world.videoReport?.counts.contentstore == 2)
    }

    @Test func `a waived video stays behind as a whole and its course cuts over`() async throws {
        var courses = SimulatedCourses.oneVideo()
        courses[Self.key]?.assets["fr.srt"] = Array("no subtitles".utf8)
        let world = MemoryWorld(courses)
        world.log.waive(Waiver(course: Self.key, block: Self.block, language: nil, actor: "mira", reason: "lost"))
        try await Simulation(world).live()
        #expect(world.courseState == .migrated)
        #expect(world.videoReport?.state == .waived)
        #expect(world.catalog.allRows.isEmpty && world.store.objects.isEmpty)
    }

    @Test func `a row without its object holds the course, and the video's other transcripts migrate`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        world.catalog.insertAsAuthor("video-1", "fr", "video-transcripts/gone.srt")
        try await Simulation(world).live()
        #expect(world.courseState == .held)
        #expect(Set(world.catalog.allRows.map(\.language)) == ["en", "fr", "ja"])
        #expect(world.catalog.allRows.first { $0.language == "fr" }?.object == "video-transcripts/gone.srt")
        #expect(world.catalog.flags.isEmpty)
        world.log.waive(Waiver(course: Self.key, block: Self.block, language: "fr", actor: "mira", reason: "known"))
        try await Simulation(world).live(2)
        #expect(world.courseState == .migrated)
    }

    /// Open edX: section 5.2. The object goes first and the row last; whoever looks in between must not hold the course.
    @Test func `a transcript that an author is deleting just then is no conflict`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        world.catalog.insertAsAuthor("video-1", "fr", "going.srt")
        try await Simulation(
            world, meanwhile: { _, _ in world.catalog.deleteRow(of: "video-1", "fr", naming: "going.srt") }
        ).live()
        #expect(world.courseState == .migrated)
        #expect(world.retries == 1)
        #expect(world.catalog.allRows.count == 3 && !world.catalog.allRows.contains { $0.object == "going.srt" })
    }

    @Test func `an object that is gone with its row just then is no lost one`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let proofs = CountDown(1)
        let schedule = FaultSchedule { _, what in
            guard what == "head", let row = world.catalog.allRows.first(where: { $0.language == "fr" }),
                let object = row.object, proofs.next()
            else { return nil }
            // The author's two steps: one before the proof's look at the object, the other before it looks at the row.
            world.store.removeSilently(object)
            world.catalog.deleteAsAuthor("video-1", "fr")
            return nil
        }
        try await Simulation(world, schedule).live()
        #expect(world.courseState == .migrated)
        #expect(world.retries == 1)
        let failures = world.log.contents.checkpoints.compactMap { checkpoint in
            if case .videoState(let report) = checkpoint { report.failure } else { nil }
        }
        #expect(failures.map(\.class) == [.transient])
        #expect(failures.first?.cause.contains("while somebody was changing the video's rows") == true)
    }

    @Test func `codes that differ by case only are in conflict where the catalog folds case`() async throws {
        var courses = SimulatedCourses.oneVideo()
        let fields = VideoFields(transcripts: ["zh-CN": "ja.srt", "zh-cn": "fr.srt"], edxVideoID: "video-1")
        courses[Self.key]?.videos = [VideoBlock(usageKey: Self.block, published: fields, draft: nil)]
        let folding = MemoryWorld(courses, foldsLanguageCase: true)
        try await Simulation(folding).live()
        #expect(folding.courseState == .held)
        #expect(folding.catalog.allRows.map(\.language) == ["zh-CN"])
        let exact = MemoryWorld(courses)
        try await Simulation(exact).live()
        #expect(exact.courseState == .migrated)
        #expect(exact.catalog.allRows.count == 2)
    }

    @Test func `an id that edx-val refuses fails its video with advice`() async throws {
        var courses = SimulatedCourses.oneVideo()
        let fields = VideoFields(transcripts: ["fr": "fr.srt"], edxVideoID: "acme/bio")
        courses[Self.key]?.videos = [VideoBlock(usageKey: Self.block, published: fields, draft: nil)]
        let world = MemoryWorld(courses)
        try await Simulation(world).live()
        #expect(world.courseState == .failed)
        #expect(world.videoReport?.failure?.cause.contains("acme/bio") == true)
        #expect(world.store.objects.isEmpty)
    }

    @Test func `an empty id becomes the same derived one in every run`() async throws {
        var courses = SimulatedCourses.oneVideo()
        let fields = VideoFields(transcripts: ["fr": "fr.srt"])
        courses[Self.key]?.videos = [VideoBlock(usageKey: Self.block, published: fields, draft: nil)]
        let world = MemoryWorld(courses)
        try await Simulation(world).live()
        try await Simulation(world).live(2)
        #expect(world.catalog.videos == [VideoID(derivedFrom: Self.block)])
    }

    @Test func `a course without videos is empty and its flag stays off`() async throws {
        let world = MemoryWorld([Self.key: MemoryCourse()])
        try await Simulation(world).live()
        #expect(world.courseState == .empty)
        #expect(world.catalog.flags.isEmpty)
    }

    // MARK: - Idempotence and sharing

    @Test(
        arguments: [
            (.byCourse, "the flag is on; processes of the platform that read it before go by that until 02:50:00 UTC"),
            (.allCourses, "the flag is on; the platform's own flag had it on for all courses already"),
            (.off, "the flag is on, but the platform's own (VideoTranscriptEnabledFlag) is off"),
        ] as [(FlagState.Platform, String)])
    func `what a course's flag does, and from when on, is told`(
        _ platform: FlagState.Platform, _ words: String
    ) async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo(), platformFlag: platform)
        try await Simulation(world).live()
        #expect(world.catalog.flags == [Self.key: true])
        let notices = world.log.contents.checkpoints.compactMap { checkpoint in
            if case .notice(Self.key, nil, let text) = checkpoint { text } else { nil }
        }
        #expect(notices.contains { $0.hasPrefix(words) }, "\(notices)")
    }

    @Test func `a second run over finished work writes nothing`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let first = FaultSchedule()
        try await Simulation(world, first).live()
        #expect(first.writes == ["put": 3, "commit": 1, "flag on": 1])
        let second = FaultSchedule()
        try await Simulation(world, second).live(2)
        #expect(second.writes.isEmpty)
        #expect(world.courseState == .migrated)
        #expect(world.videoReport?.counts.migrated == 3)
    }

    @Test func `a rerun that shares its ids finds the rows of the first and writes nothing`() async throws {
        var courses = SimulatedCourses.oneVideo()
        let rerun = CourseKey(unchecked: "course-v1:MeadowX+BIO1+2019")
        var course = try #require(courses[Self.key])
        course.videos = course.videos.map { video in
            VideoBlock(
                usageKey: UsageKey(course: rerun, type: "video", block: "v1"), published: video.published, draft: nil
            )
        }
        courses[rerun] = course
        let world = MemoryWorld(courses)
        let schedule = FaultSchedule()
        try await Simulation(world, schedule).live()
        #expect(schedule.writes == ["put": 3, "commit": 1, "flag on": 2])
        let counts = world.log.contents.videos.values.flatMap(\.values).map(\.counts)
        #expect(Set(counts.map(\.migrated)) == [0, 3])
        #expect(Set(counts.map(\.present)) == [0, 3])
    }

    // MARK: - Ending early

    @Test func `a run that drains leaves courses in the queue and no video half done`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        try await Simulation(world).live { $0.drain(.interrupted, reason: "asked") }
        #expect(world.courseState == .queued)
        #expect(world.log.contents.endings == [.interrupted])
        #expect(world.store.objects.isEmpty)
    }

    @Test func `a run whose error budget is spent drains`() async throws {
        var courses = SimulatedCourses.oneVideo()
        courses[Self.key]?.assets["fr.srt"] = Array("no subtitles".utf8)
        let world = MemoryWorld(courses)
        var options = RunOptions()
        options.errorBudget = 0
        try await Simulation(world, options: options).live()
        #expect(world.log.contents.endings == [.budgetSpent])
    }
}
