// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import MigrationModel

/// How fast a run goes, and when it may end: the rate over seconds, the forecast over minutes, always as an interval.
package struct Trend: Sendable, Hashable {
    private struct Sample: Sendable, Hashable {
        let at: Double
        let videos: Int
        let transcripts: Int
    }

    /// Seconds.
    private static let longest = 600.0
    private static let short = 10.0

    private var run: Int64?
    private var samples: [Sample] = []
    /// When the run was last looked at, and for how many seconds in all it waited: they are no part of its pace.
    private var seen: Double?
    private var waited = 0.0
    private var isWaiting = false

    package init() {}

    /// Takes note of how far the run is. Work that was done before the first sample is no part of the rate.
    mutating func add(_ view: LedgerView) {
        guard let row = view.run, row.ended == nil, view.heartbeatAge != nil else { return }
        let now = view.at.timeIntervalSince1970
        if run != row.id { (run, samples, seen, waited) = (row.id, [], nil, 0) }
        let state = RunState(rawValue: row.state)
        // While it comes to rest it starts nothing, and what ends then is made up for when it starts again.
        isWaiting = state == .pausing || state == .paused || state == .waitingForWindow
        if isWaiting, let seen { waited += max(0, now - seen) }
        seen = now
        guard !isWaiting else { return }
        let at = now - waited
        // Several views a second say no more than one.
        if let last = samples.last, at - last.at < 0.9 { return }
        let done = view.totals.videosBehind
        if let last = samples.last, done < last.videos { samples = [] }
        samples.append(Sample(at: at, videos: done, transcripts: view.totals.sum(\.store)))
        samples.removeAll { $0.at < at - Self.longest }
    }

    /// Transcripts a second, over the last seconds.
    package var rate: Double { isWaiting ? 0 : rate(over: Self.short, \.transcripts) }

    /// The rates of the last seconds, oldest first, at most `count`.
    package func rates(_ count: Int) -> [Double] {
        let pairs = zip(samples, samples.dropFirst()).suffix(count)
        return pairs.map { max(0, Double($1.transcripts - $0.transcripts)) / max(0.1, $1.at - $0.at) }
    }

    /// Seconds until `left` more videos are done, from soon to late; nil when it cannot be said yet.
    package func remaining(_ left: Int) -> ClosedRange<Double>? {
        guard left > 0 else { return 0...0 }
        guard samples.count >= 5 else { return nil }
        let rates = [60, 180, Self.longest].map { rate(over: $0, \.videos) }.filter { $0 > 0 }
        guard let slow = rates.min(), let fast = rates.max() else { return nil }
        // Even where all of them agree, a forecast is no promise.
        return Double(left) / (fast * 1.1)...Double(left) / (slow * 0.9)
    }

    private func rate(over seconds: Double, _ count: KeyPath<Sample, Int>) -> Double {
        guard let last = samples.last, let first = samples.first(where: { $0.at >= last.at - seconds }),
            last.at > first.at
        else { return 0 }
        // A course that is begun again is listed anew: what it had is not taken from what was done.
        return max(0, Double(last[keyPath: count] - first[keyPath: count])) / (last.at - first.at)
    }
}

extension RunTotals {
    var videos: Int { sum(\.pending) + sum(\.migrating) + videosDone }
    /// Videos that are as far as they can be brought for now.
    var videosDone: Int { videosProven + sum(\.rolledBack) + sum(\.failed) }
    /// Videos that are where they should be, or that somebody lets stay behind.
    var videosProven: Int { sum(\.verified) + sum(\.waivedVideos) }
    /// Videos that the run is through with. What a queued course had before is looked at again, and what has failed in a
    /// course that is not at its end may be tried again.
    var videosBehind: Int {
        states.reduce(0) { sum, state in
            switch CourseState(rawValue: state.state) {
            case .queued: sum
            case .running, .retrying: sum + state.videosProven
            default: sum + state.videosDone
            }
        }
    }
    /// Videos that are before the run: all others of the courses that it has not brought to their end.
    var videosAhead: Int {
        states.filter { CourseState(rawValue: $0.state)?.isUnfinished == true }.reduce(0) { sum, state in
            let isBegun = state.state != CourseState.queued.rawValue
            return sum + state.pending + state.migrating + state.videosDone - (isBegun ? state.videosProven : 0)
        }
    }
    /// Courses that have to be run, or are, whose videos nobody has counted yet.
    var coursesUnlisted: Int {
        let open = Set([CourseState.pending, .queued, .running, .retrying].map(\.rawValue))
        return states.filter { open.contains($0.state) }.reduce(0) { $0 + $1.unlisted }
    }
    /// All videos, with as many for each course that is not listed yet as the others have on average.
    var videosExpected: Int { videos + estimated(coursesUnlisted) }
    /// The same of ``videosAhead``.
    var videosAheadExpected: Int {
        let unlisted = states.filter { CourseState(rawValue: $0.state)?.isUnfinished == true }
        return videosAhead + estimated(unlisted.reduce(0) { $0 + $1.unlisted })
    }

    private func estimated(_ courses: Int) -> Int {
        let listed = sum(\.courses) - sum(\.unlisted)
        return listed > 0 ? Int((Double(videos) / Double(listed) * Double(courses)).rounded(.up)) : 0
    }

    /// Courses in a state.
    func courses(in states: String...) -> Int {
        self.states.filter { states.contains($0.state) }.reduce(0) { $0 + $1.courses }
    }
}

extension RunTotals.State {
    fileprivate var videosDone: Int { videosProven + rolledBack + failed }
    fileprivate var videosProven: Int { verified + waivedVideos }
}

extension CourseRow {
    var videos: Int { pending + migrating + verified + rolledBack + failed + waivedVideos }
}
