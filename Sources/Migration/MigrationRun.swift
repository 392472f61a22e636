// SPDX-License-Identifier: Apache-2.0
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
        let journal = engine.journal
        engine.control.whenDraining { journal.note(.runState(.draining, reason: $0)) }
        journal.note(.concurrency(engine.control.admission.limit))
        try await journal.record(
            .runState(.planning, reason: "settling what an earlier run left, then listing courses"))
        try await recover()
        do {
            let courses = try await list(selection)
            if !engine.control.admission.isClosed { try await journal.record(.runState(.running, reason: "")) }
            try await migrate(courses)
            try await recover()
        } catch let lost as LedgerLost {
            throw lost
        } catch is CancellationError {
            // The caller has given the run up; the next one goes on here.
            throw CancellationError()
        } catch {
            let failure = Failure(error, "listing courses", at: "the source")
            try await journal.record(.unreadable(name: "the list of courses", failure))
        }
        let (ending, reason) = engine.control.ending ?? (.completed, "")
        try await journal.record(.runEnded(ending, reason: reason))
    }

    private func recover() async throws {
        let outcome = try await engine.recovery.settleAll()
        var checkpoints: [Checkpoint] = outcome.open.map { .notice(course: nil, block: nil, text: $0.description) }
        if outcome.committed + outcome.undone > 0 {
            let text =
                "recovery: \(outcome.committed) open transactions had been committed, \(outcome.undone) were undone"
            checkpoints.append(.notice(course: nil, block: nil, text: text))
        }
        if !checkpoints.isEmpty { try await engine.journal.record(checkpoints) }
        for transaction in try await engine.journal.openTransactions() {
            engine.unsettled.insert(transaction.header.block)
        }
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
                    try await CourseTask(engine: engine, course: course).run()
                    await engine.connections.source.release(course)
                }
            }
            for _ in 0..<atOnce { startNext() }
            while try await group.next() != nil { startNext() }
        }
    }
}
