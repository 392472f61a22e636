// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// So many a second and no more: a schedule of places, one after the other, that callers wait for.
///
/// Nothing is saved up: whoever comes after a pause is let through at once, and not a crowd with him.
package final class RateLimit: Sendable {
    private let interval: Double
    private let surroundings: Surroundings
    /// When the next place is, by the surroundings' uptime.
    private let next = Mutex(0.0)

    /// - Parameter perSecond: over 0.
    package init(perSecond: Double, surroundings: Surroundings) {
        precondition(perSecond > 0, "something is let through")
        interval = 1 / perSecond
        self.surroundings = surroundings
    }

    /// Waits for a place; for several at once, for the last of them.
    ///
    /// - Throws: when the task is cancelled.
    package func wait(for count: Int = 1) async throws {
        guard count > 0 else { return }
        let now = surroundings.uptime()
        let place = next.withLock { next in
            let first = max(next, now)
            next = first + interval * Double(count)
            return first + interval * Double(count - 1)
        }
        if place > now { try await surroundings.sleep(.seconds(place - now)) }
    }
}
