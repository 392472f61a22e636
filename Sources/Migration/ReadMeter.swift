// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Synchronization

/// How many transcripts are read from the contentstore, in all and in a second: learners are served by it meanwhile.
///
/// It has no timer: it hears of reads, and what it told last is old where nothing is read any more.
final class ReadMeter: Sendable {
    /// Over how many seconds the rate is.
    static let span = 5

    private struct State {
        var total = 0
        /// Reads in each of the last seconds, the one that goes on last.
        var seconds: [(number: Int, reads: Int)] = []
        var first: Int?
    }

    private let state = Mutex(State())

    /// Hears of transcripts that were read at a moment of the engine's uptime.
    ///
    /// - Returns: what is to be written down, once for each second in which any were.
    func hear(_ count: Int, at moment: Double) -> Checkpoint? {
        state.withLock { state in
            // Moments are taken by many at once, and may come out of order.
            let now = max(Int(moment), state.seconds.last?.number ?? 0)
            state.total += count
            if state.seconds.last?.number == now {
                state.seconds[state.seconds.count - 1].reads += count
                return nil
            }
            state.seconds.removeAll { $0.number < now - Self.span }
            let reads = state.seconds.reduce(0) { $0 + $1.reads }
            state.seconds.append((now, count))
            guard let first = state.first else {
                state.first = now
                return nil
            }
            return .reads(total: state.total, perSecond: Double(reads) / Double(min(Self.span, now - first)))
        }
    }

    /// What is to be written down at a run's end: nothing is read any more.
    var last: Checkpoint { .reads(total: state.withLock(\.total), perSecond: 0) }
}
