// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// One look of a preflight at one thing. It has the time that it is given, and its trouble is its own.
struct Probe: Sendable {
    /// What is looked at.
    let name: String
    /// What a look that is given up may leave behind; nil for one that writes nothing.
    var leftover: String?
    /// Looks. What it throws fails this probe alone; what it has no name for yet begins with `name`.
    let look: @Sendable () async throws -> [PreflightCheck]

    /// The checks, or one that says why there are none.
    ///
    /// A look that takes longer than `limit` is given up and not waited for: no system call can be taken back, and a
    /// dead file server must not hold up the others.
    func checks(within limit: Duration) async -> [PreflightCheck] {
        let clock = Stopwatch()
        let (answers, answer) = AsyncStream.makeStream(of: [PreflightCheck].self)
        let work = Task {
            do {
                answer.yield(try await look())
            } catch {
                answer.yield([clock.failed(name, error)])
            }
        }
        let timer = Task {
            guard (try? await Task.sleep(for: limit)) != nil else { return }  // cancelled: there is an answer
            answer.yield([clock.gaveUp(name, after: limit, leftover: leftover)])
        }
        defer {
            work.cancel()
            timer.cancel()
        }
        for await checks in answers { return checks }
        return [clock.gaveUp(name, after: limit, leftover: leftover)]
    }
}

/// Makes checks that know how long they took: from when it was made.
struct Stopwatch: Sendable {
    private let start = ContinuousClock.now

    /// Seconds since it was made.
    var seconds: Double {
        let elapsed = (ContinuousClock.now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }

    func passed(_ name: String, _ measured: String, limit: String? = nil) -> PreflightCheck {
        PreflightCheck(name: name, measured: measured, limit: limit, verdict: .pass, seconds: seconds)
    }

    func attention(_ name: String, _ measured: String, limit: String? = nil, advice: String) -> PreflightCheck {
        PreflightCheck(
            name: name, measured: measured, limit: limit, verdict: .attention, advice: advice, seconds: seconds)
    }

    func failed(_ name: String, _ measured: String, limit: String? = nil, advice: String) -> PreflightCheck {
        PreflightCheck(name: name, measured: measured, limit: limit, verdict: .fail, advice: advice, seconds: seconds)
    }

    /// An error in its own words.
    func failed(_ name: String, _ error: any Error) -> PreflightCheck {
        if let endpoint = error as? InvalidEndpoint {
            let sentence = endpoint.description
            return failed(
                name, sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence,
                advice: "no run begins with this --\(name)")
        }
        let failure = Failure(error, "preflight", at: name)
        return failed(name, "\(failure.what) at \(failure.place): \(failure.cause)", advice: failure.advice)
    }

    fileprivate func gaveUp(_ name: String, after limit: Duration, leftover: String?) -> PreflightCheck {
        let time = String(format: "%g s", limit / .seconds(1))
        let advice = "look whether what it is on is reached and is not overloaded"
        return failed(
            name, "no answer in \(time)", limit: time, advice: leftover.map { "\(advice); \($0)" } ?? advice)
    }
}
