// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import MigrationModel
import Synchronization
import TestDoubles

/// A small generator whose sequence is the same for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

/// A platform made up from a seed, what goes wrong on it, and what it must come to.
struct RandomFleet {
    private static let languages: [LanguageCode] = ["en", "fr", "ja", "zh_HANS", "ar", "es-419", "de", "el"]

    private let world: MemoryWorld
    private let expected: [CourseKey: [ExpectedVideo]]
    private let faults: [Int: FaultKind]
    private let editor: Editor
    private let options: RunOptions

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var courses: [CourseKey: MemoryCourse] = [:]
        var expected: [CourseKey: [ExpectedVideo]] = [:]
        for course in 0..<Int.random(in: 1...6, using: &random) {
            let key = CourseKey(unchecked: "course-v1:Org+C\(course)+R")
            (courses[key], expected[key]) = Self.course(key, &random)
        }
        let world = MemoryWorld(courses)
        self.world = world
        self.expected = expected

        // Each kind of fault is switched on for about half of the seeds.
        let kinds = FaultKind.allCases.filter { _ in Bool.random(using: &random) }
        var faults: [Int: FaultKind] = [:]
        let density = Double.random(in: 0...0.06, using: &random)
        if !kinds.isEmpty {
            for effect in 0..<3000 where Double.random(in: 0..<1, using: &random) < density {
                faults[effect] = kinds.randomElement(using: &random)
            }
        }
        self.faults = faults
        editor = Editor(
            world: world, expected: expected, eagerness: Double.random(in: 0...0.02, using: &random), random)
        var options = RunOptions()
        options.concurrency = [1, 2, 8, 64].randomElement(using: &random) ?? 8
        options.errorBudget = 10_000
        self.options = options
    }

    private static func course(
        _ key: CourseKey, _ random: inout SeededGenerator
    ) -> (MemoryCourse, [ExpectedVideo]) {
        var course = MemoryCourse()
        var expected: [ExpectedVideo] = []
        for number in 0..<Int.random(in: 0...8, using: &random) {
            let block = UsageKey(course: key, type: "video", block: "v\(number)")
            // A third have no id of their own, some share theirs with another course, as reruns do.
            let id = ["", "shared-\(number)", "\(key.parts.course)-\(number)"].randomElement(using: &random) ?? ""
            var fields = VideoFields(edxVideoID: id)
            var transcripts: [LanguageCode: ExpectedVideo.Transcript] = [:]
            var isSound = true
            for language in languages where Int.random(in: 0..<3, using: &random) == 0 {
                let name: AssetName
                if language == .english {
                    fields.sub = "s\(number)"
                    name = .subtitles(of: fields.sub, in: language)
                } else {
                    name = AssetName(unchecked: "\(number)-\(language).srt")
                    fields.transcripts[language] = name.text
                }
                switch Int.random(in: 0..<40, using: &random) {
                case 0: continue
                case 1 where !id.hasPrefix("shared"):
                    course.assets[name] = Array("no subtitles at all".utf8)
                    isSound = false
                default:
                    let bytes = SimulatedCourses.subtitles("\(key) \(number) \(language)")
                    course.assets[name] = bytes
                    transcripts[language] = .init(format: .srt, checksum: Checksum(of: bytes))
                }
            }
            course.videos.append(VideoBlock(usageKey: block, published: fields, draft: nil))
            let video = id.isEmpty ? VideoID(derivedFrom: block) : VideoID(unchecked: id)
            expected.append(ExpectedVideo(video: video, transcripts: transcripts, isSound: isSound))
        }
        return (course, expected)
    }

    /// Lives with the planned faults, then without, until nothing changes any more.
    ///
    /// - Parameter ledger: a real ledger's file, written beside the log in memory.
    func live(ledger: String? = nil) async throws -> (FleetTests.Tally, complaints: [String]) {
        let before = world.contents
        let editor = editor
        let schedule = FaultSchedule(faults) { _ in editor.mayEdit() }
        let simulation = Simulation(world, schedule, options: options, ledger: ledger)
        var complaints: [String] = []
        var lives = 0
        func check(isFinished: Bool) {
            let laws = Laws(before: before, courses: expected, intents: world.intents)
            complaints += laws.violations(
                in: world.contents, isFinished: isFinished, byOthers: editor.keys, open: world.openIntents
            ).map(
                \.description)
        }
        repeat {
            lives += 1
            try await simulation.live(Int64(lives))
            check(isFinished: false)
            world.advance(by: 1000)
        } while schedule.effects < 3000 && lives < 12
        // The faults are over: two quiet lives, and the second must find nothing to do.
        editor.rest()
        let quiet = FaultSchedule()
        let calm = Simulation(world, quiet, options: options, ledger: ledger)
        try await calm.live(Int64(lives + 1))
        try await calm.live(Int64(lives + 2))
        let settled = world.contents
        world.advance(by: 1000)
        try await calm.live(Int64(lives + 3))
        if settled.objects != world.contents.objects || settled.rows != world.contents.rows {
            complaints.append("a run over finished work changed the stores")
        }
        if try await !world.log.openTransactions().isEmpty { complaints.append("a transaction is still open") }
        check(isFinished: true)
        complaints += schedule.breaches + quiet.breaches
        let tally = FleetTests.Tally(
            videos: expected.values.reduce(0) { $0 + $1.count }, faults: schedule.firedCount, lives: lives + 3,
            edits: editor.keys.count
        )
        return (tally, complaints)
    }
}

/// An author who uploads transcripts in Studio while the engine works.
private final class Editor: Sendable {
    private struct State {
        var random: SeededGenerator
        var keys: Set<ObjectKey> = []
        var edits = 0
        var eagerness: Double
    }

    private let world: MemoryWorld
    private let choices: [(VideoID, LanguageCode)]
    private let state: Mutex<State>

    init(world: MemoryWorld, expected: [CourseKey: [ExpectedVideo]], eagerness: Double, _ random: SeededGenerator) {
        self.world = world
        choices = expected.sorted { $0.key < $1.key }.flatMap(\.value).flatMap { video in
            video.transcripts.keys.sorted().map { (video.video, $0) }
        }
        state = Mutex(State(random: random, eagerness: eagerness))
    }

    /// The objects that the author uploaded.
    var keys: Set<ObjectKey> { state.withLock { $0.keys } }

    func rest() { state.withLock { $0.eagerness = 0 } }

    func mayEdit() {
        let edit = state.withLock { state -> (VideoID, LanguageCode, ObjectKey)? in
            guard Double.random(in: 0..<1, using: &state.random) < state.eagerness else { return nil }
            guard let (video, language) = choices.randomElement(using: &state.random) else { return nil }
            state.edits += 1
            return (video, language, ObjectKey(unchecked: "video-transcripts/author-\(state.edits).srt"))
        }
        guard let (video, language, key) = edit else { return }
        world.store.plant(key, Array("an author's own".utf8))
        state.withLock { _ = $0.keys.insert(key) }
        // Adding only: an upload that replaces another leaves the old object behind, as edx-val always has.
        guard !world.catalog.addAsAuthor(video, language, key) else { return }
        world.store.removeSilently(key)
        state.withLock { _ = $0.keys.remove(key) }
    }
}
