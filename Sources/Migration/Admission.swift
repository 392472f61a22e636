// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Synchronization

/// The one gate through which every video of a run comes in.
///
/// It bounds how many are in flight, by the operator's limit and by the brake; both may change while they are. A pause,
/// an outage, a rest and the window are reasons for which it is closed for a while; draining shuts it for good.
package final class Admission: Sendable {
    /// Why nobody is let in for now.
    package enum Obstacle: String, Sendable, Hashable, CaseIterable {
        case paused, sourceOutage, storeOutage, catalogOutage, rest, window
    }

    private struct State {
        var limit: Int
        var brake = Brake()
        var inFlight = 0
        var obstacles: Set<Obstacle> = []
        var isShut = false
        var waiting: [CheckedContinuation<Bool, Never>] = []
        var head = 0

        var bound: Int { min(limit, brake.bound ?? limit) }

        /// Takes from the queue everybody who may come in now.
        mutating func admitted() -> [CheckedContinuation<Bool, Never>] {
            var next: [CheckedContinuation<Bool, Never>] = []
            while head < waiting.count, isShut || (obstacles.isEmpty && inFlight < bound) {
                next.append(waiting[head])
                head += 1
                if !isShut { inFlight += 1 }
            }
            if head == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                head = 0
            }
            return next
        }
    }

    private let state: Mutex<State>

    /// - Parameter limit: how many may be in flight at once, from 1.
    package init(limit: Int) {
        precondition(limit > 0, "somebody must be let in")
        state = Mutex(State(limit: limit))
    }

    /// How many an operator lets be in flight at once.
    package var limit: Int { state.withLock { $0.limit } }

    /// How many may be in flight now: the limit, or what the brake leaves of it.
    package var bound: Int { state.withLock { $0.bound } }

    /// Whether it is closed for a reason that may be lifted.
    package var isClosed: Bool { state.withLock { !$0.obstacles.isEmpty } }

    /// How many are in flight.
    package var inFlight: Int { state.withLock { $0.inFlight } }

    /// Waits to be let in, first come first served.
    ///
    /// - Returns: false when the gate is shut for good; then nothing may be begun. After true, call ``leave()`` once.
    package func enter() async -> Bool {
        await withCheckedContinuation { continuation in
            let (admitted, isShut) = state.withLock { state in
                state.waiting.append(continuation)
                return (state.admitted(), state.isShut)
            }
            for next in admitted { next.resume(returning: !isShut) }
        }
    }

    /// Says that one who was let in is done.
    package func leave() {
        change { state in
            precondition(state.inFlight > 0, "nobody leaves who was not let in")
            state.inFlight -= 1
        }
    }

    /// Lets more or fewer in, from now on; those in flight go on.
    package func setLimit(_ limit: Int) {
        change { $0.limit = max(1, limit) }
    }

    /// Lets the brake hear what came of a call to the store.
    ///
    /// - Returns: what is to be written down, when the brake has another bound.
    func hear(_ answer: CallAnswer) -> Checkpoint? {
        change { $0.brake.hear(answer, limit: $0.limit) }
    }

    /// Closes the gate for a reason, until the same reason is lifted.
    package func close(for obstacle: Obstacle) {
        change { _ = $0.obstacles.insert(obstacle) }
    }

    /// Lifts a reason for which the gate was closed.
    package func open(after obstacle: Obstacle) {
        change { _ = $0.obstacles.remove(obstacle) }
    }

    /// Shuts the gate for good. Everybody who waits is turned away; those in flight go on.
    package func shut() {
        change { $0.isShut = true }
    }

    private func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, admitted, isShut) = state.withLock { state in
            (body(&state), state.admitted(), state.isShut)
        }
        for next in admitted { next.resume(returning: !isShut) }
        return value
    }
}
