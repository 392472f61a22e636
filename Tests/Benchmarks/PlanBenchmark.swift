// SPDX-License-Identifier: Apache-2.0
import Foundation

/// `mallow plan`: when its first line comes, and how its memory depends on the number of courses.
struct PlanBenchmark {
    let folder: String

    func run() throws {
        print("plan:")
        for courses in [200, 2_000] {
            let exports = "\(folder)/plan-\(courses)"
            try GeneratedFleet.make(courses, in: exports)
            let plan = try Child.run([
                "plan", "--json", "--source", "olx:\(exports)", "--store", "file:\(folder)/none",
                "--catalog", "sqlite:\(folder)/none.sqlite", "--ledger", "\(folder)/none.ledger",
            ])
            print(
                String(
                    format: "  %d courses: first output after %.2f s, all after %.1f s, peak %d MB", courses,
                    plan.firstOutput, plan.seconds, plan.peakMegabytes
                )
            )
            try FileManager.default.removeItem(atPath: exports)
        }
    }
}
