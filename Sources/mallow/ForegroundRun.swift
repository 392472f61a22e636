// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Ledger
import Migration
import MigrationModel
import Synchronization
import Threading

/// A run of the engine in this process, steered by signals and commands, shown from the ledger.
struct ForegroundRun: Sendable {
    let ledger: Ledger
    let log: RunLog
    let output: any RunOutput
    let connections: Connections
    let options: RunOptions

    /// Runs to the end and prints what the ledger says meanwhile.
    func execute(_ selection: CourseSelection) async throws {
        BatchScheduling.enter()
        let control = RunControl(concurrency: options.concurrency, errorBudget: options.errorBudget)
        control.whenStopped { _exit(RunExit.interrupted.rawValue) }
        let signals = StopSignals { control.drain(.interrupted, reason: "a signal asked it to drain") }
        defer { signals.stop() }
        let run = MigrationRun(
            log.run, connections: connections, options: options, surroundings: .real, control: control
        )
        let listener = CommandListener(queue: log, log: log, control: control, surroundings: .real)
        let screen = RunScreen(ledger: ledger, run: log.run, output: output)
        // Neither is waited for before the run is over and its ledger closed.
        let listening = Task { try? await listener.listen() }  // one that fails leaves the run deaf, and no worse
        let showing = Task { try? await screen.follow() }  // a reader who does not read holds up only himself
        defer {
            listening.cancel()
            showing.cancel()
        }
        try await run.execute(selection)
        listening.cancel()
        try await log.close()
        showing.cancel()
        await showing.value
        await listening.value
        try await screen.finish()
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
                    if counter.next() > 1 {
                        Output.complain(
                            "\r\u{1B}[Kstopped at once: start the same run again to put right what was open")
                        _exit(RunExit.interrupted.rawValue)
                    }
                    drain()
                    Output.complain("\ndraining: videos in flight are finished; once more to stop at once")
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
