// SPDX-License-Identifier: Apache-2.0

/// Why something did not go on, said to the person who runs it.
///
/// A connector decides the class by codes, never by text, and it alone: above it the class is the truth.
package struct Failure: Error, Hashable, Sendable, Codable {
    /// What may be done about it, and by whom.
    package enum Class: String, Sendable, Codable, CaseIterable {
        /// Passing; the course is retried.
        case transient
        /// The store asks for less; retried, and the whole fleet slows down.
        case throttled
        /// A reply was lost: the effect may have happened. Read, then decide.
        case ambiguous
        /// Something else stands where ours would go. Never retried.
        case conflict
        /// The contentstore's own bytes are no transcript. Never retried.
        case sourceCorrupt = "source corrupt"
        /// Bytes changed on the way. Once again from the source's bytes, then never.
        case integrity
        /// Refused, and whatever else is asked there would be, too: somebody has to put it right. The run drains.
        case auth
        /// Ours. Never retried.
        case bug

        /// Whether trying the same course again can help.
        package var isRetryable: Bool {
            switch self {
            case .transient, .throttled, .ambiguous, .integrity: true
            case .conflict, .sourceCorrupt, .auth, .bug: false
            }
        }

        /// Whether a waiver lets a video stay behind that failed so: it is about what cannot be migrated, and not about a
        /// place that does not answer, or lets nobody in, just now.
        package var mayStayBehind: Bool { !isRetryable && self != .auth }
    }

    package let `class`: Class
    /// What stopped: "put object", "read video".
    package let what: String
    /// Where exactly: a key, a file and line, a course.
    package let place: String
    /// The server's or the system's own words.
    package let cause: String
    /// What is safe now.
    package let safe: String
    /// What to press or run.
    package let advice: String
    /// Seconds in which a place that asks for less wants to be left alone, 0 when it does not say for how long; nil when it
    /// does not ask for less.
    package let retryAfter: Double?

    package init(
        _ class: Class,
        _ what: String,
        at place: String,
        cause: String,
        safe: String = "nothing was changed",
        advice: String,
        retryAfter: Double? = nil
    ) {
        self.class = `class`
        self.what = what
        self.place = place
        self.cause = cause
        self.safe = safe
        self.advice = advice
        self.retryAfter = retryAfter
    }

    /// Any error as a failure: itself, or a bug at `place` when no connector classed it.
    package init(_ error: any Error, _ what: String, at place: String) {
        if let failure = error as? Failure {
            self = failure
        } else {
            self.init(
                .bug, what, at: place,
                cause: "\(error)",
                safe: "the ledger knows what was under way and undoes it at the next start",
                advice: "run mallow recover, and report this with the ledger"
            )
        }
    }
}

extension Failure: CustomStringConvertible {
    /// The cause and the next step, where the line already says what and where.
    package var brief: String { "\(cause) (\(`class`.rawValue)); \(advice)" }

    /// A place with more characters than that would push the cause out of a narrow line.
    private static let longPlace = 40

    /// One sentence that names the thing, the cause and the next step. Where the place is long, the cause is before it.
    package var description: String { "\(sentence)." }

    /// The same without its stop, where something follows.
    package var sentence: String {
        let why = "\(cause) (\(`class`.rawValue))"
        let stop =
            place.count > Self.longPlace
            ? "\(what) stopped: \(why), at \(place)" : "\(what) stopped at \(place): \(why)"
        return "\(stop); \(safe); \(advice)"
    }
}
