// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Themes

/// A ledger in the middle of a night's work, written by the very checkpoints that an engine writes.
struct Night {
    static let start = Date(timeIntervalSince1970: 1_790_000_000)
    static let now = start.addingTimeInterval(600)

    let ledger: Ledger
    let log: RunLog
    let watch: LedgerWatch

    /// Does what an engine does with everything that was asked of it.
    func answerCommands() async throws {
        for command in try await log.pendingCommands() { try await log.answer(command, refusal: nil) }
    }

    /// Makes it in `folder`; its engine lives until `log` goes.
    init(in folder: String, choices: [String] = []) async throws {
        let ledger = try Ledger(path: "\(folder)/night.ledger", now: { Night.now })
        let header = RunHeader(
            kind: "production", actor: "mira", source: "olx:exports", store: "file:objects",
            catalog: "sqlite:edxval.sqlite",
            options: "", choices: choices,
            manner: Manner(format: .keep, prefix: "video-transcripts/", declaredOnly: false)
        )
        log = try await ledger.beginRun(header, under: try await ledger.claim())
        self.ledger = ledger
        watch = try LedgerWatch(ledger)
        try await log.record([.concurrency(32), .runState(.running, reason: "")])
        // One commit for all of it.
        try await log.record(
            Self.courses.flatMap { checkpoints(of: $0) } + [
                .notice(course: nil, block: nil, text: "everything above was written by a test")
            ])
    }

    struct Course {
        let key: CourseKey
        let title: String
        let state: CourseState
        var reason = ""
        var retries = 0
        var verified = 0
        var migrating = 0
        var pending = 0
        var failed = 0
    }

    static let courses: [Course] = [
        Course(
            key: CourseKey(unchecked: "course-v1:CampusX+BIO210+2026"), title: "Genetics", state: .failed,
            reason: "2 videos failed; the first: its 3rd line is no time", retries: 3, verified: 31, failed: 2),
        Course(
            key: CourseKey(unchecked: "course-v1:CampusX+LAW101+2026"), title: "Contracts", state: .held,
            reason: "conflict: the catalog's row names an object that is not there", verified: 34, failed: 1),
        Course(
            key: CourseKey(unchecked: "course-v1:CampusX+CHEM150+2026"), title: "Lab Safety \u{202E}evil\u{1B}[31m",
            state: .retrying,
            reason: "retry 1 of 3 in 2 s", retries: 1, verified: 5, failed: 1),
        Course(
            key: CourseKey(unchecked: "course-v1:CampusX+CS101+2026"), title: "Introduction to Programming",
            state: .running,
            verified: 18, migrating: 3, pending: 21),
        Course(
            key: CourseKey(unchecked: "course-v1:東京大学+国際法+2026"), title: "国際法入門 国際法入門", state: .running, verified: 2,
            migrating: 1, pending: 58),
        Course(
            key: CourseKey(unchecked: "course-v1:CampusX+ART300+2026"), title: "Film History", state: .queued,
            pending: 19),
        Course(
            key: CourseKey(unchecked: "course-v1:CampusX+HIST110+2025"), title: "World", state: .migrated, verified: 40),
        Course(
            key: CourseKey(unchecked: "course-v1:CampusX+HIST110+2026"), title: "World", state: .migrated, verified: 40),
    ]

    private func checkpoints(of course: Course) -> [Checkpoint] {
        var all: [Checkpoint] = []
        let summary = CourseSummary(key: course.key, title: course.title)
        let count = course.verified + course.migrating + course.pending + course.failed
        let outlines = (0..<count).map { number in
            VideoOutline(
                block: UsageKey(course: course.key, type: "video", block: "v\(number)"),
                video: VideoID(unchecked: "id-\(number)"),
                isNewID: false, displayName: "Lecture \(number + 1)"
            )
        }
        all += [
            .courseFound(summary, .queued), .courseState(course.key, .running, reason: "", retries: 0),
            .outlined(course.key, videos: outlines, pending: Set(outlines.map(\.block)), unreachable: 0),
        ]
        var counts = TranscriptCounts()
        (counts.contentstore, counts.store, counts.migrated) = (3, 3, 3)
        for (number, outline) in outlines.enumerated() {
            switch number {
            case ..<course.failed:
                var short = counts
                (short.store, short.migrated) = (1, 0)
                let failure = Failure(
                    course.state == .held ? .conflict : .sourceCorrupt, "recognising a transcript",
                    at: "\(outline.block) fr",
                    cause: "its 3rd line is no time", advice: "repair the file in Studio, or waive this transcript"
                )
                let state: VideoState = course.state == .retrying ? .rolledBack : .failed
                all += [
                    .videoState(
                        VideoReport(
                            course: course.key, block: outline.block, state: state, failure: failure, counts: short,
                            attempt: 2,
                            seconds: 1.5))
                ]
            case ..<(course.failed + course.migrating):
                let (header, intents) = transaction(course.key, outline)
                all += [
                    .videoState(VideoReport(course: course.key, block: outline.block, state: .migrating, attempt: 1)),
                    .intents(header, intents),
                ]
                if number % 2 == 1 { all.append(.stored(header, intents[0], seconds: 0.1)) }
            case ..<(course.failed + course.migrating + course.verified):
                all += [
                    .videoState(
                        VideoReport(
                            course: course.key, block: outline.block, state: .verified, counts: counts, attempt: 1,
                            seconds: 1))
                ]
            default: break
            }
        }
        if course.state == .migrated {
            all += [
                .checked(course.key, .pass, contentstore: count * 3, store: count * 3), .flagOn(course.key),
            ]
        }
        if course.state == .held || course.state == .failed {
            all += [.checked(course.key, .fail, contentstore: count * 3, store: count * 3 - 4)]
        }
        if course.state != .running {
            all += [.courseState(course.key, course.state, reason: course.reason, retries: course.retries)]
        }
        return all
    }
}

extension Night {
    /// Three transcripts on their way.
    private func transaction(_ course: CourseKey, _ video: VideoOutline) -> (TransactionHeader, [Intent]) {
        let header = TransactionHeader(id: UUID(), run: log.run, course: course, block: video.block, video: video.video)
        let intents = ["en", "fr", "pl"].map { (language: LanguageCode) in
            Intent(
                id: UUID(), language: language, object: ObjectKey(unchecked: "\(UUID().hexadecimal).srt"), size: 4,
                checksum: Checksum(of: Array("text".utf8)), format: .srt
            )
        }
        return (header, intents)
    }
}

extension Night {
    /// What doctor says on a good day.
    static let checks: [PreflightCheck] = [
        ("source", "course-v1:AlderX+CS101+2018_Fall with 5 videos read in 4 ms"),
        ("store: put if absent", "the second PUT was refused"),
        ("store: checksum", "all 104 bytes came back"),
        ("store: delete if match", "a wrong ETag was refused"),
        ("store: nothing left", "0 objects of ours"),
        ("catalog", "121 videos, 224 transcripts; can be locked"),
        ("ledger", "can be written; no engine runs"),
        ("ledger: transactions", "none open"), ("clock", "5m 14s after the newest event"),
        ("disk: ledger, store, catalog", "76.2 GiB free"),
    ].map { PreflightCheck(name: $0, measured: $1, limit: "as it must be", verdict: .pass, seconds: 0.01) }

    /// What the stores have of any video: one transcript that is there, with another draft, and one that is corrupt.
    static func inspected(_ request: InspectionRequest) -> InspectedVideo {
        func copy(_ place: TranscriptCopy.Place, _ name: String, _ cues: [Cue], _ problem: String? = nil)
            -> TranscriptCopy
        {
            let bytes = Array(cues.map(\.text).joined(separator: "\n").utf8)
            return TranscriptCopy(
                place: place, name: name, format: problem == nil ? .srt : nil, bytes: bytes.count,
                sha256: Checksum(of: bytes), problem: problem, cues: request.language == nil ? nil : cues)
        }
        let published = (0..<40).map { number in
            Cue(start: number * 2000, end: number * 2000 + 1500, text: "What is said at second \(number * 2).")
        }
        var draft = published
        draft[3] = Cue(start: 6100, end: 7500, text: "Что говорится на шестой секунде, и это немного длиннее.")
        draft.remove(at: 20)
        let object = "video-transcripts/0f8fad5bd9cb469fa16570867728950e.srt"
        let failure = Failure(
            .sourceCorrupt, "recognising a transcript", at: "\(request.video.block) fr",
            cause: "its 3rd line is no time",
            advice: "repair the file in Studio, or waive this transcript")
        return InspectedVideo(
            course: request.video.course, usageKey: request.video.block, edxVideoID: VideoID(unchecked: "id-0"),
            isNewID: false, displayName: "Lecture 1", failure: nil, notes: [],
            transcripts: [
                InspectedTranscript(
                    language: "en", action: .present, head: .published, asset: "subs_a.srt.sjson", rule: .sub,
                    failure: nil,
                    notes: ["the draft resolves to different bytes (subs_b.srt.sjson); published wins"],
                    copies: [
                        copy(.published, "subs_a.srt.sjson", published), copy(.draft, "subs_b.srt.sjson", draft),
                        copy(.store, object, published),
                    ], storedBy: 1),
                InspectedTranscript(
                    language: "fr", action: .corrupt, head: .both, asset: "lecture-fr.srt", rule: .file,
                    failure: failure, notes: [],
                    copies: [
                        copy(
                            .contentstore, "lecture-fr.srt",
                            ["1", "00:00:01,000 --> 00:00:02,000", "zweitens"].map {
                                Cue(start: nil, end: nil, text: $0)
                            },
                            "its 3rd line is no time")
                    ], storedBy: nil),
                InspectedTranscript(
                    language: "pl", action: .dangling, head: .both, asset: nil, rule: nil, failure: nil, notes: [],
                    copies: [],
                    storedBy: nil),
            ])
    }
}

extension Model {
    /// A console on the night's ledger, without a terminal.
    static func test(
        _ width: Int, _ height: Int, characters: Capabilities.Characters = .unicode,
        colours: Capabilities.Colours = .direct,
        isProduction: Bool = true, window: Deadline? = nil, weaknesses: [StoreWeakness] = [],
        kind: Place.Kind? = nil, wantedRehearsals: Int = 0, source: String = "olx:exports",
        prefix: String = "video-transcripts/"
    ) -> Model {
        let shelf = ThemeShelf(userFolder: nil)
        return Model(
            size: Size(width, height), capabilities: Capabilities(colours: colours, characters: characters),
            place: Place(
                kind ?? (isProduction ? .production : .demo), source: source, store: "file:objects",
                catalog: "sqlite:edxval.sqlite",
                ledger: "night.ledger", concurrency: 32, operator: "mira", deadline: window, weaknesses: weaknesses,
                wantedRehearsals: wantedRehearsals, prefix: prefix
            ), themes: shelf.themes, theme: shelf.preferred(for: .dark), now: Night.now, timeZone: .gmt
        )
    }

    /// Loads what the model asks for until it asks for nothing else.
    mutating func load(from night: Night) async throws {
        var loaded: ViewRequest?
        while loaded != request {
            loaded = request
            _ = answer(update(.view(try await night.watch.view(request, keeping: view?.order ?? []))))
        }
    }

    /// Presses keys one after the other, reading the ledger and looking into the stores between them as a session does.
    ///
    /// - Returns: what is to be done besides.
    @discardableResult
    mutating func press(_ keys: Key..., on night: Night) async throws -> [Effect] {
        var effects: [Effect] = []
        for key in keys {
            effects += answer(update(.terminal(.key(key))))
            try await load(from: night)
        }
        return effects
    }

    /// Looks into the stores as an onlooker does.
    ///
    /// - Returns: the effects that are none of its business.
    private mutating func answer(_ effects: [Effect]) -> [Effect] {
        effects.filter { effect in
            switch effect {
            case .prove(let look, _): update(.proven(look, .proven(Night.checks, at: Night.now)))
            case .inspect(let request, let look):
                update(.inspected(look, .seen(Night.inspected(request), at: Night.now)))
            default: return true
            }
            return false
        }
    }

    @discardableResult
    mutating func type(_ text: String, on night: Night) async throws -> [Effect] {
        var effects: [Effect] = []
        for character in text { effects += try await press(.character(character), on: night) }
        return effects
    }
}

/// Runs a test on the night's ledger, without an engine unless one is wanted.
func onNight(
    hasEngine: Bool, isProduction: Bool = true, wantedRehearsals: Int = 0,
    _ body: (inout Model, Night) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let night = try await Night(in: folder)
        if !hasEngine {
            try await night.log.record([.runEnded(.completed, reason: "")])
            try await night.log.close()
        }
        var model = Model.test(100, 30, isProduction: isProduction, wantedRehearsals: wantedRehearsals)
        try await model.load(from: night)
        try await body(&model, night)
        if hasEngine { try await night.log.close() }
    }
}

/// A console on the night's ledger after a run that ended with this besides.
func afterRun(
    _ checkpoints: [Checkpoint] = [], on size: Size = Size(120, 40), holding held: CourseKey? = nil,
    source: String = "olx:exports",
    _ body: (inout Model, Night) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let night = try await Night(in: folder)
        try await night.log.record(checkpoints)
        if let held { try await night.ledger.hold([held], true, by: "jon") }
        try await night.log.record([.runEnded(.completed, reason: "")])
        try await night.log.close()
        var model = Model.test(size.width, size.height, source: source)
        try await model.load(from: night)
        try await body(&model, night)
    }
}
