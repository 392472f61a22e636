// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Brings a task's cancellation and its transfer together, whichever comes first.
final class Ticket: Sendable {
    private enum State {
        case empty
        case transfer(Transfer)
        case cancelled
    }

    private let state = Mutex(State.empty)

    /// Takes the transfer that a later cancellation is for.
    ///
    /// - Returns: whether the cancellation has been already.
    func isCancelled(after transfer: Transfer) -> Bool {
        state.withLock { state in
            if case .cancelled = state { return true }
            state = .transfer(transfer)
            return false
        }
    }

    /// - Returns: the transfer to cancel, if there is one yet.
    func cancel() -> Transfer? {
        state.withLock { state in
            defer { state = .cancelled }
            if case .transfer(let transfer) = state { return transfer }
            return nil
        }
    }
}
