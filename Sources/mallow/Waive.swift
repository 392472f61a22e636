// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Ledger
import MigrationModel

/// `mallow waive`
struct Waive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waive",
        abstract:
            "Lets a failed or conflicting video, or one transcript of it, stay behind, by name and with a reason.",
        discussion: """
            Takes effect when the course is run next; not for a failure that may pass, nor where access was refused. \
            Without arguments it lists the waivers in force. To withdraw takes back one, all of a course, or all.

            Example:
              mallow waive --course course-v1:AcmeX+Bio1+2018 \\
                --video intro --language fr --reason "lost years ago"
              mallow waive --course course-v1:AcmeX+Bio1+2018 \\
                --video intro --language fr --withdraw
              mallow waive --course course-v1:AcmeX+Bio1+2018 --withdraw
              mallow waive --all --withdraw
            """
    )

    @OptionGroup var ledger: LedgerOptions

    @Option(help: ArgumentHelp("The course.", valueName: "KEY"))
    var course: String?

    @Option(help: ArgumentHelp("The video: its usage key, or the last part of it.", valueName: "BLOCK"))
    var video: String?

    @Option(
        help: ArgumentHelp("One transcript of it; without this the whole video may stay behind.", valueName: "CODE"))
    var language: String?

    @Option(help: ArgumentHelp("Why, for the report.", valueName: "TEXT"))
    var reason: String?

    @Flag(help: "Take back the waiver that is named, all of a course, or with --all all.")
    var withdraw = false

    @Flag(help: "With --withdraw: every waiver in force.")
    var all = false

    @Flag(help: "List the waivers in force.")
    var list = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let isNamed = course != nil || video != nil || language != nil
        if all, !withdraw || isNamed { throw UsageError("--all goes with --withdraw, and with no name.") }
        if list, withdraw || isNamed { throw UsageError("--list lists every waiver: it goes with nothing else.") }
        if withdraw { return try await takeBack(try ledger.openExisting()) }
        if list || !isNamed && reason == nil { return show(try await ledger.openExisting().waivers()) }
        guard let course else { throw UsageError("Name the course too, with --course.") }
        guard let video else { throw UsageError("Name the video too, with --video.") }
        try await waive(video, of: CourseKey(unchecked: course), try ledger.openExisting())
    }

    private func waive(_ video: String, of course: CourseKey, _ ledger: Ledger) async throws {
        let matches = try await ledger.videos(of: course).filter {
            $0.block == video || UsageKey(unchecked: $0.block).block == video
        }
        guard let match = matches.first, matches.count == 1 else {
            throw UsageError(
                "The ledger knows \(counted(matches.count, "video")) \(video) in \(course); mallow failures names them."
            )
        }
        let block = UsageKey(unchecked: match.block)
        guard let reason, !reason.isEmpty else { throw UsageError("Say why, with --reason; it stands in the report.") }
        let code = language.map { LanguageCode(unchecked: $0) }
        let replaced = try await ledger.waive([
            Waiver(course: course, block: block, language: code, actor: NSUserName(), reason: reason)
        ])
        let what = language.map { "the transcript \($0) of \(block)" } ?? "\(block)"
        for waiver in replaced { Output.print("it takes the place of \(waiver)") }
        // Nothing stays behind for what may pass, or was refused.
        if code == nil, let failure = match.why, !failure.class.mayStayBehind {
            return Output.print(
                "waived: \(what); it does not count yet, as the video's last failure is \(failure.class.rawValue): "
                    + failure.advice)
        }
        Output.print("waived: \(what) may stay behind; run mallow run\(self.ledger.hint) --course \(course) to go on")
    }

    private func takeBack(_ ledger: Ledger) async throws {
        guard all || course != nil else {
            throw UsageError(
                "Say what to take back: --course KEY is every waiver of a course, with --video BLOCK one video's, and --all "
                    + "is every waiver there is.")
        }
        if language != nil, video == nil { throw UsageError("Name the video too, with --video.") }
        let named = try await ledger.waivers().filter { waiver in
            guard let course else { return true }
            guard waiver.course == CourseKey(unchecked: course) else { return false }
            guard let video else { return true }
            return (waiver.block.text == video || waiver.block.block == video) && waiver.language?.text == language
        }
        guard !named.isEmpty else { throw UsageError("There is no such waiver; mallow waive lists those in force.") }
        if !json { show(named) }
        let count = try await ledger.withdraw(named, by: NSUserName())
        if json { return show(named) }
        Output.print(
            "withdrawn: \(counted(count, "waiver")); what stayed behind counts again when its course is run next")
    }

    private func show(_ waivers: [Waiver]) {
        if json { return Output.print(json: waivers) }
        if waivers.isEmpty { Output.print("no waivers") }
        for waiver in waivers {
            Output.print(
                "\(waiver.block) \(waiver.language?.text ?? "whole video")  by \(waiver.actor): \(waiver.reason)")
        }
    }
}
