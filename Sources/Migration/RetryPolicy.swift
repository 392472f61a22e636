// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// Law 12: a course is retried after 2 s, at most 3 times, and only for classes that can pass.
struct RetryPolicy: Sendable {
    /// The most retries of one course.
    static let most = 3
    /// Seconds between attempts; varied by a fifth, so that many courses do not come back at once.
    static let pause = 2.0

    /// Whether another attempt may help after `retries` of them.
    func allows(_ failures: [Failure], after retries: Int) -> Bool {
        retries < Self.most && failures.contains { mayPass($0, after: retries) }
    }

    /// - Parameter jitter: in -1...1.
    func delay(jitter: Double) -> Duration { .seconds(Self.pause * (1 + jitter / 5)) }

    /// Bytes that changed on the way are read and sent once more, and no more than once.
    private func mayPass(_ failure: Failure, after retries: Int) -> Bool {
        failure.class == .integrity ? retries < 1 : failure.class.isRetryable
    }
}
