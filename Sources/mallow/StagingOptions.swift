// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import MigrationModel

/// Hidden: how `mallow demo` tells its engines what is staged.
struct StagingOptions: ParsableArguments {
    @Option(help: .hidden)
    var staging: String?

    /// The stage that the stores are put behind; nil outside of a demo.
    ///
    /// - Throws: ``UsageError`` for any platform but the sandbox that the staging lies in: trouble on purpose has no
    ///   business anywhere else.
    func stage(_ endpoints: Endpoints) throws -> Stage? {
        guard let staging else { return nil }
        let folder = URL(fileURLWithPath: staging).deletingLastPathComponent().path
        // What is no sandbox at all says so below.
        guard let sandbox = try Sandbox(in: folder), sandbox.stagingFile == staging,
            endpoints == (try Endpoints(source: sandbox.source, store: sandbox.store, catalog: sandbox.catalog))
        else {
            throw UsageError("--staging \(staging) is for the sandbox it lies in alone; run mallow demo.")
        }
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
