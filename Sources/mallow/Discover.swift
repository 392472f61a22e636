// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import Ledger
import Migration
import MigrationModel

/// `mallow discover`
struct Discover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Lists the source's courses and videos into the ledger, for the console to choose from.",
        discussion: """
            Moves nothing, opens neither the store nor the catalog, and leaves what the ledger knows already as it is.

            Example:
              mallow discover --source olx:exports \\
                --store file:objects --catalog sqlite:edxval.sqlite
            """
    )

    @OptionGroup var platform: PlatformOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var staging: StagingOptions

    func run() async throws {
        let endpoints = try platform.endpoints(ledger)
        let ledger = try ledger.forRun().open()
        let claim = try await ledger.claim()
        let platform = try ReadablePlatform(endpoints)
        let stage = try staging.stage(endpoints)
        let source: any CourseSource = stage.map { PacedSource(platform.source, on: $0) } ?? platform.source
        let log = try await ledger.beginRun(
            RunHeader(
                kind: "discovery", actor: NSUserName(), source: "\(endpoints.source)", store: "\(endpoints.store)",
                catalog: "\(endpoints.catalog)", options: "", configuration: try self.ledger.configuration.path
            ), under: claim
        )
        let unreadable: Int
        do {
            unreadable = try await Discovery(source: source, log: log).execute()
            try await log.record([.runEnded(.completed, reason: "")])
            try await log.close()
        } catch {
            let failure = Failure(error, "listing courses", at: "\(endpoints.source)")
            try await log.record([.runEnded(.interrupted, reason: failure.brief)])
            try await log.close()
            throw failure
        }
        let count = try await ledger.snapshot().courses.count
        Output.print("\(counted(count, "course")) in the ledger, \(unreadable) could not be read")
    }
}
