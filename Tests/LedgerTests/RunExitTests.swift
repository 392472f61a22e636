// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Ledger
import MigrationModel
import TestDoubles
import Testing

@Suite struct RunExitTests {
    struct Ending: Sendable, CustomStringConvertible {
        let description: String
        let status: RunExit
        let checkpoints: [Checkpoint]
    }

    private static let course = SampleTransaction.course

    private static func course(_ state: CourseState) -> [Checkpoint] {
        [.courseState(course, state, reason: "", retries: 0)]
    }

    static let endings: [Ending] = [
        Ending(
            description: "migrated", status: .done, checkpoints: course(.migrated) + [.runEnded(.completed, reason: "")]
        ),
        Ending(description: "empty", status: .done, checkpoints: course(.empty) + [.runEnded(.completed, reason: "")]),
        Ending(
            description: "held", status: .unproven, checkpoints: course(.held) + [.runEnded(.completed, reason: "")]),
        Ending(
            description: "queued", status: .unproven, checkpoints: course(.queued) + [.runEnded(.completed, reason: "")]
        ),
        Ending(
            description: "failed", status: .failed, checkpoints: course(.failed) + [.runEnded(.completed, reason: "")]),
        Ending(description: "still running", status: .failed, checkpoints: course(.migrated)),
        Ending(description: "drained", status: .interrupted, checkpoints: [.runEnded(.interrupted, reason: "")]),
        Ending(description: "budget", status: .budgetSpent, checkpoints: [.runEnded(.budgetSpent, reason: "")]),
        Ending(description: "window", status: .windowClosed, checkpoints: [.runEnded(.windowClosed, reason: "")]),
        Ending(description: "refused", status: .failed, checkpoints: [.runEnded(.refused, reason: "")]),
        Ending(
            description: "an unreadable course", status: .failed,
            checkpoints: course(.migrated) + [
                .unreadable(name: "x", Failure(.sourceCorrupt, "reading", at: "x", cause: "broken", advice: "mend it")),
                .runEnded(.completed, reason: ""),
            ]
        ),
        Ending(
            description: "an open transaction", status: .unproven,
            checkpoints: {
                let sample = SampleTransaction()
                return course(.migrated) + [.intents(sample.header, sample.intents), .runEnded(.completed, reason: "")]
            }()
        ),
    ]

    @Test(arguments: endings) func `the exit code is what the ledger says`(_ ending: Ending) async throws {
        try await withTemporaryFolder { folder in
            let (ledger, log) = try await begin("\(folder)/ledger")
            try await log.record([SampleTransaction().found] + ending.checkpoints)
            #expect(try await ledger.exitStatus(of: log.run) == ending.status)
            try await log.close()
        }
    }
}
