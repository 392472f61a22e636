// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Migration
import MigrationModel
import TestDoubles

/// Lives of an engine over the stores of a ``MemoryWorld``, with faults as planned.
struct Simulation: Sendable {
    let world: MemoryWorld
    let schedule: FaultSchedule
    let options: RunOptions
    /// A real ledger that is written beside the one in memory; nil for none.
    let ledger: String?
    /// Whether the engine may write ids into courses.
    let writesBack: Bool
    /// How many may begin to wait at the same moment, and then wait through the same time; else each in turn makes his own
    /// time pass.
    let waiters: Int
    /// What stands before the object store.
    let before: @Sendable (any ObjectStore) -> any ObjectStore
    /// Called whenever somebody in the engine has slept.
    let meanwhile: @Sendable (RunControl, any CheckpointLog) -> Void

    init(
        _ world: MemoryWorld, _ schedule: FaultSchedule = FaultSchedule(), options: RunOptions = RunOptions(),
        ledger: String? = nil, writesBack: Bool = false, waiters: Int = 0,
        before: @escaping @Sendable (any ObjectStore) -> any ObjectStore = { $0 },
        meanwhile: @escaping @Sendable (RunControl, any CheckpointLog) -> Void = { _, _ in }
    ) {
        (self.world, self.schedule, self.options, self.ledger) = (world, schedule, options, ledger)
        (self.before, self.meanwhile, self.writesBack, self.waiters) = (before, meanwhile, writesBack, waiters)
    }

    /// One process, from its start to its end or death.
    ///
    /// - Parameter prepare: what is done to the run's control before it begins.
    func live(_ run: Int64 = 1, prepare: (RunControl) -> Void = { _ in }) async throws {
        schedule.revive()
        let world = world
        let log: any CheckpointLog
        if let ledger {
            log = try await MirroredLog(ledger, world, schedule)
        } else {
            log = world.log
        }
        let connections = Connections(
            source: FaultySource(world.source, schedule),
            store: before(
                FaultyObjectStore(world.store, schedule, log: world.log, longestDelay: world.longestDelay)),
            catalog: FaultyCatalog(world.catalog, schedule, log: world.log, longestDelay: world.longestDelay),
            log: FaultyLog(log, schedule),
            writer: writesBack ? FaultyWriter(world.source, schedule, log: world.log) : nil
        )
        let control = RunControl(concurrency: options.concurrency, errorBudget: options.errorBudget)
        let (meanwhile, schedule, waiters) = (meanwhile, schedule, waiters)
        let surroundings = Surroundings(
            sleep: { time in
                let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
                let end = world.now.addingTimeInterval(seconds)
                for _ in 0..<waiters { await Task.yield() }
                let left = end.timeIntervalSince(world.now)
                // What arrives in this time has arrived for whoever reads the clock after it.
                if left > 0 { await schedule.pass(left) { world.advance(by: left) } }
                meanwhile(control, connections.log)
                // Whoever is not asleep has his turn.
                await Task.yield()
                try Task.checkCancellation()
            },
            uptime: { world.now.timeIntervalSince1970 }, now: { world.now }, newID: { world.newID() }, jitter: { 0 }
        )
        prepare(control)
        let engine = MigrationRun(
            RunID(run), connections: connections, options: options, surroundings: surroundings, control: control
        )
        do {
            try await engine.execute(.all)
        } catch {
            // The ledger was lost, because the process died or because the plan says so. The next life recovers.
        }
        schedule.kill()
        await schedule.deliverLateWrites()
    }

    /// Lives until there is nothing left to do.
    ///
    /// - Returns: how many lives it took; nil when `most` were not enough.
    func liveUntilQuiet(most: Int = 8) async throws -> Int? {
        for life in 1...most {
            try await live(Int64(life))
            if try await isQuiet { return life }
            // Long enough that no request of this life is under way any more.
            world.advance(by: 1000)
        }
        return nil
    }

    /// Every course has an end that another run would not change, and no transaction is open.
    private var isQuiet: Bool {
        get async throws {
            let contents = world.log.contents
            let ends: Set<CourseState> = [.migrated, .empty]
            guard !contents.courses.isEmpty, contents.courses.values.allSatisfy(ends.contains) else { return false }
            return try await world.log.openTransactions().isEmpty
        }
    }
}

/// One thread for all tasks of a simulation, so that the same plan takes the same course.
final class OneThread: TaskExecutor {
    private let queue = DispatchQueue(label: "simulation")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
