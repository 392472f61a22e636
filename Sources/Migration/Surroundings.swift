// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// What the engine takes from the world besides its ports. Tests give it a world of their own.
package struct Surroundings: Sendable {
    /// Waits; throws when the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void
    /// Seconds since some fixed moment, never going back.
    package let uptime: @Sendable () -> Double
    /// The wall clock.
    package let now: @Sendable () -> Date
    /// A fresh random id.
    package let newID: @Sendable () -> UUID
    /// A random number in -1...1.
    package let jitter: @Sendable () -> Double

    package init(
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        uptime: @escaping @Sendable () -> Double,
        now: @escaping @Sendable () -> Date,
        newID: @escaping @Sendable () -> UUID,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.sleep = sleep
        self.uptime = uptime
        self.now = now
        self.newID = newID
        self.jitter = jitter
    }

    /// A moment of the uptime by the wall clock, for people to read.
    func clock(at moment: Double) -> String {
        let date = now().addingTimeInterval(moment - uptime())
        return date.formatted(.iso8601.time(includingFractionalSeconds: false)) + " UTC"
    }
}
