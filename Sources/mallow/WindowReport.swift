// SPDX-License-Identifier: Apache-2.0
import Console
import Foundation
import Ledger
import MigrationModel

/// How a run stands to the hours that are kept. Its encoded form is a part of `mallow status --json`.
struct WindowReport: Encodable {
    /// As `mallow.yaml` writes them.
    let hours: String
    let open: Bool
    /// When it shuts, or opens; left out for one that never shuts.
    let until: String?
    /// How many seconds the run may still take, from few to many; left out where that cannot be said.
    let eta: [Int]?
    /// Whether that fits before it shuts: FITS, MAY NOT FIT or LATE.
    let verdict: String?
    /// The same for people.
    let line: String

    private enum CodingKeys: String, CodingKey { case hours, open, until, eta, verdict }

    init(_ window: Window, _ snapshot: Snapshot, at now: Date) {
        hours = "\(window)"
        let eta = Self.forecast(snapshot, at: now)
        self.eta = eta.map { [Int($0.lowerBound), Int($0.upperBound)] }
        let words = eta.map {
            "; ETA \(Figures.duration($0.lowerBound))–\(Figures.duration($0.upperBound))"
        }
        switch window.standing(at: now) {
        case .shut(let opening):
            (open, until, verdict) = (false, opening.formatted(.iso8601), nil)
            line =
                "window shut, opens \(window.clock(at: opening)) \(window.zoneName) in "
                + Figures.duration(opening.timeIntervalSince(now))
        case .open(nil):
            (open, until, verdict) = (true, nil, nil)
            line = "window open, never shuts\(words ?? "")"
        case .open(let end?):
            let verdict = eta.map { Deadline(shuts: end).verdict(on: $0, at: now).rawValue }
            (open, until, self.verdict) = (true, end.formatted(.iso8601), verdict)
            line =
                "window open, shuts \(window.clock(at: end)) \(window.zoneName) in "
                + Figures.duration(end.timeIntervalSince(now)) + (words ?? "") + (verdict.map { " \($0)" } ?? "")
        }
    }

    /// From the pace of the whole run so far, half as long again and two thirds: one look knows no more. nil where
    /// too little was done, and where nothing is under way.
    private static func forecast(_ snapshot: Snapshot, at now: Date) -> ClosedRange<Double>? {
        guard let run = snapshot.run, run.ended == nil, run.state == RunState.running.rawValue else { return nil }
        var (done, left) = (0, 0)
        for course in snapshot.courses where course.run == run.id {
            let settled = course.verified + course.waivedVideos + course.rolledBack + course.failed
            let isQueued = course.state == CourseState.queued.rawValue
            done += isQueued ? 0 : settled
            left += course.pending + course.migrating + (isQueued ? settled : 0)
        }
        let seconds = now.timeIntervalSince1970 - run.started
        guard done >= 10, seconds >= 5 else { return nil }
        let mean = seconds / Double(done) * Double(left)
        return mean * 2 / 3...mean * 3 / 2
    }
}
