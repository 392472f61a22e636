// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import Themes

/// A console on a ledger of 10,000 courses and 1,000,000 videos: the first frame, every key, scrolling.
struct ConsoleBenchmark {
    static let courses = 10_000
    static let videosPerCourse = 100

    let folder: String

    func run() async throws {
        let path = "\(folder)/console.ledger"
        try await Self.makeLedger(path)
        print("console: \(Self.courses) courses, \(Self.courses * Self.videosPerCourse) videos, 100x30")
        var model = Self.model
        var watch: LedgerWatch?
        let opening = try await seconds {
            watch = try LedgerWatch(try Ledger(path: path, now: { Date() }))
        }
        guard let watch else { return }
        let reading = try await seconds { try await Self.load(&model, watch) }
        let drawing = await seconds { _ = Screen.render(model) }
        print(
            String(
                format: "  first frame: open %.1f ms, read %.1f ms, draw %.1f ms", opening * 1e3, reading * 1e3,
                drawing * 1e3
            ))
        let hands: [(String, [Key])] = [
            ("down one line", [.down]), ("down one page", [.pageDown]), ("to the end", ["G"]), ("to the top", ["g"]),
            ("videos pane and back", ["2", "1"]), ("mark", [" "]), ("help and back", ["?", .escape]),
            ("filter by one letter", ["/", "7", .escape]), ("triage and back", ["t", .escape]),
        ]
        for (name, keys) in hands {
            var times: [Double] = []
            for _ in 0..<50 {
                for key in keys {
                    times.append(
                        try await seconds {
                            _ = model.update(.terminal(.key(key)))
                            try await Self.load(&model, watch)
                            _ = Screen.render(model)
                        })
                }
            }
            times.sort()
            print(
                String(
                    format: "  %@: median %.1f ms, worst %.1f ms",
                    name.padding(toLength: 22, withPad: " ", startingAt: 0),
                    times[times.count / 2] * 1e3, (times.last ?? 0) * 1e3))
        }
    }

    private static var model: Model {
        let shelf = ThemeShelf(userFolder: nil)
        return Model(
            size: Size(100, 30), capabilities: Capabilities(colours: .direct, characters: .unicode),
            place: Place(
                .production, source: "s", store: "file:o", catalog: "c", ledger: "l", concurrency: 32,
                operator: "o"),
            themes: shelf.themes, theme: shelf.preferred(for: .dark), now: Date()
        )
    }

    private static func load(_ model: inout Model, _ watch: LedgerWatch) async throws {
        var loaded: ViewRequest?
        while loaded != model.request {
            loaded = model.request
            _ = model.update(.view(try await watch.view(model.request, keeping: model.view?.order ?? [])))
        }
    }

    /// A ledger as an operator of ten thousand courses has it.
    static func makeLedger(_ path: String) async throws {
        let ledger = try Ledger(path: path, now: { Date() })
        let header = RunHeader(kind: "production", actor: "", source: "s", store: "o", catalog: "c", options: "")
        let log = try await ledger.beginRun(header, under: try await ledger.claim())
        for start in stride(from: 0, to: courses, by: 100) {
            var checkpoints: [Checkpoint] = []
            for number in start..<start + 100 {
                let key = CourseKey(unchecked: "course-v1:Org\(number % 40)+C\(number)+2026")
                let outlines = (0..<videosPerCourse).map {
                    VideoOutline(
                        block: UsageKey(course: key, type: "video", block: "v\($0)"),
                        video: VideoID(unchecked: "v\(number)-\($0)"),
                        isNewID: false, displayName: "Lecture \($0)")
                }
                let state: CourseState = number % 50 == 0 ? .failed : number % 3 == 0 ? .migrated : .queued
                checkpoints += [
                    .courseFound(CourseSummary(key: key, title: "The course of number \(number)"), .queued),
                    .outlined(key, videos: outlines, pending: Set(outlines.map(\.block)), unreachable: 0),
                    .courseState(key, state, reason: "", retries: 0),
                ]
            }
            try await log.record(checkpoints)
        }
        try await log.close()
    }
}
