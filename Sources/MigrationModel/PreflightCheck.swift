// SPDX-License-Identifier: Apache-2.0

/// One thing that was proven before a run, or was not: measured just now, never assumed. Its encoded form is a contract
/// with scripts.
package struct PreflightCheck: Sendable, Hashable, Codable {
    package enum Verdict: String, Sendable, Hashable, Codable {
        case pass
        /// A run may begin; somebody should know.
        case attention
        /// No run begins.
        case fail
    }

    /// What was looked at, in a word or three: "source", "store: put if absent".
    package let name: String
    /// What was found, with its figure.
    package let measured: String
    /// What it has to be; nil where there is no limit to name.
    package let limit: String?
    package let verdict: Verdict
    /// What to do about it; nil when it passed.
    package let advice: String?
    /// How long looking took, in seconds.
    package let seconds: Double
    /// What kind of failure it was that a look ended with, and not a promise that was not kept. No part of the encoded
    /// form.
    package private(set) var failed: Failure.Class?

    private enum CodingKeys: String, CodingKey { case name, measured, limit, verdict, advice, seconds }

    package init(
        name: String, measured: String, limit: String? = nil, verdict: Verdict, advice: String? = nil, seconds: Double,
        failed: Failure.Class? = nil
    ) {
        self.name = name
        self.measured = measured
        self.limit = limit
        self.verdict = verdict
        self.advice = advice
        self.seconds = seconds
        self.failed = failed
    }
}
