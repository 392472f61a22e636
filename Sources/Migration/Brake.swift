// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// Lowers how many videos are in flight when the object store or the contentstore asks for less or becomes slow, for the
/// whole fleet.
///
/// Half of them at each trouble, one more for every second without any: the bound finds what they bear, and follows
/// it. It is a bound beside the operator's limit, which it never raises or changes; where it reaches that limit
/// it is released. It has no clock and no timer: it only hears of calls, and when they ended.
struct Brake: Sendable {
    /// Seconds in which it falls no further: calls that were under way say nothing of the new bound.
    static let hold = 2.0
    /// Seconds without trouble for each video more, and the least time between two bounds that are told.
    static let rise = 1.0
    /// A place's calls are compared by so many at a time; one that is slow, or seven, do not move the middle of them.
    static let window = 16
    /// They are slow when they take so many times what they took at best, and longer than a quarter of a second.
    static let slowness = (factor: 4.0, floor: 0.25)

    /// How many videos it lets be in flight; nil while it is released.
    private(set) var bound: Int?
    private(set) var reason = ""

    /// Whose trouble it was last: what others bear says nothing of it.
    private var culprit: Outage.Place?
    private var lastFall = -Double.infinity
    /// When it last had trouble, or last rose.
    private var quietSince = -Double.infinity
    private var paces: [Outage.Place: Pace] = [:]
    private var told: (bound: Int?, at: Double) = (nil, -.infinity)

    /// Hears of one call.
    ///
    /// - Parameter limit: the operator's.
    /// - Returns: what is to be written down, when the bound is another one than was told last.
    mutating func hear(_ answer: CallAnswer, limit: Int) -> Checkpoint? {
        let now = answer.ended
        if let trouble = trouble(in: answer) {
            (quietSince, culprit) = (now, answer.place)
            if now - lastFall >= Self.hold {
                (bound, reason) = (max(1, min(bound ?? limit, limit) / 2), trouble)
                lastFall = now
            }
        } else if let bound, answer.place == culprit, now - quietSince >= Self.rise {
            self.bound = bound + 1
            quietSince = now
        }
        if let bound, bound >= limit { self.bound = nil }
        guard bound != told.bound, now - told.at >= Self.rise else { return nil }
        told = (bound, now)
        return .braked(to: bound, reason: bound == nil ? "" : reason)
    }

    /// Why the store should be asked less.
    private mutating func trouble(in answer: CallAnswer) -> String? {
        let (place, calls) =
            switch answer.place {
            case .source: ("the contentstore", "reads")
            case .store: ("the store", "puts")
            case .catalog: ("the catalog", "commits")
            }
        if let failure = answer.failure, failure.class == .throttled || failure.retryAfter != nil {
            return "\(place) asked for less"
        }
        guard answer.isMeasured, answer.error == nil,
            let (median, best) = paces[answer.place, default: Pace()].hear(answer.ended - answer.began)
        else { return nil }
        return String(format: "%@'s %@ take %.1f s, %.2f s at best", place, calls, median, best)
    }

    /// How long one place's calls take.
    private struct Pace {
        private var calls: [Double] = []
        /// The seconds that a call took in the best window.
        private var best: Double?

        /// Hears how long one took.
        ///
        /// - Returns: how long those of a window take, and of the best one, when that is too long.
        mutating func hear(_ seconds: Double) -> (median: Double, best: Double)? {
            calls.append(seconds)
            guard calls.count == Brake.window else { return nil }
            let median = calls.sorted()[Brake.window / 2]
            calls.removeAll(keepingCapacity: true)
            // The best is forgotten slowly: what is slow for long, whatever is asked of it, is the place's own pace.
            let best = min((best ?? .infinity) * 1.02, median)
            self.best = best
            return median > best * Brake.slowness.factor && median > Brake.slowness.floor ? (median, best) : nil
        }
    }
}
