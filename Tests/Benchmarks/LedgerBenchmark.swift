// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import MigrationModel

/// Durable rows a second: 64 videos in flight against one commit for each row, on the same disk in the same run.
struct LedgerBenchmark {
    let folder: String

    func run() async throws {
        let ledger = try Ledger(path: "\(folder)/bench.ledger", now: { Date() })
        let header = RunHeader(kind: "benchmark", actor: "", source: "", store: "", catalog: "", options: "")
        let log = try await ledger.beginRun(header, under: try await ledger.claim())
        print("ledger: durable rows a second (an intent of one transcript, and its transaction, count as one)")
        for round in 1...3 {
            let alone = try await rate(of: 1_000, writers: 1, log)
            let grouped = try await rate(of: 64_000, writers: 64, log)
            print(
                String(
                    format: "  round %d: one commit a row %.0f/s, 64 in flight %.0f/s, ratio %.1f", round, alone,
                    grouped,
                    grouped / alone
                )
            )
        }
        try await log.close()
    }

    private func rate(of rows: Int, writers: Int, _ log: RunLog) async throws -> Double {
        let time = try await seconds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<writers {
                    group.addTask {
                        for _ in 0..<(rows / writers) { try await log.record([Self.row(log.run)]) }
                    }
                }
                try await group.waitForAll()
            }
        }
        return Double(rows) / time
    }

    private static let course = CourseKey(unchecked: "course-v1:Org+Course+Run")
    private static let checksum = Checksum(of: [])

    private static func row(_ run: RunID) -> Checkpoint {
        let intent = Intent(
            id: UUID.random().ordered(at: Date()), language: "en",
            object: ObjectKey(unchecked: UUID.random().hexadecimal), size: 20_000,
            checksum: checksum,
            format: .srt
        )
        let block = UsageKey(course: course, type: "video", block: "v")
        return .intents(
            TransactionHeader(
                id: UUID.random().ordered(at: Date()), run: run, course: course, block: block, video: "v"), [intent])
    }
}
