// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Dispatch
import Foundation
import Ledger
import MigrationModel
import Threading

/// `mallow demo --headless`: does what an operator would do at the console, and proves the end.
struct HeadlessDemo {
    /// A demo kills its engine once; more than that is somebody else's doing.
    private static let mostStarts = 4

    let sandbox: Sandbox
    let isJSON: Bool
    let say: (String) -> Void

    /// Runs until nothing is left that can migrate.
    ///
    /// - Throws: ``ExitCode`` of an engine that was refused or interrupted, or when the end is not proven; ``Failure``.
    func run() async throws {
        let waiting = BlockingPool(name: "engine", width: 1)
        let arguments =
            ["run", "--all"] + sandbox.options + ["--staging", sandbox.stagingFile]
            + ["--concurrency", "\(Staging.concurrency)"] + (isJSON ? ["--json"] : [])
        for start in 1... {
            let process = try ThisProgram(arguments: arguments).start(in: .foreground)
            let signals = ForwardedSignals(to: process)
            let status = try await waiting.run { ThisProgram.wait(for: process) }
            signals.stop()
            switch status.map(RunExit.init(rawValue:)) {
            case .done??, .failed??, .unproven??: return try await prove()
            case .some(let end): throw ExitCode(end?.rawValue ?? RunExit.failed.rawValue)
            case nil where start < Self.mostStarts:
                say("the engine was killed; the same run again settles what it left open and goes on")
            case nil:
                throw Failure(
                    .transient, "running the demo", at: sandbox.folder,
                    cause: "its engine was killed \(start) times", safe: "the ledger names all that is open",
                    advice: "look who kills it, then run mallow demo --headless --folder '\(sandbox.folder)'"
                )
            }
        }
    }

    private func prove() async throws {
        let proof = try await DemoProof(of: sandbox)
        if isJSON { Output.print(json: proof) } else { proof.lines.forEach(say) }
        if !proof.holds { throw ExitCode(RunExit.failed.rawValue) }
    }
}

/// Control-C reaches the engine by itself, since it has the same terminal; a request to end has to be passed on.
private struct ForwardedSignals {
    private let request: any DispatchSourceSignal

    init(to process: pid_t) {
        signal(SIGINT, SIG_IGN)
        signal(SIGTERM, SIG_IGN)
        request = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
        request.setEventHandler { kill(process, SIGTERM) }
        request.resume()
    }

    /// Call once the process has been waited for: its number may be another's soon.
    func stop() {
        request.cancel()
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
    }
}
