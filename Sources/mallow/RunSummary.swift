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

    /// What a progress bar needs besides; not encoded.
    let state: String
    let reason: String
    let rows: [CourseRow]
    let unreadable: Int

    private enum CodingKeys: String, CodingKey {
        case event, exit, run, courses, videos, transcripts, retries, rollbacks, seconds
    }

    init(of id: RunID, in ledger: Ledger) async throws {
        let row = try await ledger.run(id)
        rows = try await ledger.courses(of: id)
        exit = try await ledger.exitStatus(of: id).rawValue
        run = id.number
        courses = rows.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
        videos = Self.videos(rows)
        transcripts = Self.transcripts(rows)
        retries = rows.reduce(0) { $0 + $1.retries }
        rollbacks = rows.reduce(0) { $0 + $1.rollbacks }
        let started = row?.started ?? 0
        seconds = (row?.ended ?? ledger.now().timeIntervalSince1970) - started
        state = row?.state ?? ""
        reason = row?.reason ?? ""
        unreadable = row?.unreadable ?? 0
    }

    /// Videos by state over some courses; states nobody is in are left out.
    static func videos(_ rows: [CourseRow]) -> [String: Int] {
        let states: [(VideoState, KeyPath<CourseRow, Int>)] = [
            (.pending, \.pending), (.migrating, \.migrating), (.verified, \.verified),
            (.rolledBack, \.rolledBack), (.failed, \.failed), (.waived, \.waivedVideos),
        ]
        return sums(states.map { ($0.0.rawValue, $0.1) }, rows).filter { $0.value > 0 }
    }

    /// Transcripts by what they are, over some courses.
    static func transcripts(_ rows: [CourseRow]) -> [String: Int] {
        sums(
            [
                ("contentstore", \.contentstore), ("store", \.store), ("migrated", \.migrated), ("present", \.present),
                ("dangling", \.dangling), ("corrupt", \.corrupt), ("conflict", \.conflict), ("waived", \.waived),
            ], rows
        )
    }

    private static func sums(_ columns: [(String, KeyPath<CourseRow, Int>)], _ rows: [CourseRow]) -> [String: Int] {
        columns.reduce(into: [:]) { sums, column in sums[column.0] = rows.reduce(0) { $0 + $1[keyPath: column.1] } }
    }
}
