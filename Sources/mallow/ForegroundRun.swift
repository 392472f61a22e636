// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Ledger
import Migration
import MigrationModel
import Synchronization

/// A run of the engine in this process, steered by signals and commands, shown from the ledger.
struct ForegroundRun: Sendable {
    let ledger: Ledger
    let log: RunLog
    let output: any RunOutput
    let connections: Connections
    let options: RunOptions

    /// Runs to the end and prints what the ledger says meanwhile.
    func execute(_ selection: CourseSelection) async throws {
        let control = RunControl(concurrency: options.concurrency, errorBudget: options.errorBudget)
        let signals = StopSignals { control.drain(.interrupted, reason: "a signal asked it to drain") }
        defer { signals.stop() }
        let run = MigrationRun(
            log.run, connections: connections, options: options, surroundings: .real, control: control
        )
        let listener = CommandListener(queue: log, log: log, control: control, surroundings: .real)
        let ledger = ledger, output = output, id = log.run
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Both go on until they are cancelled; a listener that fails leaves the run deaf, not endangered.
            group.addTask { try? await listener.listen() }
            group.addTask { try? await Self.show(ledger, id, output) }
            defer { group.cancelAll() }
            try await run.execute(selection)
        }
        try await log.close()
        try await Self.showRest(ledger, id, output)
    }

    private static func show(_ ledger: Ledger, _ run: RunID, _ output: any RunOutput) async throws {
        while !Task.isCancelled {
            try await showNew(ledger, run, output)
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private static func showNew(_ ledger: Ledger, _ run: RunID, _ output: any RunOutput) async throws {
        while true {
            let events = try await ledger.events(
                after: output.lastEvent, run: run, isNotable: !output.showsEverything
            )
            output.add(events)
            if events.count < 1000 { break }
        }
        try await output.update { try await RunSummary(of: run, in: ledger) }
    }

    private static func showRest(_ ledger: Ledger, _ run: RunID, _ output: any RunOutput) async throws {
        try await showNew(ledger, run, output)
        output.end(try await RunSummary(of: run, in: ledger))
    }
}

/// The first signal asks, the second one stops: whatever is under way then, the ledger knows of it.
private final class StopSignals: Sendable {
    private let sources: Mutex<[any DispatchSourceSignal]>

    init(_ drain: @escaping @Sendable () -> Void) {
        // A lost terminal does not stop a migration.
        signal(SIGHUP, SIG_IGN)
        let counter = SignalCount()
        sources = Mutex(
            [SIGINT, SIGTERM].map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler {
                    if counter.next() > 1 { _exit(RunExit.interrupted.rawValue) }
                    Console.complain("\ndraining: videos in flight are finished; once more to stop at once")
                    drain()
                }
                source.resume()
                return source
            }
        )
    }

    func stop() { sources.withLock { $0.forEach { $0.cancel() } } }
}

private final class SignalCount: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
