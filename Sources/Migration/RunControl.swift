// SPDX-License-Identifier: Apache-2.0
package import MigrationModel
import Synchronization

/// How a run is steered while it runs: by signals, by an operator's commands, and by what goes wrong.
package final class RunControl: Sendable {
    private struct State {
        var ending: (RunEnding, reason: String)?
        /// What it is at when it waits for nothing, and how far.
        var work = (state: RunState.planning, reason: "")
        /// What is said of it meanwhile instead of how far it is.
        var remark: String?
        /// What it waits for, and why.
        var waits: [Admission.Obstacle: String] = [:]
        var failedVideos = 0
        var videos = 0
        var onDrain: (@Sendable (String) -> Void)?
        var onStop: (@Sendable () -> Void)?
        var onLook: (@Sendable () -> Void)?

        /// What the run is at. Of several waits the one is named that somebody must end.
        ///
        /// - Parameter inFlight: how many videos are; a pause that an operator asked for is there when they are done.
        func standing(_ inFlight: Int) -> (state: RunState, reason: String) {
            for obstacle in Admission.Obstacle.allCases {
                guard let reason = waits[obstacle] else { continue }
                if obstacle == .window { return (.waitingForWindow, reason) }
                return (obstacle == .paused && inFlight > 0 ? .pausing : .paused, reason)
            }
            return (work.state, remark ?? work.reason)
        }
    }

    /// The gate for videos.
    package let admission: Admission
    private let errorBudget: Int
    private let state = Mutex(State())

    /// - Parameter errorBudget: the run drains when more videos than this have failed for good.
    package init(concurrency: Int, errorBudget: Int) {
        admission = Admission(limit: concurrency)
        self.errorBudget = errorBudget
    }

    /// No new video starts from now on; those in flight are finished. The first reason given stays.
    package func drain(_ ending: RunEnding, reason: String) {
        let tell = state.withLock { state -> (@Sendable (String) -> Void)? in
            guard state.ending == nil else { return nil }
            state.ending = (ending, reason)
            return state.onDrain
        }
        admission.shut()
        tell?(reason)
    }

    /// Has somebody told when the run begins to drain, with the reason; at once if it does already.
    func whenDraining(_ tell: @escaping @Sendable (String) -> Void) {
        let reason = state.withLock { state in
            state.onDrain = tell
            return state.ending?.reason
        }
        if let reason { tell(reason) }
    }

    /// Has somebody told when an operator wants the engine gone at once.
    package func whenStopped(_ end: @escaping @Sendable () -> Void) { state.withLock { $0.onStop = end } }

    /// Ends the engine in the middle of what it does. The ledger names all of it, and the next run puts it right.
    func stop() { state.withLock { $0.onStop }?() }

    /// Has somebody look, as often as an operator's commands are looked for.
    func whenLooking(_ look: @escaping @Sendable () -> Void) { state.withLock { $0.onLook = look } }

    func look() { state.withLock { $0.onLook }?() }

    /// Nobody of the run is told of anything any more. Whoever steers it may keep this for longer than the run's log is
    /// open.
    func runIsOver() {
        state.withLock { state in
            state.onDrain = nil
            state.onLook = nil
        }
    }

    // MARK: - Waiting

    /// Closes the gate until the same reason is lifted. Others that keep it closed are left alone, and leave this alone.
    ///
    /// - Parameters:
    ///   - reason: why, and who must act.
    ///   - note: writes down what the run is at, when that is something else now. It is called in the order of the
    ///     changes: it must return at once and not come back here.
    package func pause(for obstacle: Admission.Obstacle, reason: String, note: (Checkpoint) -> Void) {
        change(note) { state in
            state.waits[obstacle] = reason
            admission.close(for: obstacle)
        }
    }

    /// Lifts a reason for which the gate was closed.
    ///
    /// - Parameter note: as for ``pause(for:reason:note:)``.
    package func resume(after obstacle: Admission.Obstacle, note: (Checkpoint) -> Void) {
        change(note) { state in
            state.waits[obstacle] = nil
            admission.open(after: obstacle)
        }
    }

    /// Says that a video that was let in is done.
    ///
    /// - Parameter note: as for ``pause(for:reason:note:)``.
    func leave(note: (Checkpoint) -> Void) { change(note) { _ in admission.leave() } }

    /// Says what the run is at when it waits for nothing, and how far.
    func begin(_ work: RunState, reason: String = "", note: (Checkpoint) -> Void) {
        change(note) { $0.work = (work, reason) }
    }

    /// Says something of what it is at, which goes on; nil when that is over.
    ///
    /// - Parameter note: as for ``pause(for:reason:note:)``.
    func remark(_ text: String?, note: (Checkpoint) -> Void) { change(note) { $0.remark = text } }

    /// Why the gate is closed for this reason; nil when it is not.
    package func wait(for obstacle: Admission.Obstacle) -> String? { state.withLock { $0.waits[obstacle] } }

    private func change(_ note: (Checkpoint) -> Void, _ body: (inout State) -> Void) {
        state.withLock { state in
            var inFlight = admission.inFlight
            let before = state.standing(inFlight)
            body(&state)
            inFlight = admission.inFlight
            let now = state.standing(inFlight)
            // A run that drains does not wait any more. Under the lock: what is written last must be what is true.
            if state.ending == nil, now != before { note(.runState(now.state, reason: now.reason)) }
        }
    }

    // MARK: - Ends

    /// Why the run drains; nil while it does not.
    package var ending: (RunEnding, reason: String)? { state.withLock { $0.ending } }

    var isDraining: Bool { ending != nil }

    /// The number of the next video that starts, from 0.
    func nextVideo() -> Int {
        state.withLock { state in
            defer { state.videos += 1 }
            return state.videos
        }
    }

    /// Takes note of videos that failed and are not retried in this run.
    func failedForGood(_ count: Int) {
        let failed = state.withLock { state in
            state.failedVideos += count
            return state.failedVideos
        }
        if failed > errorBudget {
            drain(.budgetSpent, reason: "\(failed) videos failed; the error budget is \(errorBudget)")
        }
    }
}
