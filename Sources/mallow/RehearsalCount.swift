// SPDX-License-Identifier: Apache-2.0
import Contentstore
import Deployment
import Foundation
import Ledger
import MigrationModel

/// Counts a rehearsal that ended as it should in production's ledger, and says what it is worth.
struct RehearsalCount {
    /// Production's ledger; one that is missing is made.
    let production: String
    /// What it calls the rehearsal's.
    let name: String

    /// May be called again: no rehearsal is counted twice.
    ///
    /// - Throws: ``Failure`` from the source, whose courses are listed anew, and from the ledgers.
    func count(_ rehearsal: Rehearsal, in ledger: Ledger) async throws {
        var courses: Set<CourseKey> = []
        for try await listing in try ReadablePlatform(rehearsal.endpoints).source.courses() {
            // What cannot be read fails its run: a run that ended well met none.
            if case .course(let course) = listing { courses.insert(course.key) }
        }
        switch try await ledger.rehearsal(of: courses, named: name) {
        case .unfinished(let missing, let all):
            Output.complain(
                "this rehearsal does not count yet: \(missing) of \(all) courses are not migrated; go on with mallow run "
                    + "--rehearsal --all")
        case .movedNothing:
            Output.complain(
                "this rehearsal does not count: staging had every transcript already; empty its store and its tables, and "
                    + "rehearse again")
        case .completed(let figures):
            let count = try await Ledger(path: production, now: { Date() }).keep(figures)
            Output.complain(
                "rehearsal \(count) of \(Clearance.wanted) is complete: \(figures.transcripts) transcripts of "
                    + "\(figures.courses) courses in \(Int(figures.seconds.rounded(.up))) s; \(production) keeps it"
                    + (count < Clearance.wanted
                        ? "; empty staging's store and tables before the next one" : ""))
        }
    }
}
