// SPDX-License-Identifier: Apache-2.0
import Contentstore
import Deployment
import Foundation
import Ledger
import MigrationModel

/// Counts a rehearsal that ended as it should in production's ledger, and says what it is worth.
struct RehearsalCount {
    /// Production's ledger; one that is missing is made.
    private let production: String
    /// What it calls the rehearsal's.
    private let name: String
    /// The command that goes on with it.
    private let again: String

    /// - Parameters:
    ///   - options: of the rehearsal's ledger.
    ///   - command: makes the next one, or goes on with it.
    init(_ options: LedgerOptions, rehearsing command: String) throws {
        production = try options.productionPath
        name = try options.name
        again = command
    }

    /// Judges it and says what came of it. May be called again: no rehearsal is counted twice.
    ///
    /// - Throws: ``Failure`` from the source, whose courses are listed anew, and from the ledgers.
    func count(_ rehearsal: Rehearsal, in ledger: Ledger) async throws {
        switch try await verdict(rehearsal, ledger) {
        case .unreadable(let name):
            Output.complain(
                "this rehearsal does not count yet: \(name) cannot be read, and who knows what is in it; mend it, and go "
                    + "on with \(again)")
        case .unfinished(let missing, let all):
            Output.complain(
                "this rehearsal does not count yet: \(missing) of \(all) courses are not migrated in the manner of its "
                    + "last run; go on with \(again)")
        case .foundMost(let moved, let found):
            Output.complain(
                "this rehearsal does not count: staging had \(counted(found, "transcript")) already, and \(moved) "
                    + "\(moved == 1 ? "was" : "were") moved; empty its store and its tables, and rehearse again")
        case .overlapped(let other):
            Output.complain(
                "this rehearsal does not count: \(other) was completed after it had begun; empty staging's store and "
                    + "tables, and rehearse again")
        case .completed(let figures): try await keep(figures)
        }
    }

    /// Counts what was completed before and not counted, as when production's ledger could not be written then: the next
    /// rehearsal would go on with it.
    ///
    /// - Throws: ``Failure``, as ``count(_:in:)``.
    static func catchUp(_ rehearsal: Rehearsal, _ options: LedgerOptions, rehearsing command: String) async throws {
        let options = try options.forRun()
        let count = try RehearsalCount(options, rehearsing: command)
        let isCounted = try Ledger.rehearsals(knownTo: count.production).contains { $0.ledger == count.name }
        guard !isCounted, let ledger = try options.openIfThere(),
            try await ledger.newestRun()?.exit == RunExit.done.rawValue,
            case .completed(let figures) = try await count.verdict(rehearsal, ledger)
        else { return }
        try await count.keep(figures)
    }

    private func verdict(_ rehearsal: Rehearsal, _ ledger: Ledger) async throws -> RehearsalVerdict {
        let places = rehearsal.endpoints
        var courses: Set<CourseKey> = []
        for try await listing in try ReadablePlatform(places).source.courses() {
            switch listing {
            case .course(let course): courses.insert(course.key)
            case .unreadable(let name, _): return .unreadable(name)
            }
        }
        return try await ledger.rehearsal(
            of: courses,
            on: Ledger.Places(source: "\(places.source)", store: "\(places.store)", catalog: "\(places.catalog)"),
            named: name, after: try Ledger.rehearsals(of: "\(places.source)", knownTo: production))
    }

    private func keep(_ figures: CompletedRehearsal) async throws {
        let count = try await Ledger(path: production, now: { Date() }).keep(figures)
        Output.complain(
            "rehearsal \(count) of \(Clearance.wanted) is complete: \(figures.transcripts) transcripts of "
                + "\(figures.courses) courses in \(Int(figures.seconds.rounded(.up))) s; \(production) keeps it"
                + (count < Clearance.wanted ? "; empty staging's store and tables before the next one" : ""))
    }
}
