// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Console
import Foundation
import Ledger
import Migration
import MigrationModel

/// `mallow failures`
struct Failures: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures",
        abstract: "Lists what failed, by cause, and tries it again.",
        discussion: """
            Example:
              mallow failures
              mallow failures --retry
              mallow failures --rehearsal --retry
            """
    )

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var platform: PlatformOptions
    @OptionGroup var content: ContentOptions
    @OptionGroup var tuning: TuningOptions
    @OptionGroup var window: WindowOptions
    @OptionGroup var clearance: ClearanceOptions
    @OptionGroup var acceptance: AcceptanceOptions
    @OptionGroup var writeBack: WriteBackOptions

    @Flag(help: "Run the courses that failed again, as mallow run --failed does.")
    var retry = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        if retry {
            try tuning.check()
            let launch = Launch(
                target: try platform.target(ledger), rehearsing: platform.rehearsing(ledger, in: ledger.ledger),
                ledger: ledger,
                content: content, tuning: tuning,
                prefix: try tuning.keys.prefix(ledger.configuration), stage: nil, window: window,
                clearance: clearance, acceptance: acceptance, writeBack: writeBack, isJSON: json
            )
            return try await launch.run(.courses(try await launch.failedCourses()))
        }
        let ledger = try ledger.openExisting()
        let report = FailureReport(
            tasks: try await ledger.failedTasks(), causes: try await Self.causes(ledger), hint: self.ledger.hint
        )
        if json { return Output.print(json: report) }
        report.lines.forEach { Output.print($0) }
    }

    /// Every video that failed, and every course that did as a whole, grouped as the console's triage does.
    private static func causes(_ ledger: Ledger) async throws -> [FailureReport.Cause] {
        let failed = try await ledger.troubledCourses().filter { !$0.isHeld }
        return TroubleGroup.grouped(try await ledger.troubledVideos(), failed).map { group in
            FailureReport.Cause(
                class: group.cause.class, what: group.cause.what,
                cause: group.failure?.cause ?? group.wholeCourses.first?.reason ?? "a later version of mallow wrote it",
                advice: group.cause.advice, wordings: group.wordings, mayStayBehind: group.mayStayBehind,
                isLeft: group.wholeCourses.contains { CourseState(rawValue: $0.state)?.isUnfinished == true },
                courses: group.wholeCourses.map {
                    FailureReport.WholeCourse(course: $0.key, title: $0.title, reason: $0.reason)
                },
                videos: group.videos.map { video in
                    FailureReport.Place(
                        course: video.key, video: video.block, title: video.displayName, place: video.why?.place ?? "",
                        cause: video.why?.cause ?? "")
                })
        }
    }
}

/// What `mallow failures` prints.
struct FailureReport: Encodable {
    struct Place: Encodable {
        let course, video, title, place, cause: String
    }

    /// A course that failed for nothing that one of its videos tells.
    struct WholeCourse: Encodable {
        let course, title, reason: String
    }

    struct Cause: Encodable {
        /// What stopped; empty where a later version of mallow wrote it. The cause is the first video's; where there is more than one wording, each video has its own.
        let `class`, what, cause, advice: String
        let wordings: Int
        /// Whether a waiver would count.
        let mayStayBehind: Bool
        /// Whether it is about courses that a run has only left off.
        let isLeft: Bool
        /// Empty where videos failed.
        let courses: [WholeCourse]
        /// Empty where whole courses did.
        let videos: [Place]

        private enum CodingKeys: String, CodingKey { case `class`, what, cause, advice, wordings, courses, videos }

        fileprivate var lines: [String] {
            let subject = courses.isEmpty ? counted(videos.count, "video") : counted(courses.count, "whole course")
            let told = wordings == 1 ? cause : "in \(wordings) wordings"
            var lines = ["\(subject)  \(`class`): \(what.isEmpty ? told : "\(what): \(told)")"]
            if !advice.isEmpty { lines.append("    \(advice)") }
            lines += courses.map { course in
                "    \(course.course)  \(course.title)" + (wordings == 1 ? "" : ": \(course.reason)")
            }
            lines += videos.map { video in
                "    \(video.course)  \(UsageKey(unchecked: video.video).block)  \(video.title)"
                    + (wordings == 1 ? "" : ": \(video.cause)")
            }
            return lines
        }
    }

    let tasks: [FailedTaskRow]
    let causes: [Cause]
    /// What follows a command's name for it to be about the same: ``LedgerOptions/hint``.
    let hint: String

    private enum CodingKeys: String, CodingKey { case tasks, causes }

    var lines: [String] {
        if tasks.isEmpty && causes.isEmpty { return ["nothing failed"] }
        var lines = causes.flatMap(\.lines)
        if !tasks.isEmpty { lines.append("\(counted(tasks.count, "failed task")) unresolved:") }
        lines += tasks.map { "    \(StatusReport.time($0.created))  \($0.course)  \($0.exception)" }
        let mayBeTriedAgain = !tasks.isEmpty || !causes.allSatisfy(\.isLeft)
        let next = [
            mayBeTriedAgain ? "try again with mallow failures\(hint) --retry" : nil,
            causes.contains(where: \.isLeft)
                ? "go on with what a run left off with mallow run\(hint) --unfinished" : nil,
            causes.contains(where: \.mayStayBehind) ? "let a video stay behind with mallow waive\(hint)" : nil,
        ]
        return lines + [next.compactMap(\.self).joined(separator: "; ")]
    }
}
