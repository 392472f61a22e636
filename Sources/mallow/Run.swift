// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import Ledger
import Migration
import MigrationModel
import PlatformSettings

/// `mallow run`
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Migrates courses. Shows a bar on a terminal, lines elsewhere.",
        discussion: """
            Runs until every selected course is as far as it can be brought. Control-C drains: videos in flight are \
            finished and no new one starts; a second one stops at once, and the next run puts everything right.

            Example:
              mallow run --all --source olx:exports \\
                --store file:objects --catalog sqlite:edxval.sqlite
              mallow run --course course-v1:AcmeX+Bio1+2018 --concurrency 8
              mallow run --failed
              mallow run --unfinished
              mallow run --all --wait-for-window
              mallow run --rehearsal --all

            Exit codes:
              0 done and proven       1 failed              2 usage
              3 done, not proven      4 error budget spent  5 window closed
              6 another engine holds the ledger             130 interrupted
            """
    )

    @OptionGroup var platform: PlatformOptions
    @OptionGroup var courses: CourseOptions
    @OptionGroup var content: ContentOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var tuning: TuningOptions
    @OptionGroup var window: WindowOptions
    @OptionGroup var clearance: ClearanceOptions
    @OptionGroup var acceptance: AcceptanceOptions
    @OptionGroup var writeBack: WriteBackOptions
    @OptionGroup var staging: StagingOptions

    @Flag(help: "Take every course of the source.")
    var all = false

    @Flag(help: "Take the courses that failed before.")
    var failed = false

    @Flag(help: "Take the courses that the last run left unfinished: its engine died, or was asked to drain.")
    var unfinished = false

    @Flag(help: "Do everything but write: nothing is changed in any store.")
    var dryRun = false

    @Flag(help: "Print one JSON object a line: every event, then a summary.")
    var json = false

    func run() async throws {
        let keys = try courses.keys()
        guard [all, failed, unfinished, !keys.isEmpty].filter({ $0 }).count == 1 else {
            throw UsageError(
                "Say which courses: exactly one of --all, --course KEY (repeatable), --failed and --unfinished.")
        }
        try tuning.check()
        let target = try platform.target(ledger)
        let launch = Launch(
            target: target, rehearsing: platform.rehearsing(ledger, in: ledger.ledger), ledger: ledger,
            content: content,
            tuning: tuning,
            prefix: try tuning.keys.prefix(ledger.configuration), stage: try staging.stage(target.endpoints),
            window: window, clearance: clearance, acceptance: acceptance, writeBack: writeBack, isJSON: json
        )
        let selection: CourseSelection =
            if all {
                .all
            } else if failed {
                .courses(try await launch.failedCourses())
            } else if unfinished {
                .courses(try await launch.unfinishedCourses())
            } else {
                .courses(keys)
            }
        if dryRun { try await launch.preview(selection) } else { try await launch.run(selection) }
    }
}

/// How fast, and how much may go wrong.
struct TuningOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Videos in flight at once, 1 to 512.", valueName: "N"))
    var concurrency = 32

    @OptionGroup var keys: KeyOptions

    @Option(help: ArgumentHelp("Drain when more videos than this have failed.", valueName: "N"))
    var errorBudget = 100

    @Option(help: ArgumentHelp("Objects put in a second, at most.", valueName: "N"))
    var limitPuts: Double?

    @Option(
        help: ArgumentHelp(
            "Transcripts read from the contentstore, and objects from the store, in a second, at most.", valueName: "N")
    )
    var limitReads: Double?

    /// Says in one sentence what is out of range.
    func check() throws {
        for (name, limit) in [("puts", limitPuts), ("reads", limitReads)] {
            if let limit, !(limit >= 0.1 && limit <= 1_000_000) {
                throw UsageError("--limit-\(name) \(limit): it is 0.1 a second or more; leave it out for no limit.")
            }
        }
        guard 1...512 ~= concurrency else {
            throw UsageError("--concurrency \(concurrency): 1 to 512 videos may be in flight.")
        }
        guard errorBudget >= 0 else {
            throw UsageError("--error-budget \(errorBudget): it cannot be less than 0.")
        }
    }

    func options(_ content: ContentOptions, prefix: String, window: RunWindow?) -> RunOptions {
        RunOptions(
            concurrency: concurrency, format: content.format, prefix: prefix, lookUp: content.lookUp,
            errorBudget: errorBudget, window: window
        )
    }

    func described(_ content: ContentOptions, prefix: String, window: RunWindow?) -> String {
        "concurrency \(concurrency), format \(content.format.rawValue), prefix \(prefix), error budget \(errorBudget)"
            + (content.declaredOnly ? ", declared only" : "")
            + (limitPuts.map { ", \($0) puts/s" } ?? "") + (limitReads.map { ", \($0) reads/s" } ?? "")
            + (window.map { ", window \($0.window)" } ?? "")
    }

    /// What was chosen otherwise than by default and holds for a whole run, as it is written on a command line.
    var choices: [String] {
        let ordinary = RunOptions()
        return (keys.prefix.map { ["--prefix=\($0)"] } ?? [])
            + (errorBudget == ordinary.errorBudget ? [] : ["--error-budget=\(errorBudget)"])
            + (limitPuts.map { ["--limit-puts=\($0)"] } ?? []) + (limitReads.map { ["--limit-reads=\($0)"] } ?? [])
    }

    /// A store and a source that are asked for no more than was said.
    func limited(_ store: any ObjectStore, _ source: any CourseSource) -> (any ObjectStore, any CourseSource) {
        func limit(_ perSecond: Double?) -> RateLimit? {
            perSecond.map { RateLimit(perSecond: $0, surroundings: .real) }
        }
        let (puts, reads) = (limit(limitPuts), limit(limitReads))
        return (
            puts == nil && reads == nil ? store : LimitedStore(store, puts: puts, reads: reads),
            reads.map { LimitedSource(source, reads: $0) } ?? source
        )
    }
}

/// What objects are called.
struct KeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What stands before an object's name in edx-val. Default: the configuration's, else video-transcripts/.",
            valueName: "PREFIX"))
    var prefix: String?

    /// - Throws: ``UsageError`` for one that cannot be, ``InvalidConfiguration``.
    func prefix(_ configuration: ConfigurationOptions) throws -> String {
        let prefix = try prefix ?? configuration.read()?.production.prefix?.value ?? RunOptions().prefix
        guard !prefix.hasPrefix("/"), !prefix.contains("..") else {
            throw UsageError("--prefix \(prefix): a prefix is relative and has no \"..\".")
        }
        return prefix
    }
}
