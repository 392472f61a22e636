// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// Law 12: a course is retried after 2 s, at most 3 times, and only for what can pass.
struct RetryPolicy: Sendable {
    /// The most retries of one course.
    static let most = 3
    /// Seconds between attempts; varied by a fifth, so that many courses do not come back at once.
    static let pause = 2.0

    /// Whether another attempt at a thing that failed `attempts` times may help.
    ///
    /// Bytes that changed on the way are read and sent once more, and no more than once.
    func mayPass(_ failure: Failure, attempts: Int) -> Bool {
        failure.class == .integrity ? attempts < 2 : failure.class.isRetryable
    }

    /// - Parameter jitter: in -1...1.
    func delay(jitter: Double) -> Duration { .seconds(Self.pause * (1 + jitter / 5)) }
}
