// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// Makes a call again, in its time, that a store refused because it was asked for too much.
///
/// Such a call was refused before anything was done, so it may be made again as it stands.
struct Unhurried: Sendable {
    /// How often a call is made.
    private static let tries = 3

    /// In seconds. A call that is to wait for longer fails.
    var longest = 10.0
    let surroundings: Surroundings
    /// Whether it is of any use to wait.
    var mayWait: @Sendable () -> Bool = { true }

    /// - Throws: what the last call threw; `CancellationError` when the task is cancelled while it waits.
    func call<Value>(_ body: () async throws -> Value) async throws -> Value {
        var attempt = 1
        while true {
            do {
                return try await body()
            } catch let failure as Failure
                where failure.class == .throttled && attempt < Self.tries && failure.retryAfter ?? 0 <= longest
                && mayWait()
            {
                let pause = max(RetryPolicy().delay(jitter: surroundings.jitter()), .seconds(failure.retryAfter ?? 0))
                try await surroundings.sleep(pause)
                attempt += 1
            }
        }
    }
}
