// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// Makes a call again that failed in a way that passes, once its place has been asked and has answered.
struct Patience: Sendable {
    /// How often a call is made, though the place answers others in between.
    private static let tries = 3

    let watching: CallWatch
    let outage: Outage
    let surroundings: Surroundings

    /// - Parameter isMeasured: as for a ``CallAnswer``.
    /// - Throws: what the last try throws.
    func callAsFunction<Value>(isMeasured: Bool = false, _ call: () async throws -> Value) async throws -> Value {
        var attempt = 1
        while true {
            let began = surroundings.uptime()
            do {
                return try await watching(isMeasured: isMeasured, call)
            } catch let failure as Failure where failure.class == .transient && attempt < Self.tries {
                _ = await outage.wasOut(since: began)
                await outage.passed()
                // Two that deadlocked are not to meet again.
                try await surroundings.sleep(.milliseconds(Int64(100 * (1.5 + surroundings.jitter()))))
                attempt += 1
            }
        }
    }
}
