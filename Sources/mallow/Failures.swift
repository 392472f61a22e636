// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
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
            """
    )

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var platform: PlatformOptions
    @OptionGroup var content: ContentOptions
    @OptionGroup var tuning: TuningOptions

    @Flag(help: "Run the courses that failed again, as mallow run --failed does.")
    var retry = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        if retry {
            try tuning.check()
            let launch = Launch(
                endpoints: try platform.endpoints(ledger), ledger: ledger, content: content, tuning: tuning,
                prefix: try tuning.keys.prefix(ledger.configuration), stage: nil, isJSON: json
            )
            return try await launch.run(.courses(try await launch.failedCourses()))
        }
        let ledger = try ledger.openExisting()
        let report = FailureReport(
            tasks: try await ledger.failedTasks(), causes: try await Self.causes(ledger)
        )
        if json { return Output.print(json: report) }
        report.lines.forEach { Output.print($0) }
    }

    /// Every video that failed, grouped by the class and the cause of its failure.
    private static func causes(_ ledger: Ledger) async throws -> [FailureReport.Cause] {
        var causes: [String: FailureReport.Cause] = [:]
        for course in try await ledger.snapshot().courses where course.failed + course.rolledBack > 0 {
            for video in try await ledger.videos(of: CourseKey(unchecked: course.key)) {
                guard let why = video.why, video.state != VideoState.waived.rawValue else { continue }
                let place = FailureReport.Place(
                    course: course.key, video: video.block, title: video.displayName, place: why.place
                )
                let name = "\(why.class.rawValue): \(why.cause)"
                causes[
                    name, default: FailureReport.Cause(class: why.class.rawValue, cause: why.cause, advice: why.advice)
                ]
                .videos.append(place)
            }
        }
        return causes.values.sorted { ($1.videos.count, $0.cause) < ($0.videos.count, $1.cause) }
    }
}

/// What `mallow failures` prints.
struct FailureReport: Encodable {
    struct Place: Encodable {
        let course, video, title, place: String
    }

    struct Cause: Encodable {
        let `class`, cause, advice: String
        var videos: [Place] = []
    }

    let tasks: [FailedTaskRow]
    let causes: [Cause]

    var lines: [String] {
        if tasks.isEmpty && causes.isEmpty { return ["nothing failed"] }
        var lines = causes.flatMap { cause in
            ["\(counted(cause.videos.count, "video"))  \(cause.class): \(cause.cause)", "    \(cause.advice)"]
                + cause.videos.map { "    \($0.course)  \(UsageKey(unchecked: $0.video).block)  \($0.title)" }
        }
        if !tasks.isEmpty { lines.append("\(counted(tasks.count, "failed task")) unresolved:") }
        lines += tasks.map { "    \(StatusReport.time($0.created))  \($0.course)  \($0.exception)" }
        lines.append("try again with mallow failures --retry; let one stay behind with mallow waive")
        return lines
    }
}
