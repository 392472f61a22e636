// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import MigrationModel

/// A run in numbers, as the ledger has them. Its encoded form is a contract with scripts.
struct RunSummary: Sendable, Encodable {
    let event = "summary"
    let exit: Int32
    let run: Int64
    /// By state.
    let courses: [String: Int]
    /// By state.
    let videos: [String: Int]
    let transcripts: [String: Int]
    let retries: Int
    let rollbacks: Int
    let seconds: Double
    /// Left out where the run does not say.
    let reads: ContentstoreReads?

    /// What a progress bar and the closing lines need besides; not encoded.
    let state: String
    let reason: String
    let unreadable: Int
    let totals: RunTotals

    private enum CodingKeys: String, CodingKey {
        case event, exit, run, courses, videos, transcripts, retries, rollbacks, seconds, reads
    }

    init(of id: RunID, in ledger: Ledger) async throws {
        let row = try await ledger.run(id)
        totals = try await ledger.totals(of: id)
        exit = try await ledger.exitStatus(of: id).rawValue
        run = id.number
        courses = totals.states.reduce(into: [:]) { $0[$1.state] = $1.courses }
        videos = Self.videos(totals.states)
        transcripts = Self.transcripts(totals.states)
        retries = totals.sum(\.retries)
        rollbacks = totals.sum(\.rollbacks)
        seconds = (row?.ended ?? ledger.now().timeIntervalSince1970) - (row?.started ?? 0)
        reads = row?.contentstoreReads(at: ledger.now())
        state = row?.state ?? ""
        reason = row?.reason ?? ""
        unreadable = row?.unreadable ?? 0
    }

    /// Videos by state over some courses; states nobody is in are left out.
    static func videos(_ sums: [any CourseSums]) -> [String: Int] {
        sums.reduce(into: [:]) { totals, sum in
            for (state, count) in sum.videosByState where count > 0 { totals[state.rawValue, default: 0] += count }
        }
    }

    /// Transcripts by what they are, over some courses.
    static func transcripts(_ sums: [any CourseSums]) -> [String: Int] {
        sums.reduce(into: [:]) { totals, sum in totals.merge(sum.transcripts) { $0 + $1 } }
    }
}
