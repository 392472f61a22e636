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
            Takes effect when the course is run next. Without arguments it lists the waivers in force.

            Example:
              mallow waive --course course-v1:AcmeX+Bio1+2018 \\
                --video intro --language fr --reason "lost years ago"
              mallow waive --course course-v1:AcmeX+Bio1+2018 \\
                --video intro --language fr --withdraw
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

    @Flag(help: "Take the waiver back.")
    var withdraw = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let ledger = try ledger.openExisting()
        guard let course else { return try await list(ledger) }
        guard let video else { throw UsageError("Name the video too, with --video.") }
        let key = CourseKey(unchecked: course)
        let known = try await ledger.videos(of: key)
        let matches = known.map { UsageKey(unchecked: $0.block) }.filter { $0.text == video || $0.block == video }
        guard let block = matches.first, matches.count == 1 else {
            throw UsageError(
                "The ledger knows \(matches.count) videos \(video) in \(course); mallow failures names them.")
        }
        let code = language.map { LanguageCode(unchecked: $0) }
        let actor = NSUserName()
        if withdraw {
            guard try await ledger.withdrawWaiver(course: key, block: block, language: code, by: actor) else {
                throw UsageError("There is no such waiver; mallow waive lists those in force.")
            }
            return Output.print("withdrawn: \(block) counts again when \(course) is run next")
        }
        guard let reason, !reason.isEmpty else { throw UsageError("Say why, with --reason; it stands in the report.") }
        try await ledger.waive([Waiver(course: key, block: block, language: code, actor: actor, reason: reason)])
        let what = language.map { "the transcript \($0) of \(block)" } ?? "\(block)"
        Output.print("waived: \(what) may stay behind; run mallow run --course \(course) to go on")
    }

    private func list(_ ledger: Ledger) async throws {
        let waivers = try await ledger.waivers()
        if json { return Output.print(json: waivers) }
        if waivers.isEmpty { Output.print("no waivers") }
        for waiver in waivers {
            Output.print(
                "\(waiver.block) \(waiver.language?.text ?? "whole video")  by \(waiver.actor): \(waiver.reason)")
        }
    }
}
