// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What waits for the loop's thread.
final class Inbox: Sendable {
    enum News: Sendable {
        case start(Transfer)
        case cancel(Transfer)
        /// No transfer starts after it.
        case close
    }

    private struct State {
        var news: [News] = []
        /// The loop waits, or is about to, and nobody has woken it yet.
        var isWaiting = false
        var statistics = CurlLoop.Statistics()
    }

    /// Ends the loop's wait.
    let alarm = Alarm()
    private let state = Mutex(State())

    func add(_ item: News) {
        let isFirst = state.withLock { state in
            state.news.append(item)
            defer { state.isWaiting = false }
            return state.isWaiting
        }
        if isFirst { alarm.ring() }
    }

    func take() -> [News] {
        state.withLock { state in
            defer { state.news = [] }
            return state.news
        }
    }

    /// Whether nothing has come since ``take()``. Then the first that comes from now on rings the alarm.
    func mayBeWaitedFor() -> Bool {
        state.withLock { state in
            state.isWaiting = state.news.isEmpty
            return state.isWaiting
        }
    }

    func count(connections: Int) {
        state.withLock { state in
            state.statistics.transfers += 1
            state.statistics.connections += connections
        }
    }

    var statistics: CurlLoop.Statistics { state.withLock { $0.statistics } }
}
