// SPDX-License-Identifier: Apache-2.0
import Ledger
import MigrationModel

/// How a run stands to the rehearsals of its source: for a preflight, and only where they are wanted.
package struct RehearsalTrial: Sendable {
    /// Production's ledger.
    private let ledger: String
    private let source: Endpoint
    /// The ledger that the rehearsal goes into; nil for a production run.
    private let rehearsal: String?
    /// Whether a configuration names a staging at all.
    private let hasStaging: Bool
    /// Makes the next one.
    private let command: String
    private let staging: @Sendable () throws -> Rehearsal

    /// - Parameters:
    ///   - ledger: production's ledger.
    ///   - rehearsal: the name of its own ledger, for a rehearsal.
    ///   - command: makes the next one.
    ///   - staging: what a rehearsal would be; throws ``NoRehearsal``, and may block until a name server answers.
    package init(
        _ target: Target, ledger: String, rehearsal: String?, hasStaging: Bool, command: String,
        staging: @escaping @Sendable () throws -> Rehearsal
    ) {
        self.ledger = ledger
        self.source = target.endpoints.source
        self.rehearsal = rehearsal
        self.hasStaging = hasStaging
        self.command = command
        self.staging = staging
    }

    /// How many are completed, and whether staging is apart from production. Blocks.
    ///
    /// - Throws: ``Failure`` when production's ledger cannot be read.
    func checks(_ clock: ProbeClock) throws -> [PreflightCheck] {
        let completed = try Ledger.rehearsals(of: "\(source)", knownTo: ledger)
        let byManner = Dictionary(grouping: completed.filter { $0.manner != nil }, by: \.manner)
        // Of as many in several manners, those with the newest.
        let alike = byManner.values.max { ($0.count, Self.newest($0)) < ($1.count, Self.newest($1)) } ?? []
        return [count(completed, alike, clock)] + apart(isWanted: alike.count < Clearance.wanted, clock)
    }

    private static func newest(_ rehearsals: [CompletedRehearsal]) -> Double { rehearsals.map(\.ended).max() ?? 0 }

    /// - Parameter alike: the most that were made in one manner: whichever a run will take is not known yet.
    private func count(
        _ completed: [CompletedRehearsal], _ alike: [CompletedRehearsal], _ clock: ProbeClock
    ) -> PreflightCheck {
        let name = "rehearsals"
        let words =
            "\(alike.count) of \(Clearance.wanted) completed" + (alike.first?.manner.map { ", with \($0)" } ?? "")
            + (completed.count > alike.count ? "; \(completed.count - alike.count) otherwise" : "")
        if let rehearsal {
            guard completed.contains(where: { $0.ledger == rehearsal }) else { return clock.passed(name, words) }
            return clock.failed(
                name, "\(rehearsal) is one that is complete",
                advice: "\(command) begins the next one")
        }
        if alike.count >= Clearance.wanted { return clock.passed(name, words) }
        return clock.attention(
            name, words,
            advice: "\(command) makes one; without them a run wants --without-rehearsals=REASON")
    }

    /// Nothing of a staging that is not there and not needed any more.
    private func apart(isWanted: Bool, _ clock: ProbeClock) -> [PreflightCheck] {
        guard hasStaging || isWanted else { return [] }
        let name = "staging"
        do {
            let rehearsal = try staging()
            let places = rehearsal.endpoints
            let words = ["\(places.store) and \(places.catalog) are apart from production"] + rehearsal.retirements
            return [clock.passed(name, words.joined(separator: "; "))]
        } catch let refusal as NoRehearsal {
            return [clock.attention(name, refusal.problem, advice: refusal.advice)]
        } catch {
            return [clock.failed(name, error)]
        }
    }
}
