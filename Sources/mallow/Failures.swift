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

    /// Every video that failed, grouped as the console's triage does.
    private static func causes(_ ledger: Ledger) async throws -> [FailureReport.Cause] {
        TroubleGroup.grouped(try await ledger.troubledVideos()).map { group in
            FailureReport.Cause(
                class: group.cause.class, what: group.cause.what,
                cause: group.failure?.cause ?? "a later version of mallow wrote it",
                advice: group.cause.advice, wordings: group.wordings,
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

    struct Cause: Encodable {
        /// What stopped; empty where a later version of mallow wrote it. The cause is the first video's; where there is more than one wording, each video has its own.
        let `class`, what, cause, advice: String
        let wordings: Int
        let videos: [Place]
    }

    let tasks: [FailedTaskRow]
    let causes: [Cause]
    /// What follows a command's name for it to be about the same: ``LedgerOptions/hint``.
    let hint: String

    private enum CodingKeys: String, CodingKey { case tasks, causes }

    var lines: [String] {
        if tasks.isEmpty && causes.isEmpty { return ["nothing failed"] }
        var lines = causes.flatMap { cause in
            let told = cause.wordings == 1 ? cause.cause : "in \(cause.wordings) wordings"
            let words = cause.what.isEmpty ? told : "\(cause.what): \(told)"
            return ["\(counted(cause.videos.count, "video"))  \(cause.class): \(words)", "    \(cause.advice)"]
                + cause.videos.map { video in
                    "    \(video.course)  \(UsageKey(unchecked: video.video).block)  \(video.title)"
                        + (cause.wordings == 1 ? "" : ": \(video.cause)")
                }
        }
        if !tasks.isEmpty { lines.append("\(counted(tasks.count, "failed task")) unresolved:") }
        lines += tasks.map { "    \(StatusReport.time($0.created))  \($0.course)  \($0.exception)" }
        lines.append("try again with mallow failures\(hint) --retry; let one stay behind with mallow waive\(hint)")
        return lines
    }
}
