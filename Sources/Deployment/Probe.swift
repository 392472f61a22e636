// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// One look of a preflight at one thing. It has the time that it is given, and its trouble is its own.
struct Probe: Sendable {
    /// What is looked at.
    let name: String
    /// What a look that is given up may leave behind; nil for one that writes nothing.
    var leftover: Leftover?
    /// Why a look that takes too long is no failure; nil where it is one.
    var excuse: String?
    /// Looks. What it throws fails this probe alone; what it has no name for yet begins with `name`.
    let look: @Sendable () async throws -> [PreflightCheck]

    /// A look that cleans up when it is cancelled, and whose last check says whether anything is left.
    struct Leftover: Sendable {
        /// What is said when the cleaning is not waited for any longer.
        let words: String
        /// How long it is waited for.
        let patience: Duration
    }

    private enum Turn: Sendable {
        case answer([PreflightCheck])
        case limit
        case end
    }

    /// The checks, or one that says why there are none.
    ///
    /// A look that takes longer than `limit` is given up, and waited for only as long as its cleaning is given: no system
    /// call can be taken back, and a dead file server must not hold up the others.
    func checks(within limit: Duration) async -> [PreflightCheck] {
        let clock = ProbeClock()
        let (turns, turn) = AsyncStream.makeStream(of: Turn.self)
        let work = Task {
            do {
                turn.yield(.answer(try await look()))
            } catch {
                turn.yield(.answer([clock.failed(name, error)]))
            }
        }
        let timer = Task {
            guard (try? await Task.sleep(for: limit)) != nil else { return }  // cancelled: there is an answer
            turn.yield(.limit)
            guard (try? await Task.sleep(for: leftover?.patience ?? .zero)) != nil else { return }  // so here
            turn.yield(.end)
        }
        defer {
            work.cancel()
            timer.cancel()
        }
        var isLate = false
        for await turn in turns {
            switch turn {
            case .answer(let checks) where !isLate: return checks
            case .answer(let checks):
                // Whatever else it found was found by calls that were cut off.
                guard let last = checks.last else { return [gaveUp(clock, limit, leftover?.words)] }
                return [gaveUp(clock, limit)] + (last.name == name ? [] : [last])
            case .limit:
                isLate = true
                work.cancel()
            case .end: return [gaveUp(clock, limit, leftover?.words)]
            }
        }
        return [gaveUp(clock, limit, leftover?.words)]
    }

    private func gaveUp(_ clock: ProbeClock, _ limit: Duration, _ leftover: String? = nil) -> PreflightCheck {
        let time = String(format: "%g s", limit / .seconds(1))
        let advice = "look whether what it is on is reached and is not overloaded"
        if let excuse {
            return clock.attention(name, "not looked at to its end within \(time): \(excuse)", advice: advice)
        }
        return clock.failed(name, "no answer in \(time)", advice: leftover.map { "\(advice); \($0)" } ?? advice)
    }
}

/// Makes checks that know how long they took: from when it was made.
struct ProbeClock: Sendable {
    private let start = ContinuousClock.now

    /// Seconds since it was made.
    var seconds: Double {
        let elapsed = (ContinuousClock.now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }

    func passed(_ name: String, _ measured: String, limit: String? = nil) -> PreflightCheck {
        PreflightCheck(name: name, measured: measured, limit: limit, verdict: .pass, seconds: seconds)
    }

    /// A `limit` is shown beside a figure, where the sentence does not say it.
    func attention(_ name: String, _ measured: String, limit: String? = nil, advice: String) -> PreflightCheck {
        PreflightCheck(
            name: name, measured: measured, limit: limit, verdict: .attention, advice: advice, seconds: seconds)
    }

    func failed(_ name: String, _ measured: String, limit: String? = nil, advice: String) -> PreflightCheck {
        PreflightCheck(name: name, measured: measured, limit: limit, verdict: .fail, advice: advice, seconds: seconds)
    }

    /// A preflight does not wait as a run would.
    func locked(_ name: String) -> PreflightCheck {
        failed(
            name, "another program holds its write lock", advice: "stop the other program, or wait, then prove again")
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
}
