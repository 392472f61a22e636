// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Synchronization

/// Makes a call again, in its time, that a store refused because it was asked for too much.
///
/// Such a call was refused before anything was done, so it may be made again as it stands.
struct Unhurried: Sendable {
    /// How often a call is made.
    private static let tries = 3
    /// In seconds. Whoever is to wait for longer does something else meanwhile.
    static let longest = 10.0

    private let surroundings: Surroundings
    private let mayWait: @Sendable (Double) -> Bool
    private let answered: @Sendable () -> Void

    /// - Parameters:
    ///   - mayWait: whether a call waits for so many seconds; else it fails with what the store said.
    ///   - answered: told of every call that went well.
    init(
        _ surroundings: Surroundings, mayWait: @escaping @Sendable (Double) -> Bool,
        answered: @escaping @Sendable () -> Void = {}
    ) {
        (self.surroundings, self.mayWait, self.answered) = (surroundings, mayWait, answered)
    }

    /// For who looks or settles outside a run, where nobody else waits for a store: half a minute after the first of calls
    /// that were all refused, none waits any more until one is answered, or nobody has asked for half a minute.
    init(outsideRuns surroundings: Surroundings) {
        let refusals = Refusals()
        self.init(
            surroundings,
            mayWait: { $0 <= Self.longest && refusals.last(until: surroundings.uptime()) < Refusals.most },
            answered: refusals.end)
    }

    /// - Throws: what the last call threw, also when the task is cancelled while it waits.
    func call<Value>(_ body: () async throws -> Value) async throws -> Value {
        var attempt = 1
        while true {
            do {
                let value = try await body()
                answered()
                return value
            } catch let failure as Failure where failure.class == .throttled && attempt < Self.tries {
                let pause = max(RetryPolicy().delay(jitter: surroundings.jitter()), .seconds(failure.retryAfter ?? 0))
                guard mayWait(pause / .seconds(1)) else { throw failure }
                // Who was refused has done nothing: a cancelled task is told that, and not that it was given up.
                do { try await surroundings.sleep(pause) } catch { throw failure }
                attempt += 1
            }
        }
    }

    /// Calls that were refused, and none in between that was answered.
    private final class Refusals: Sendable {
        /// In seconds.
        static let most = 30.0

        private let moments = Mutex((first: Double, last: Double)?.none)

        /// Notes that a call was refused now.
        ///
        /// - Returns: for how many seconds calls have been refused.
        func last(until now: Double) -> Double {
            moments.withLock { moments in
                let first = moments.flatMap { now - $0.last < Self.most ? $0.first : nil } ?? now
                moments = (first, now)
                return now - first
            }
        }

        func end() { moments.withLock { $0 = nil } }
    }
}
