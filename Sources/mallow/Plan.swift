// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// `mallow plan`
struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows what would be migrated and what would not, and why. Writes nothing.",
        discussion: """
            Example:
              mallow plan --source olx:exports \\
                --store file:objects --catalog sqlite:edxval.sqlite
              mallow plan --course course-v1:AcmeX+Bio1+2018 --verbose
            """
    )

    @OptionGroup var platform: PlatformOptions
    @OptionGroup var courses: CourseOptions
    @OptionGroup var content: ContentOptions
    @OptionGroup var ledger: LedgerOptions

    @Flag(help: "Read the objects that are there already and note whether they are the same.")
    var compare = false

    @Flag(name: .shortAndLong, help: "List every transcript, not only those with something to say.")
    var verbose = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let planning = Planning(
            endpoints: try platform.endpoints(ledger), wanted: try courses.keys(), content: content,
            compares: compare
        )
        try await planning.run(json ? JSONPlanOutput() : TextPlanOutput(isVerbose: verbose))
    }
}
