// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@testable import Migration

/// Who may close the gate, and who opens it again.
@Suite struct RunControlTests {
    @Test func `neither of two who pause lifts the other's pause`() {
        let control = RunControl(concurrency: 4, errorBudget: 10)
        let log = MemoryLog(now: { Date() })
        func last() -> String? {
            guard case .runState(let state, let reason)? = log.contents.checkpoints.last else { return nil }
            return "\(state.rawValue) \(reason)"
        }
        let note: (Checkpoint) -> Void = { log.note([$0]) }
        control.begin(.running, note: note)
        control.pause(for: .storeOutage, reason: "by itself", note: note)
        #expect(last() == "paused by itself")
        control.pause(for: .paused, reason: "by mira", note: note)
        #expect(last() == "paused by mira")
        control.resume(after: .paused, note: note)
        #expect(last() == "paused by itself")
        #expect(control.admission.isClosed)
        control.pause(for: .paused, reason: "by mira", note: note)
        control.resume(after: .storeOutage, note: note)
        #expect(last() == "paused by mira")
        #expect(control.admission.isClosed)
        control.resume(after: .paused, note: note)
        #expect(last() == "running ")
        #expect(!control.admission.isClosed)
    }

    @Test func `a run that drains says nothing else any more`() {
        let control = RunControl(concurrency: 4, errorBudget: 10)
        let notes = MemoryLog(now: { Date() })
        control.drain(.interrupted, reason: "asked")
        control.pause(for: .storeOutage, reason: "by itself") { notes.note([$0]) }
        control.resume(after: .storeOutage) { notes.note([$0]) }
        #expect(notes.contents.checkpoints.isEmpty)
    }

    @Test func `nobody of a run that is over is told of anything`() {
        let control = RunControl(concurrency: 4, errorBudget: 10)
        let told = Mutex(0)
        control.whenLooking { told.withLock { $0 += 1 } }
        control.whenDraining { _ in told.withLock { $0 += 1 } }
        control.look()
        #expect(told.withLock { $0 } == 1)
        control.runIsOver()
        control.look()
        control.drain(.interrupted, reason: "a signal that came late")
        #expect(told.withLock { $0 } == 1)
    }
}
