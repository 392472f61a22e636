// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import Ledger
import MigrationModel

/// `mallow undo-write-back`
struct UndoWriteBack: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo-write-back",
        abstract: "Takes back the edx_video_ids that a cut-over wrote into a course.",
        discussion: """
            The course's heads are again the structures that they were before, as long as nobody has saved the course \
            since; then nothing is changed, and this says so. Transcripts, rows and flags stay as they are: readers fall \
            back to the contentstore, and the next run of the course writes the ids again.

            Example:
              mallow undo-write-back --course course-v1:AcmeX+Bio1+2018
            """
    )

    @OptionGroup var platform: PlatformOptions
    @OptionGroup var ledger: LedgerOptions

    @Option(help: ArgumentHelp("The course.", valueName: "KEY"))
    var course: String

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Outcome: Encodable {
        let course: CourseKey
        let undone: Bool
        let videos: Int
    }

    func run() async throws {
        let target = try platform.target(ledger)
        guard case .production(let endpoints) = target else {
            throw UsageError("A rehearsal writes nothing into courses; there is nothing to take back.")
        }
        let key: CourseKey
        do throws(InvalidKey) { key = try CourseKey(course) } catch { throw UsageError("--course: \(error).") }
        let ledger = try ledger.openExisting()
        guard let last = try await ledger.lastWriteBack(of: key) else {
            throw UsageError("The ledger knows of no edx_video_ids that were written into \(key).")
        }
        let claim = try await ledger.claim()
        guard let writer = try Platform.writer(of: target, now: { Date() }) else {
            throw UsageError("--source \(endpoints.source) cannot be written to; name the platform's MongoDB.")
        }
        let log = try await ledger.beginRun(
            RunHeader(
                kind: "undo write-back", actor: NSUserName(), source: "\(endpoints.source)",
                store: "\(endpoints.store)",
                catalog: "\(endpoints.catalog)", options: "", configuration: try self.ledger.configuration.path
            ), under: claim
        )
        try await log.record([.writeBackUndoIntent(last.plan)])
        let outcome: Result<(isUndone: Bool, stands: Bool), any Error>
        do {
            outcome = .success(try await undo(last.plan, writer))
        } catch {
            outcome = .failure(error)
        }
        if case .success(let (isUndone, stands)) = outcome {
            if isUndone { try await log.record([.writeBackUndone(last.plan)]) }
            if !isUndone, !stands, last.state == .open {
                try await log.record([.writeBackAbandoned(last.plan, reason: "it had not come to its end")])
            }
        }
        try await log.record([.runEnded(.completed, reason: "")])
        try await log.close()
        let (isUndone, stands) = try outcome.get()
        if json { Output.print(json: Outcome(course: key, undone: isUndone, videos: last.plan.ids.count)) }
        guard isUndone || stands else {
            throw Failure(
                .conflict, "taking back edx_video_ids", at: "\(key)",
                cause: "the course does not hold them: they were never written, or somebody has taken them out",
                advice: "there is nothing to take back; a run of the course goes on where this was interrupted")
        }
        guard isUndone else {
            throw Failure(
                .conflict, "taking back edx_video_ids", at: "\(key)",
                cause: "somebody has saved the course since they were written",
                advice: "what was saved since would be lost with them; edit the ids in Studio")
        }
        if !json {
            Output.print(
                "\(key) holds the edx_video_ids of \(counted(last.plan.ids.count, "video")) no longer; its transcripts, rows "
                    + "and flag are as they were")
        }
    }

    /// In doubt, it looks, and goes on where it was.
    private func undo(_ plan: WriteBack, _ writer: any CourseWriter) async throws -> (isUndone: Bool, stands: Bool) {
        // Heads that are where they were may be so because nothing was ever written. Old courses have none, and are taken back
        // document by document.
        if !plan.moves.isEmpty, try await !writer.holds(plan) { return (false, false) }
        let isUndone: Bool
        do {
            isUndone = try await writer.undo(plan)
        } catch let failure as Failure where failure.class == .ambiguous {
            isUndone = try await writer.undo(plan)
        }
        return (isUndone, !plan.moves.isEmpty)
    }
}
