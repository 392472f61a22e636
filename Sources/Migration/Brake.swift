// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// Lowers how many videos are in flight when the object store asks for less or becomes slow, for the whole fleet.
///
/// Half of them at each trouble, one more for every second without any: the bound finds what the store bears, and
/// follows it. It is a bound beside the operator's limit, which it never raises or changes; where it reaches that limit
/// it is released. It has no clock and no timer: it only hears of calls, and when they ended.
struct Brake: Sendable {
    /// Seconds in which it falls no further: calls that were under way say nothing of the new bound.
    static let hold = 2.0
    /// Seconds without trouble for each video more, and the least time between two bounds that are told.
    static let rise = 1.0
    /// Puts are compared by so many at a time; one that is slow, or seven, do not move the middle of them.
    static let window = 16
    /// They are slow when they take so many times what they took at best, and longer than a quarter of a second.
    static let slowness = (factor: 4.0, floor: 0.25)

    /// How many videos it lets be in flight; nil while it is released.
    private(set) var bound: Int?
    private(set) var reason = ""

    private var lastFall = -Double.infinity
    /// When it last had trouble, or last rose.
    private var quietSince = -Double.infinity
    private var puts: [Double] = []
    /// The seconds that a put took in the best window.
    private var best: Double?
    private var told: (bound: Int?, at: Double) = (nil, -.infinity)

    /// Hears of one call.
    ///
    /// - Parameter limit: the operator's.
    /// - Returns: what is to be written down, when the bound is another one than was told last.
    mutating func hear(_ answer: CallAnswer, limit: Int) -> Checkpoint? {
        let now = answer.ended
        if let trouble = trouble(in: answer) {
            quietSince = now
            if now - lastFall >= Self.hold {
                (bound, reason) = (max(1, min(bound ?? limit, limit) / 2), trouble)
                lastFall = now
            }
        } else if let bound, now - quietSince >= Self.rise {
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
        if answer.failure?.class == .throttled { return "the store asked for less" }
        guard answer.isPut, answer.error == nil else { return nil }
        puts.append(answer.ended - answer.began)
        guard puts.count == Self.window else { return nil }
        let median = puts.sorted()[Self.window / 2]
        puts.removeAll(keepingCapacity: true)
        // The best is forgotten slowly: what is slow for long, whatever is asked of it, is the store's own pace.
        let best = min((best ?? .infinity) * 1.02, median)
        self.best = best
        guard median > best * Self.slowness.factor, median > Self.slowness.floor else { return nil }
        return String(format: "the store's puts take %.1f s, %.2f s at best", median, best)
    }
}
