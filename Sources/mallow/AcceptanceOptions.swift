// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import MigrationModel

/// What an operator accepts of the stores before a run begins on them.
struct AcceptanceOptions: ParsableArguments {
    @Flag(help: "Run though none of the objects that the catalog names is in the store: they are lost for good.")
    var acceptMissingObjects = false

    /// Looks whether the objects that the catalog names are in the store; makes nothing.
    ///
    /// - Returns: what was accepted, for the log; nil where there was nothing to accept.
    /// - Throws: ``Failure`` of class `conflict` where none of them is there and nobody has accepted it.
    func look(for endpoints: Endpoints) async throws -> String? {
        guard let check = await NamedObjects.check(endpoints, within: .seconds(20)), check.verdict != .pass else {
            return nil
        }
        guard check.verdict == .fail else {
            Output.complain("\(check.name): \(check.measured); \(check.advice ?? "")")
            return nil
        }
        guard acceptMissingObjects else {
            throw Failure(
                .conflict, "opening a platform", at: "\(endpoints.store)", cause: check.measured,
                safe: "no run was begun", advice: check.advice ?? "")
        }
        return "\(check.measured); accepted by --accept-missing-objects"
    }
}
