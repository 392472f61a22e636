// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Testing

@Suite struct FailureTests {
    private let failure = Failure(
        .throttled,
        "put object",
        at: "video-transcripts/1.srt",
        cause: "503 SlowDown",
        safe: "nothing was written",
        advice: "wait, the fleet slows down"
    )

    @Test func `a long place does not push the cause out of a narrow line`() {
        let place = "/var/lib/mallow/platforms/production/2026/mallow.ledger"
        let failure = Failure(
            .transient, "writing the ledger", at: place, cause: "database or disk is full", advice: "make room")
        #expect(
            failure.description
                == "writing the ledger stopped: database or disk is full (transient), at \(place); nothing was changed; make room."
        )
    }

    @Test func `the sentence holds what stopped, where, the cause, what is safe and what to do`() {
        #expect(
            failure.description == "put object stopped at video-transcripts/1.srt: 503 SlowDown (throttled); "
                + "nothing was written; wait, the fleet slows down."
        )
    }

    @Test func `nothing was changed unless it is said`() {
        #expect(Failure(.auth, "read video", at: "x", cause: "401", advice: "log in").safe == "nothing was changed")
    }

    @Test func `only what may pass is retried`() {
        let retryable = Failure.Class.allCases.filter(\.isRetryable)
        #expect(retryable == [.transient, .throttled, .ambiguous, .integrity])
    }

    @Test func `an error that no connector classed is a bug at its place`() {
        let bug = Failure(CorruptTranscript("holds nothing but blanks"), "recognise", at: "x.srt")
        #expect(bug.class == .bug)
        #expect(bug.description.hasPrefix("recognise stopped at x.srt: holds nothing but blanks (bug); "))
    }

    @Test func `a failure stays itself`() {
        #expect(Failure(failure, "run course", at: "elsewhere") == failure)
    }

    @Test func `a failure is written down and read back`() throws {
        let read = try JSONDecoder().decode(Failure.self, from: JSONEncoder().encode(failure))
        #expect(read == failure)
        let classes = Failure.Class.allCases.map(\.rawValue)
        #expect(
            classes == [
                "transient", "throttled", "ambiguous", "conflict", "source corrupt", "integrity", "auth", "bug",
            ]
        )
    }
}
