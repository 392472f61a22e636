// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Canvas
import Deployment
import Foundation
import Ledger
import Migration
import MigrationModel

/// `mallow doctor`
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Proves that a run could begin now: source, store, catalog, ledger, clock, disk, window and rehearsals.",
        discussion: """
            What can be tried is tried: an object is put twice into the store, read back, and deleted by a wrong and by \
            the right ETag; the write locks of catalog and ledger are taken and given back; each write that puts new \
            edx_video_ids into courses is tried on nothing. Nothing of it stays, and a place that is not there yet is not \
            made. What failed comes first, then what somebody should know.

            Example:
              mallow doctor --source olx:exports \\
                --store file:objects --catalog sqlite:edxval.sqlite
              mallow doctor --json | jq '.checks[] | select(.verdict != "pass")'
              mallow doctor --rehearsal

            Exit codes: 0 ready, 1 not ready, 2 usage.
            """
    )

    @OptionGroup var platform: PlatformOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var keys: KeyOptions
    @OptionGroup var writeBack: WriteBackOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    /// Its encoded form is a contract with scripts.
    private struct Report: Encodable {
        let checks: [PreflightCheck]
        let ready: Bool
    }

    func run() async throws {
        let ledger = try ledger.forRun()
        // What is wrong with a place is for its check to say, beside all the others.
        let target = try platform.uncheckedTarget(ledger)
        let trial = StorePreflight(
            prefix: try keys.prefix(ledger.configuration), id: Surroundings.real.newID(),
            uptime: Surroundings.real.uptime)
        let preflight = try PlatformPreflight(
            target, ledger: try ledger.path,
            trial: PlatformPreflight.StoreTrial(canary: trial.canary) { store in
                await trial.checks(of: store, in: .real) { _ in }  // what came of it in the end is told
            }, hours: ledger.configuration.rehearsal ? nil : try ledger.configuration.read()?.hours(),
            rehearsals: try platform.rehearsals(of: target, ledger), writesBack: !writeBack.noWriteBack, now: { Date() }
        )
        let checks = await preflight.checks(within: .seconds(20))
        let failed = checks.count { $0.verdict == .fail }
        if json {
            Output.print(json: Report(checks: checks, ready: failed == 0))
        } else {
            let width = checks.map(\.name.count).max() ?? 0
            for check in checks { check.lines(width: width).forEach { Output.print($0) } }
            Output.print(failed == 0 ? "ready: a run can begin" : "not ready: \(counted(failed, "check")) failed")
        }
        if failed > 0 { throw ExitCode(RunExit.failed.rawValue) }
    }
}

extension PreflightCheck {
    /// For people: one line, and a second one with what to do where it did not pass.
    fileprivate func lines(width: Int) -> [String] {
        let sign =
            switch verdict {
            case .pass: "✓"
            case .attention: "!"
            case .fail: "✗"
            }
        let name = name.padding(toLength: width, withPad: " ", startingAt: 0)
        let line = "\(sign) \(name)  \(measured)\(limit.map { "  (\($0))" } ?? "")"
        // Names come from exports and words from servers: neither may act on a terminal.
        return ([line] + (advice.map { ["    \($0)"] } ?? [])).map { CellText($0).text }
    }
}
