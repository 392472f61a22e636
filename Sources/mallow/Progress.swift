// SPDX-License-Identifier: Apache-2.0
import Console
import Foundation
import Ledger
import MigrationModel

/// How far a run is, how fast, and when it may end, from snapshots of the ledger.
struct Progress {
    /// Rates are taken over this many seconds, not over the whole run.
    private static let window = 30.0

    private var samples: [(seconds: Double, videos: Int)] = []

    /// One line that fits `width` columns: bar, videos, transcripts, rate, ETA, retries, rollbacks.
    mutating func bar(of summary: RunSummary, width: Int) -> String {
        let done = Self.done(summary)
        samples.append((summary.seconds, done))
        samples.removeAll { $0.seconds < summary.seconds - Self.window }
        guard summary.state != RunState.planning.rawValue else {
            return "planning: \(counted(summary.totals.sum(\.courses), "course")) listed"
        }
        let known = summary.videos.values.reduce(0, +)
        let fraction = Self.fraction(summary)
        let ended = summary.totals.states.filter { !Self.open.contains($0.state) }.reduce(0) { $0 + $1.courses }
        var parts = [
            "\(Int(fraction * 100))%", eta(summary), "\(ended)/\(summary.totals.sum(\.courses)) courses",
            "\(done)/\(known)\(Self.unlisted(summary) > 0 ? "+" : "") videos",
            "\(summary.transcripts["store"] ?? 0) transcripts", String(format: "%.0f videos/s", rate ?? 0),
        ]
        if summary.retries > 0 { parts.append(summary.retries == 1 ? "1 retry" : "\(summary.retries) retries") }
        if summary.rollbacks > 0 { parts.append(counted(summary.rollbacks, "rollback")) }
        // What matters most stands first: a narrow terminal loses the rest, whole pieces at a time.
        while parts.count > 2, parts.joined(separator: "  ").count + 12 > width { parts.removeLast() }
        let text = "  " + parts.joined(separator: "  ")
        let cells = max(0, min(30, width - text.count - 1))
        return Self.cells(fraction, cells) + String(text.prefix(max(0, width - cells - 1)))
    }

    private static func done(_ summary: RunSummary) -> Int {
        summary.videos.filter { $0.key != VideoState.pending.rawValue && $0.key != VideoState.migrating.rawValue }
            .values.reduce(0, +)
    }

    /// States in which a course is not at its end.
    private static let open: Set<String> = Set([CourseState.pending, .queued, .running, .retrying].map(\.rawValue))

    /// Courses whose videos are not listed yet: their number is not known, and the bar says so with a +.
    private static func unlisted(_ summary: RunSummary) -> Int {
        summary.totals.states.filter { open.contains($0.state) }.reduce(0) { $0 + $1.unlisted }
    }

    /// Each course counts alike: the number of courses is known from the start and never grows.
    private static func fraction(_ summary: RunSummary) -> Double {
        let courses = summary.totals.sum(\.courses)
        guard courses > 0 else { return 0 }
        let parts = summary.totals.states.map { open.contains($0.state) ? $0.progress : Double($0.courses) }
        return parts.reduce(0, +) / Double(courses)
    }

    /// Videos a second over the window; nil before there are two samples.
    private var rate: Double? {
        guard let first = samples.first, let last = samples.last, last.seconds > first.seconds else { return nil }
        return Double(last.videos - first.videos) / (last.seconds - first.seconds)
    }

    /// An interval: from the faster and the slower half of the window, over what is left by the courses' mean size.
    private func eta(_ summary: RunSummary) -> String {
        let half = samples.count / 2
        guard half > 2, let first = samples.first, let last = samples.last else { return "ETA …" }
        let middle = samples[half]
        let rates = [
            Double(middle.videos - first.videos) / max(0.1, middle.seconds - first.seconds),
            Double(last.videos - middle.videos) / max(0.1, last.seconds - middle.seconds),
        ].sorted()
        let listed = summary.totals.sum(\.courses) - Self.unlisted(summary)
        let mean = Double(summary.videos.values.reduce(0, +)) / Double(max(1, listed))
        let started = summary.videos.values.reduce(0, +) - Self.done(summary)
        let left = Double(started) + mean * Double(Self.unlisted(summary))
        guard left > 0 else { return "ETA now" }
        guard rates[0] > 0 else {
            return rates[1] > 0 ? "ETA over \(Figures.duration(left / rates[1]))" : "ETA unknown"
        }
        let (early, late) = (Figures.duration(left / rates[1]), Figures.duration(left / rates[0]))
        return early == late ? "ETA \(early)" : "ETA \(early)–\(late)"
    }

    /// A bar in eighths of a cell.
    private static func cells(_ fraction: Double, _ width: Int) -> String {
        let eighths = Int(fraction * Double(width * 8))
        let parts = Array(" ▏▎▍▌▋▊▉")
        let full = String(repeating: "█", count: eighths / 8)
        let rest =
            eighths / 8 < width
            ? String(parts[eighths % 8]) + String(repeating: "·", count: width - eighths / 8 - 1) : ""
        return full + rest
    }
}
