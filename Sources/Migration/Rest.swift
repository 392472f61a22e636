// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization

/// Lets no video in for as long as the object store asked to be left alone (`Retry-After`).
///
/// Calls of videos that are in flight go on: what they have begun has to be finished or taken back.
final class Rest: Sendable {
    /// A run asks again after so many seconds, whatever the store said.
    static let longest = 300.0

    private let control: RunControl
    private let journal: Journal
    private let surroundings: Surroundings
    /// By the engine's uptime.
    private let end = Mutex(-Double.infinity)
    private let (requests, asked) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(control: RunControl, journal: Journal, surroundings: Surroundings) {
        (self.control, self.journal, self.surroundings) = (control, journal, surroundings)
    }

    /// Hears of one call.
    func hear(_ answer: CallAnswer) {
        guard let seconds = answer.failure?.retryAfter, seconds > 0 else { return }
        let asked = answer.ended + min(seconds, Self.longest)
        end.withLock { end in
            guard asked > end else { return }
            end = asked
            let time = surroundings.clock(at: asked)
            let reason = "waits and resumes by itself: the object store asked to be left alone until \(time)"
            control.pause(for: .rest, reason: reason) { journal.note($0) }
            self.asked.yield()
        }
    }

    /// Seconds until the store may be asked again; 0 when it may be asked.
    var seconds: Double { end.withLock { max(0, $0 - surroundings.uptime()) } }

    /// Opens the gate again when it is time, until its task is cancelled.
    func watch() async throws {
        for await _ in requests {
            while seconds > 0 { try await surroundings.sleep(.seconds(seconds)) }
            end.withLock { end in
                // Another call may have asked for longer in this moment.
                if end <= surroundings.uptime() { control.resume(after: .rest) { journal.note($0) } }
            }
        }
    }
}
