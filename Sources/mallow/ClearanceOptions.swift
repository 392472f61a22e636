// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Ledger
import PlatformSettings

/// How a production run stands to the rehearsals that have to come before it.
struct ClearanceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Run in production before two rehearsals are completed; the reason is kept in the ledger.",
            valueName: "REASON"))
    var withoutRehearsals: String?

    /// The leave to begin a run. Blocks for some milliseconds.
    ///
    /// - Returns: nil for a rehearsal, which needs none.
    /// - Throws: ``NotRehearsed`` where it is not given, ``UsageError``, ``InvalidConfiguration``.
    func clearance(for target: Target, _ ledger: LedgerOptions) throws -> Clearance? {
        if let withoutRehearsals, !withoutRehearsals.contains(where: { !$0.isWhitespace }) {
            throw UsageError(
                "--without-rehearsals needs a reason, such as --without-rehearsals='a platform of our own to try it on'."
            )
        }
        guard case .production(let endpoints) = target else {
            guard withoutRehearsals == nil else {
                throw UsageError("--rehearsal and --without-rehearsals exclude each other: take one of them.")
            }
            return nil
        }
        return try Clearance(
            rehearsals: Self.rehearsals(of: endpoints, ledger)?.count, without: withoutRehearsals)
    }

    /// The completed rehearsals of a source; nil where none are wanted, because no configuration is in force. Blocks.
    static func rehearsals(of endpoints: Endpoints, _ ledger: LedgerOptions) throws -> [CompletedRehearsal]? {
        guard try ledger.configuration.read() != nil else { return nil }
        return try Ledger.rehearsals(knownTo: ledger.productionPath).filter { $0.source == "\(endpoints.source)" }
    }
}
