// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Ledger
import Migration

/// How a production run stands to the rehearsals that have to come before it.
struct ClearanceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Run in production before two rehearsals are completed; the reason is kept in the ledger.",
            valueName: "REASON"))
    var withoutRehearsals: String?

    /// The leave to begin a run. Blocks for some milliseconds.
    ///
    /// To go on with what the last production run has taken and not brought to its end wants none: that decision was made.
    ///
    /// - Parameters:
    ///   - manner: how the run will write.
    ///   - ledger: the one that the run begins with.
    ///   - command: makes a rehearsal of the same source.
    /// - Returns: nil where none is needed: for a rehearsal, and where no configuration says where to rehearse.
    /// - Throws: ``NotRehearsed`` where it is not given, ``UsageError``, ``InvalidConfiguration``.
    func clearance(
        of selection: CourseSelection, for target: Target, in manner: Manner, _ ledger: LedgerOptions,
        rehearsing command: String
    ) throws -> Clearance? {
        if let withoutRehearsals, !withoutRehearsals.contains(where: { !$0.isWhitespace }) {
            throw UsageError(
                "--without-rehearsals needs a reason, such as --without-rehearsals='a platform of our own to try it on'."
            )
        }
        guard case .production(let places) = target else {
            guard withoutRehearsals == nil else {
                throw UsageError("--rehearsal and --without-rehearsals exclude each other: take one of them.")
            }
            try refuseCompleted(ledger)
            return nil
        }
        guard try ledger.configuration.read() != nil else { return nil }
        let path = try ledger.path
        if case .courses(let keys) = selection {
            let begun = try Ledger.unfinished(
                source: "\(places.source)", store: "\(places.store)", catalog: "\(places.catalog)", knownTo: path)
            if keys.isSubset(of: begun) { return nil }
        }
        return try Clearance(
            after: try Ledger.rehearsals(of: "\(places.source)", knownTo: path), manner: manner,
            without: withoutRehearsals, command: command)
    }

    /// What is run again in the ledger of a completed rehearsal rehearses nothing.
    private func refuseCompleted(_ ledger: LedgerOptions) throws {
        let (path, name) = (try ledger.path, try ledger.name)
        if try Ledger.rehearsals(knownTo: try ledger.productionPath).contains(where: { $0.ledger == name }) {
            throw UsageError("\(path) is a rehearsal that is complete: leave out --ledger, and the next one begins.")
        }
    }
}
