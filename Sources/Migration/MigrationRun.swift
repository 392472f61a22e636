// SPDX-License-Identifier: Apache-2.0
import Foundation
package import MigrationModel

/// Which courses a run takes.
package enum CourseSelection: Sendable, Hashable {
    case all
    case courses(Set<CourseKey>)

    func contains(_ course: CourseKey) -> Bool {
        switch self {
        case .all: true
        case .courses(let keys): keys.contains(course)
        }
    }
}

/// One execution of the engine over a selection of courses.
package struct MigrationRun: Sendable {
    private let engine: Engine

    /// - Parameters:
    ///   - run: the number that the ledger gave it.
    ///   - control: how it is steered; may be used before and while it runs.
    package init(
        _ run: RunID, connections: Connections, options: RunOptions, surroundings: Surroundings, control: RunControl
    ) {
        engine = Engine(
            run: run, connections: connections, options: options, surroundings: surroundings, control: control
        )
    }

    /// Recovers, lists the courses, brings each as far as it can be brought, and writes down how it ended.
    ///
    /// Everything that goes wrong with a course or a video is in the ledger, not thrown.
    ///
    /// - Throws: ``LedgerLost``: then nothing more was done, and the next start recovers.
    package func execute(_ selection: CourseSelection) async throws {
        let (journal, outages, rest, window) = (engine.journal, engine.outages, engine.rest, engine.window)
        // Weakly: outages hold the control, and a log must go with its engine.
        let places = outages.all.map(WeakOutage.init)
        engine.control.whenDraining { reason in
            journal.note(.runState(.draining, reason: reason))
            for place in places { place.outage?.giveUp() }
        }
        engine.control.whenLooking { for place in places { place.outage?.look() } }
        defer { engine.control.runIsOver() }
        journal.note(.concurrency(engine.control.admission.limit))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watchStore() }
            group.addTask { try await outages.catalog.watch { try await engine.catalog.ask() } }
            group.addTask { try await outages.source.watch { try await engine.source.ask() } }
            group.addTask { try await rest.watch() }
            // Before anything else: the first video is not let in by chance.
            window?.look()
            if let window { group.addTask { try await window.watch() } }
            defer { group.cancelAll() }
            try await work(on: selection)
        }
        let (ending, reason) = engine.control.ending ?? (.completed, "")
        try await journal.record(engine.meter.last, .runEnded(ending, reason: reason))
    }

    private func watchStore() async throws {
        let (store, rest) = (engine.askedStore, engine.rest)
        let nothing = ObjectKey(unchecked: engine.options.prefix + "mallow-asks-whether-anybody-answers")
        try await engine.outages.store.watch {
            _ = try await store.head(nothing)
        } resting: {
            rest.seconds
        }
    }

    private func work(on selection: CourseSelection) async throws {
        let journal = engine.journal
        // Through the control: a run that already waits goes on saying what for.
        engine.control.begin(.planning, reason: "settling what an earlier run left, then listing courses") {
            journal.note($0)
        }
        try await recover(.planning)
        do {
            let courses = try await list(selection)
            engine.control.begin(.running) { journal.note($0) }
            try await migrate(courses)
            try await recover(.running)
            try await outwaitLostWrites()
        } catch let lost as LedgerLost {
            throw lost
        } catch is CancellationError {
            // The caller has given the run up; the next one goes on here.
            throw CancellationError()
        } catch {
            let failure = Failure(error, "listing courses", at: "the source")
            try await journal.record(.unreadable(name: "the list of courses", failure))
        }
    }

    /// - Parameter state: what the run is at meanwhile.
    private func recover(_ state: RunState) async throws {
        // Every question would wait for its deadline, and nobody has the time: the next run asks again.
        if engine.control.isDraining, let place = engine.outages.current {
            let text = "\(place.words) is out: the next run or a recovery of this one settles what is open"
            return try await engine.journal.record(.notice(course: nil, block: nil, text: text))
        }
        let outcome = try await settled(state)
        var checkpoints: [Checkpoint] = outcome.open.map { .notice(course: nil, block: nil, text: $0.description) }
        if outcome.committed + outcome.undone + outcome.absent > 0 {
            let text = "recovery of open transactions: \(outcome.sentence)"
            checkpoints.append(.notice(course: nil, block: nil, text: text))
        }
        if !checkpoints.isEmpty { try await engine.journal.record(checkpoints) }
        for transaction in try await engine.journal.openTransactions() {
            engine.unsettled.insert(transaction.header.block)
        }
    }

    /// Settles what is open. Where a place is out, it waits and settles the rest when it answers again, unless the run
    /// drains.
    private func settled(_ state: RunState) async throws -> Recovery.Outcome {
        var outcome = Recovery.Outcome()
        while true {
            let began = engine.surroundings.uptime()
            let last = try await engine.recovery.settleAll { settled, all in
                let reason = "settling what was open: \(settled) of \(counted(all, "transaction"))"
                engine.control.begin(state, reason: reason) { engine.journal.note($0) }
            }
            outcome.committed += last.committed
            outcome.undone += last.undone
            outcome.absent += last.absent
            outcome.open = last.open
            guard !last.open.isEmpty, await engine.outages.place(outSince: began) != nil else { return outcome }
            await engine.outages.passed()
            if engine.control.isDraining { return outcome }
        }
    }

    /// A PUT whose reply was lost may still arrive, and its intent stays open for as long. A run that has nothing else to
    /// do waits until none can any more and settles them: what it says of its end is proven then.
    private func outwaitLostWrites() async throws {
        let (now, uptime) = (engine.surroundings.now(), engine.surroundings.uptime())
        let watched = try await engine.journal.openTransactions().flatMap(\.intents).filter(\.isWatched)
        guard let last = watched.map({ $0.written.timeIntervalSince(now) }).max(), !engine.control.isDraining else {
            return
        }
        // No longer than that, whatever becomes of the clock; a second more, since it may go more slowly than the uptime.
        let delay = engine.connections.store.longestDelay + 1
        let end = uptime + min(delay, last + delay)
        let reason =
            "waits until \(engine.surroundings.clock(at: end)): \(counted(watched.count, "object")) whose reply was lost "
            + "may still arrive; to drain ends the run at once, and the next run or a recovery of this one settles it later"
        engine.control.begin(.running, reason: reason) { engine.journal.note($0) }
        while !engine.control.isDraining, engine.surroundings.uptime() < end {
            try await engine.surroundings.sleep(.seconds(min(1, end - engine.surroundings.uptime())))
        }
        try await recover(.running)
    }

    /// Writes down every selected course, in the order found.
    private func list(_ selection: CourseSelection) async throws -> [CourseKey] {
        var found: [CourseKey] = []
        for try await listing in engine.connections.source.courses() {
            switch listing {
            case .course(let summary) where selection.contains(summary.key):
                engine.journal.note(.courseFound(summary, .queued))
                found.append(summary.key)
            case .course: break
            case .unreadable(let name, let failure):
                if selection == .all { engine.journal.note(.unreadable(name: name, failure)) }
            }
        }
        if case .courses(let keys) = selection {
            for missing in keys.subtracting(found).sorted() {
                let failure = Failure(
                    .sourceCorrupt, "finding a course", at: "\(missing)", cause: "the source does not list it",
                    advice: "mallow plan shows the courses that it lists"
                )
                engine.journal.note(.unreadable(name: missing.text, failure))
            }
        }
        return found
    }

    /// Enough courses at once that the gate for videos is the limit, and no more.
    private func migrate(_ courses: [CourseKey]) async throws {
        let atOnce = max(2, engine.options.concurrency / 4)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = courses.makeIterator()
            func startNext() {
                guard let course = waiting.next() else { return }
                group.addTask {
                    do {
                        try await CourseTask(engine: engine, course: course).run()
                    } catch {
                        // The ledger is lost: whoever waits at the gate is not to wait for it.
                        engine.control.admission.shut()
                        throw error
                    }
                    await engine.connections.source.release(course)
                }
            }
            for _ in 0..<atOnce { startNext() }
            while try await group.next() != nil { startNext() }
        }
    }
}

/// An outage that somebody else holds.
private struct WeakOutage: Sendable {
    weak let outage: Outage?

    init(_ outage: Outage) { self.outage = outage }
}
