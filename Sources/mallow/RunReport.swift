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

    struct NewID: Encodable {
        let video, title, edxVideoID: String

        private enum CodingKeys: String, CodingKey {
            case video, title, edxVideoID = "edx_video_id"
        }
    }

    let run: Int64
    let kind, state, ending, reason, actor, source, store, catalog, options, started: String
    let ended: String?
    /// What the store cannot do and somebody has accepted by name.
    let weaknesses: [StoreWeakness]
    let exit: Int32
    let unreadable: [String]
    let courses: [Course]
    let waivers: [Waiver]
    let notices: [String]

    init(_ row: RunRow, _ ledger: Ledger) async throws {
        let id = RunID(row.id)
        run = row.id
        (kind, state, ending, reason) = (row.kind, row.state, row.ending ?? "", row.reason)
        (actor, source, store, catalog, options) = (row.actor, row.source, row.store, row.catalog, row.options)
        weaknesses = StoreWeakness.accepted(in: row.store)
        started = StatusReport.time(row.started)
        ended = row.ended.map(StatusReport.time)
        exit = try await ledger.exitStatus(of: id).rawValue
        var courses: [Course] = []
        for course in try await ledger.courses(of: id) { courses.append(try await Self.course(course, ledger)) }
        self.courses = courses
        let keys = Set(courses.map(\.key))
        waivers = try await ledger.waivers().filter { keys.contains($0.course.text) }
        (unreadable, notices) = try await Self.remarks(of: id, ledger)
    }

    private static func course(_ row: CourseRow, _ ledger: Ledger) async throws -> Course {
        let videos = try await ledger.videos(of: CourseKey(unchecked: row.key))
        return Course(
            key: row.key, title: row.title, state: row.state, reason: row.reason, check: row.verdict, flag: row.flag,
            videos: RunSummary.videos([row]), transcripts: RunSummary.transcripts([row]), retries: row.retries,
            rollbacks: row.rollbacks,
            leftBehind: videos.filter { $0.state != VideoState.verified.rawValue }.map { video in
                LeftBehind(video: video.block, title: video.displayName, state: video.state, failure: video.why)
            },
            newIDs: videos.filter { $0.isNewId && $0.store > 0 }.map { video in
                NewID(video: video.block, title: video.displayName, edxVideoID: video.videoId)
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

    // MARK: - Markdown

    var markdown: String {
        var lines = [
            "# Mallow: run \(run) (\(kind))", "",
            "- \(state)\(ending.isEmpty ? "" : ", \(ending)")\(reason.isEmpty ? "" : ": \(reason)"), exit code \(exit)",
            "- \(started) to \(ended ?? "now"), started by \(actor)",
            "- from `\(source)` to `\(store)` and `\(catalog)`", "- \(options)",
        ]
        lines += weaknesses.map { "- WEAK \($0.sentence)" }
        lines += [
            "",
            "| course | state | videos verified | contentstore | object store | check | flag | retries | rollbacks |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        lines += courses.map { course in
            let all = course.videos.values.reduce(0, +)
            return "| \(Self.cell("\(course.title) `\(course.key)`")) | \(course.state) "
                + "| \(course.videos[VideoState.verified.rawValue] ?? 0) of \(all) | \(course.transcripts["contentstore"] ?? 0) "
                + "| \(course.transcripts["store"] ?? 0) | \(course.check) | \(course.flag ? "on" : "off") "
                + "| \(course.retries) | \(course.rollbacks) |"
        }
        lines += section(
            "Failed courses",
            courses.filter { $0.state == CourseState.failed.rawValue }.map { course in
                "- \(course.title) `\(course.key)`: \(course.reason)"
            }
        )
        lines += section(
            "Left behind",
            courses.flatMap { course in
                course.leftBehind.map { video in
                    "- \(video.title) `\(video.video)`: \(video.state)\(video.failure.map { ". \($0)" } ?? "")"
                }
            })
        lines += section(
            "Waiting for somebody",
            courses.filter { $0.state == CourseState.held.rawValue }.map { course in
                "- \(course.title) `\(course.key)`: \(course.reason)"
            })
        lines += section(
            "Waived",
            waivers.map { waiver in
                "- `\(waiver.block)` \(waiver.language?.text ?? "whole video"), by \(waiver.actor): \(waiver.reason)"
            })
        lines += section(
            "New edx_video_ids, to be written back",
            courses.flatMap { course in
                course.newIDs.map { "- `\($0.edxVideoID)` \($0.title) `\($0.video)`" }
            })
        lines += section("Unreadable", unreadable.map { "- \($0)" })
        lines += section("Notices", notices.map { "- \($0)" })
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", "## \(title)", ""] + lines
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
