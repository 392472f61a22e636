// SPDX-License-Identifier: Apache-2.0
import Deployment
import Foundation
import Ledger
import MigrationModel

/// All that is worth keeping of a run.
struct RunReport: Encodable {
    struct Course: Encodable {
        let key, title, state, reason, check: String
        let flag: Bool
        let videos, transcripts: [String: Int]
        let retries, rollbacks: Int
        /// Videos not migrated, and why.
        let leftBehind: [LeftBehind]
        /// Ids that we derived: the course does not hold them until they are written back.
        let newIDs: [NewID]

        private enum CodingKeys: String, CodingKey {
            case key, title, state, reason, check, flag, videos, transcripts, retries, rollbacks
            case leftBehind = "left_behind", newIDs = "new_ids"
        }
    }

    struct LeftBehind: Encodable {
        let video, title, state: String
        let failure: Failure?
    }

    struct LeftCourse: Encodable {
        let key, title, state, reason: String
        let run: Int64
    }

    struct NewID: Encodable {
        let video, title, edxVideoID: String

        private enum CodingKeys: String, CodingKey {
            case video, title, edxVideoID = "edx_video_id"
        }
    }

    let run: Int64
    let kind, state, ending, reason, actor, source, store, catalog, options, started: String
    let ended: String?
    /// Whether anybody works on it, and when its engine was last heard; nil where another engine has run since.
    let engine: EngineState
    let heard: String?
    /// nil where the run does not say.
    let reads: ContentstoreReads?
    /// What the store cannot do and somebody has accepted by name.
    let weaknesses: [StoreWeakness]
    let exit: Int32
    let unreadable: [String]
    let courses: [Course]
    /// Failed, or waiting for somebody, since before this run, which did not take them.
    let leftovers: [LeftCourse]
    let waivers: [Waiver]
    let notices: [String]
    /// What is open in the ledger now; nil while an engine has it in hand.
    let open: OpenReport?

    /// - Parameter place: how the ledger was named, for the commands that it tells.
    init(_ row: RunRow, _ ledger: Ledger, named place: LedgerOptions) async throws {
        let id = RunID(row.id)
        run = row.id
        let heartbeat = try await ledger.heartbeat()
        engine = EngineState(of: row, heartbeatAge: heartbeat.age)
        heard = heartbeat.run == row.id ? heartbeat.last.map(StatusReport.time) : nil
        let hasDied = engine == .gone
        (kind, state, ending) = (row.kind, row.state, row.ending ?? (hasDied ? RunEnding.died.rawValue : ""))
        let stopper = hasDied ? try await ledger.stopper(of: id) : nil
        reason =
            hasDied
            ? (stopper.map { "\($0) stopped it at once" } ?? "its engine died")
                + "; mallow run\(row.kind == "rehearsal" ? " --rehearsal" : "") --unfinished goes on where it was"
            : row.reason
        (actor, source, store, catalog, options) = (row.actor, row.source, row.store, row.catalog, row.options)
        reads = row.contentstoreReads(at: ledger.now())
        weaknesses = StoreWeakness.accepted(in: row.store)
        started = StatusReport.time(row.started)
        ended = row.ended.map(StatusReport.time)
        exit = try await ledger.exitStatus(of: id).rawValue
        var courses: [Course] = []
        let newIDs = try await ledger.newVideoIDs(by: id)
        for course in try await ledger.courses(of: id) {
            courses.append(try await Self.course(course, of: id, newIDs, ledger))
        }
        self.courses = courses
        leftovers = try await ledger.coursesLeft(before: id).map { row in
            LeftCourse(key: row.key, title: row.title, state: row.state, reason: row.reason, run: row.run)
        }
        open =
            heartbeat.age != nil
            ? nil
            : OpenReport(
                try await ledger.openWork(), store: row.store, hint: place.hint(about: row.kind), at: Date())
        let keys = Set(courses.map(\.key))
        waivers = try await ledger.waivers().filter { keys.contains($0.course.text) }
        (unreadable, notices) = try await Self.remarks(of: id, ledger)
    }

    private static func course(
        _ row: CourseRow, of run: RunID, _ newIDs: [CourseKey: [NewVideoID]], _ ledger: Ledger
    ) async throws -> Course {
        let key = CourseKey(unchecked: row.key)
        return Course(
            key: row.key, title: row.title, state: row.state, reason: row.reason, check: row.verdict, flag: row.flag,
            videos: RunSummary.videos([row]), transcripts: RunSummary.transcripts([row]), retries: row.retries,
            rollbacks: row.rollbacks,
            leftBehind: try await ledger.videosLeft(by: run, in: key).map { video in
                LeftBehind(video: video.block, title: video.displayName, state: video.state, failure: video.why)
            },
            newIDs: (newIDs[key] ?? []).map { video in
                NewID(video: video.block, title: video.displayName, edxVideoID: video.videoID)
            }
        )
    }

    private static func remarks(of run: RunID, _ ledger: Ledger) async throws -> (
        unreadable: [String], notices: [String]
    ) {
        var (unreadable, notices): ([String], [String]) = ([], [])
        var last: Int64 = 0
        while true {
            let events = try await ledger.events(after: last, run: run)
            unreadable += events.filter { $0.kind == "unreadable" }.compactMap(\.detail)
            notices += events.filter { $0.kind == "notice" }.map { event in
                [event.course, event.block.map { UsageKey(unchecked: $0).block }, event.detail].compactMap { $0 }
                    .joined(separator: " — ")
            }
            guard let newest = events.last else { return (unreadable, notices) }
            last = newest.seq
        }
    }
}
