// SPDX-License-Identifier: Apache-2.0
import Foundation
package import MigrationModel
import Synchronization

/// When a run may start videos.
package struct RunWindow: Sendable, Hashable {
    package let window: Window
    /// Whether it goes on by itself when the window opens again; else it drains and ends when the window shuts.
    package let waits: Bool

    package init(_ window: Window, waits: Bool) {
        self.window = window
        self.waits = waits
    }
}

/// Lets no video in that could not finish before the window shuts. What is in flight is finished.
final class WindowWatch: Sendable {
    /// How often the clock on the wall is looked at: it may jump.
    private static let pause = Duration.seconds(1)
    /// What a video may take as long as too few have been timed, in seconds.
    static let firstGuess = 10.0
    /// So many are enough, and the newest so many count.
    private static let (enough, most) = (20, 1000)

    private struct State {
        /// Of the newest videos, in seconds; the oldest is at `next` when it is full.
        var times: [Double] = []
        var next = 0
        var isShut = false
    }

    private let run: RunWindow
    private let control: RunControl
    private let journal: Journal
    private let surroundings: Surroundings
    private let state = Mutex(State())

    init(_ run: RunWindow, control: RunControl, journal: Journal, surroundings: Surroundings) {
        (self.run, self.control, self.journal, self.surroundings) = (run, control, journal, surroundings)
    }

    /// Hears how long a video took, from when it was let in.
    func hear(_ seconds: Double) {
        state.withLock { state in
            if state.times.count < Self.most {
                state.times.append(seconds)
            } else {
                state.times[state.next] = seconds
                state.next = (state.next + 1) % Self.most
            }
        }
    }

    /// Looks at the clock until its task is cancelled, or until the run ends for the window.
    func watch() async throws {
        while !control.isDraining {
            look()
            try await surroundings.sleep(Self.pause)
        }
    }

    /// Opens the gate, or closes it, as the clock on the wall says now.
    func look() {
        let now = surroundings.now()
        let shut: Date?
        switch run.window.standing(at: now) {
        case .shut(let opening): shut = opening
        case .open(nil): shut = nil
        case .open(let end?):
            shut = hasTime(end.timeIntervalSince(now)) ? nil : run.window.opening(after: end)
        }
        state.withLock { $0.isShut = shut != nil }
        guard let shut else { return control.resume(after: .window) { journal.note($0) } }
        let opens = "\(run.window.clock(at: shut)) \(run.window.zoneName)"
        if run.waits {
            control.pause(for: .window, reason: "opens \(opens), then goes on by itself") { journal.note($0) }
        } else {
            control.drain(.windowClosed, reason: "the window shuts; it opens again \(opens)")
        }
    }

    /// Whether a video that starts now is done in so many seconds, if it takes no longer than 95 of 100 did. A gate that
    /// was closed for that is opened again, by a clock that goes back, only for twice the time.
    private func hasTime(_ left: Double) -> Bool {
        state.withLock { state in
            let need =
                state.times.count < Self.enough
                ? max(Self.firstGuess, state.times.max() ?? 0)
                : state.times.sorted()[state.times.count * 95 / 100]
            // It is looked at again only after a pause.
            return left > (need + 1) * (state.isShut ? 2 : 1)
        }
    }
}
