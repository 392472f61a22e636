// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Ledger
import MigrationModel

/// `mallow report`
struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes one report of a run: every course, and every video left behind and why.",
        discussion: """
            Example:
              mallow report > report.md
              mallow report --as json --run 7
              mallow report --rehearsal
            """
    )

    /// What the report is written as.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case markdown, json
    }

    @OptionGroup var ledger: LedgerOptions

    @Option(help: ArgumentHelp("The run's number; default: the newest.", valueName: "N"))
    var run: Int64?

    @Option(name: .customLong("as"), help: "markdown or json.")
    var form: Form = .markdown

    @Flag(help: "The same as --as json.")
    var json = false

    func run() async throws {
        let ledger = try ledger.openExisting()
        let newest = try await ledger.newestRun()?.id
        guard let number = run ?? newest, let row = try await ledger.run(RunID(number)) else {
            throw UsageError("The ledger has no run \(run.map(String.init) ?? "yet").")
        }
        guard ["production", "rehearsal"].contains(row.kind) else {
            throw UsageError(
                "Run \(number) is of the kind \(row.kind), which takes no course: there is nothing to report; mallow status says what is there."
            )
        }
        let report = try await RunReport(row, ledger, named: self.ledger)
        if json || form == .json { Output.print(json: report) } else { Output.print(report.markdown, terminator: "") }
    }
}
