// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import MigrationModel

/// Hidden: how `mallow demo` tells its engines what is staged.
struct StagingOptions: ParsableArguments {
    @Option(help: .hidden)
    var staging: String?

    /// The stage that the stores are put behind; nil outside of a demo.
    func stage() throws -> Stage? {
        guard let staging else { return nil }
        let plan: Staging
        do {
            plan = try Staging(file: staging)
        } catch {
            throw UsageError("--staging \(staging) cannot be read as a staging; leave it out, or run mallow demo.")
        }
        return Stage(
            plan,
            surroundings: try .real(counter: "\(staging).puts", seed: plan.seed) {
                Output.complain("killed by the demo in the middle of its work: mark all courses and run them again")
            }
        )
    }
}
