// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import PlatformSettings
import Settings

/// Which configuration is in force.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration. Default: mallow.yaml in this folder, else mallow/mallow.yaml in ~/.config.",
            discussion: "What the command line says goes before it. mallow init writes one; --config '' takes none.",
            valueName: "FILE"))
    var config: String?

    @Flag(
        help: ArgumentHelp(
            "Mean the rehearsal: staging of mallow.yaml is written instead of production, with a ledger of its own.",
            discussion:
                "That ledger is beside production's: mallow.rehearsal-1.ledger. A production run wants two of them."))
    var rehearsal = false

    /// The file that is read; nil for none.
    ///
    /// - Throws: ``InvalidConfiguration``.
    var path: String? { get throws { try read()?.path } }

    /// Reads it. Blocks for some milliseconds.
    ///
    /// - Returns: nil where there is none.
    /// - Throws: ``InvalidConfiguration`` with everything that is wrong with it.
    func read() throws -> Configuration? {
        guard let path = Configuration.path(named: config, environment: ProcessInfo.processInfo.environment) else {
            return nil
        }
        let configuration: Configuration
        do {
            configuration = try Configuration(at: path)
        } catch {
            throw InvalidConfiguration(problems: [error])
        }
        let problems =
            configuration.problems + configuration.production.endpointProblems
            + (configuration.staging?.endpointProblems ?? [])
            + (configuration.window?.problems ?? [])
        if !problems.isEmpty { throw InvalidConfiguration(problems: problems) }
        return configuration
    }
}

/// A configuration that cannot be used: everything that is wrong with it, a line each.
struct InvalidConfiguration: OperatorError, CustomStringConvertible {
    let problems: [FileProblem]

    var description: String {
        let lines = problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }.map(\.description)
        return lines.count == 1 ? lines[0] : (["the configuration cannot be used:"] + lines).joined(separator: "\n  ")
    }
}
