// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@testable import Migration

/// How long a store or a catalog may say nothing.
@Suite struct SilentPlaceTests {
    /// An outage that is looked at by hand, on a clock that stands until it is moved.
    private struct Vigil {
        private final class Time: Sendable {
            let seconds = Mutex(100.0)
        }

        private let time = Time()
        private let log: MemoryLog
        let control: RunControl
        let outage: Outage

        init(over place: Outage.Place) {
            let time = time
            let surroundings = Surroundings(
                sleep: { _ in }, uptime: { time.seconds.withLock { $0 } },
                now: { Date(timeIntervalSince1970: time.seconds.withLock { $0 }) },
                newID: { UUID() }, jitter: { 0 })
            (log, control) = (MemoryLog(now: surroundings.now), RunControl(concurrency: 4, errorBudget: 0))
            control.begin(.running) { _ in }
            outage = Outage(of: place, control: control, journal: Journal(log: log), surroundings: surroundings)
        }

        var uptime: Double { time.seconds.withLock { $0 } }

        func wait(_ seconds: Double) {
            time.seconds.withLock { $0 += seconds }
            outage.look()
        }

        func hear(_ answer: CallAnswer) {
            outage.hear(answer)
            outage.count(-1)
        }

        var states: [String] {
            log.contents.checkpoints.compactMap { checkpoint in
                if case .runState(let state, let reason) = checkpoint { "\(state.rawValue) \(reason)" } else { nil }
            }
        }

        var notices: [String] {
            log.contents.checkpoints.compactMap { if case .notice(_, _, let text) = $0 { text } else { nil } }
        }
    }

    /// A row that somebody else has locked is waited for in silence, and that is no outage.
    @Test func `a catalog may say nothing for as long as locks and answers are waited for`() {
        let vigil = Vigil(over: .catalog)
        vigil.outage.count(1)
        vigil.wait(45)
        #expect(!vigil.outage.isOut)
        vigil.wait(20)
        #expect(vigil.outage.isOut)
    }

    @Test func `a catalog that holds its callers up is told, and so is for how long it did`() {
        let vigil = Vigil(over: .catalog)
        func end(_ failure: Failure?) {
            vigil.hear(CallAnswer(place: .catalog, isMeasured: false, error: failure, began: 100, ended: vigil.uptime))
        }
        let reason = "waits for the video catalog: no call has come back since 00:01:40 UTC; somebody may hold a lock"

        vigil.outage.count(1)
        vigil.outage.count(1)
        vigil.wait(2)
        #expect(vigil.states.isEmpty)
        vigil.wait(1)
        vigil.wait(7)
        #expect(vigil.states == ["running \(reason)"])
        #expect(vigil.notices == ["the run \(reason)"])
        #expect(!vigil.control.admission.isClosed && !vigil.outage.isOut)

        // A lock that was waited for in vain is no answer.
        end(Failure(.transient, "commit", at: "v1", cause: "database is locked", advice: "wait"))
        vigil.outage.count(1)
        vigil.wait(18)
        #expect(vigil.states.count == 1)
        end(nil)
        #expect(vigil.states.last == "running ")
        #expect(
            vigil.notices.last
                == "the video catalog answers again: no call had come back for 28 s, since 00:01:40 UTC")
        vigil.wait(2)
        end(nil)
        #expect(vigil.notices.count == 2)
    }

    @Test func `a store that says nothing at all is out after ten seconds, and back with its first word`() {
        let vigil = Vigil(over: .store)
        func answer(_ began: Double) {
            vigil.hear(CallAnswer(place: .store, isMeasured: true, error: nil, began: began, ended: vigil.uptime))
        }
        vigil.wait(60)
        #expect(!vigil.outage.isOut, "nobody asked it anything")
        vigil.outage.count(1)
        vigil.outage.count(1)
        vigil.wait(9)
        answer(160)
        vigil.wait(9)
        #expect(!vigil.outage.isOut, "it answered one of two")
        vigil.wait(1)
        #expect(vigil.outage.isOut)
        #expect(vigil.control.admission.isClosed)
        answer(160)
        #expect(!vigil.outage.isOut)
        #expect(!vigil.control.admission.isClosed)
        #expect(vigil.states.count == 2)
        #expect(
            vigil.states.first
                == "paused waits for the object store and resumes by itself: nothing has gone through since 00:02:49 UTC (it does not answer)"
        )
    }
}
