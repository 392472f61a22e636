// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import Ledger
import Migration
import MigrationModel

/// `mallow recover`
struct Recover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Settles what a dead engine left open, now. Every run does it too at its start.",
        discussion: """
            Each open transaction turns out to be committed, or everything it wrote is removed and proven absent. What \
            might still arrive, as a store's lost answers leave it, is looked at again when it cannot any more.

            Example:
              mallow recover
              mallow recover --rehearsal
            """
    )

    @OptionGroup var platform: PlatformOptions
    @OptionGroup var ledger: LedgerOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Outcome: Encodable {
        let committed, undone, absent: Int
        let open: [Failure]
    }

    func run() async throws {
        let target = try platform.target(ledger)
        let endpoints = target.endpoints
        let ledger = try ledger.openExisting()
        let claim = try await ledger.claim()
        try endpoints.refuseLoss(knownTo: ledger.path)
        let platform = try Platform(
            target, store: try Platform.store(of: target, now: { Date() }), now: { Date() })
        let log = try await ledger.beginRun(
            RunHeader(
                kind: "recovery", actor: NSUserName(), source: "\(endpoints.source)", store: "\(endpoints.store)",
                catalog: "\(endpoints.catalog)", options: "", configuration: try self.ledger.configuration.path
            ), under: claim
        )
        let recovery = Recovery(
            store: UnhurriedStore(platform.store, .real), catalog: platform.catalog, log: log, surroundings: .real)
        let outcome = try await recovery.settleAll { settled, all in
            Output.complain("\(settled) of \(counted(all, "open transaction")) looked into")
        }
        try await log.record([.runEnded(.completed, reason: "")])
        try await log.close()
        let left = OpenReport(
            try await ledger.openWork(), store: "\(endpoints.store)",
            hint: self.ledger.hint(about: target.kind), at: Date())
        if json {
            Output.print(
                json: Outcome(
                    committed: outcome.committed, undone: outcome.undone, absent: outcome.absent, open: outcome.open))
        } else {
            outcome.open.forEach { Output.complain("mallow: \($0)") }
            Output.print("\(outcome.sentence); \(left.sentence ?? "nothing is open")")
        }
        if left.transactions > 0 { throw ExitCode((outcome.open.isEmpty ? RunExit.unproven : .failed).rawValue) }
    }
}
