// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Console
import Deployment
import Foundation
import Ledger
import MigrationModel
import Threading

/// `mallow demo`
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Opens the console on a sandbox made from the sample data: a few minutes of a real migration.",
        discussion: """
            The engine, the ledger and the checks are the real ones. The stores are as slow as a network, and have \
            trouble on purpose: calls that fail, lost replies, a throttled minute, and an engine that is killed in the \
            middle of its work. Files that are no transcripts and a row without its object wait for a decision of yours.

            In the console, mark all courses and run them; when the engine is gone, run them again. Nothing outside of \
            the sandbox is written; remove its folder when you have seen enough.

            Example:
              mallow demo
              mallow demo --headless --speed 10
              mallow demo --folder ~/mallow-demo

            Exit codes of --headless: 0 everything that can migrate has, proven by reading every object; 1 not so; \
            6 another engine works in the sandbox; 130 interrupted.
            """
    )

    @Option(
        help: ArgumentHelp(
            "The sandbox: a new or empty folder, or one to go on with. Default: a new one.", valueName: "DIR"))
    var folder: String?

    @Option(help: ArgumentHelp("The sample data. Default: found near this folder or the program.", valueName: "DIR"))
    var sampleData: String?

    @Option(help: ArgumentHelp("How many times faster the stores are, 0.1 to 1000. Default: 1.", valueName: "X"))
    var speed: Double?

    @Option(help: ArgumentHelp("Other delays.", valueName: "N"))
    var seed: UInt64?

    @Flag(help: "Without the console: runs everything, again when the engine is killed, and proves it.")
    var headless = false

    @Flag(help: "With --headless: one JSON object a line, every event, then what was proven.")
    var json = false

    @OptionGroup var look: LookOptions

    func run() async throws {
        if let speed, !(0.1...1000 ~= speed) {
            throw UsageError("--speed \(speed): the stores may be 0.1 to 1000 times as fast.")
        }
        if json, !headless { throw UsageError("--json goes with --headless: the console prints nothing.") }
        if !headless { try OpenConsole.requireTerminal("mallow demo --headless works without one") }
        let sandbox = try sandbox()
        say("the sandbox is \(sandbox.folder)")
        defer {
            say("mallow demo --folder '\(sandbox.folder)' comes back to it; rm -r '\(sandbox.folder)' removes it")
        }
        if headless {
            try await HeadlessDemo(sandbox: sandbox, isJSON: json, say: say).run()
        } else {
            try await open(sandbox)
        }
    }

    /// With `--json`, standard output belongs to the objects.
    private func say(_ text: String) {
        if json { Output.complain("demo: \(text)") } else { Output.print("demo: \(text)") }
    }

    private func sandbox() throws -> Sandbox {
        guard let folder, let there = try Sandbox(in: folder) else {
            let sample: SampleData
            if let sampleData {
                sample = try SampleData(folder: sampleData)
            } else {
                let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
                sample = try SampleData(near: [FileManager.default.currentDirectoryPath, program])
            }
            return try Sandbox(
                making: folder, from: sample, staging: .demo(speed: speed ?? 1, seed: seed ?? 2018),
                in: FileManager.default.temporaryDirectory
            )
        }
        if speed != nil || seed != nil {
            var staging = try Staging(file: there.stagingFile)
            staging.speed = speed ?? staging.speed
            staging.seed = seed ?? staging.seed
            try staging.write(to: there.stagingFile)
        }
        return there
    }

    private func open(_ sandbox: Sandbox) async throws {
        let ledger = try Ledger(path: sandbox.ledger, now: { Date() })
        if try await ledger.snapshot().courses.isEmpty { try await list(sandbox) }
        try await OpenConsole.show(
            Place(sandbox), ledger, try LedgerWatch(ledger),
            try Outfit(environment: ProcessInfo.processInfo.environment), look
        ) { keys in
            "demo: \(keys.hint(.markAll)) marks all courses, \(keys.hint(.run)) runs them; then watch, and press "
                + "\(keys.hint(.triage)) when something needs you"
        }
    }

    /// Lists the courses before the first frame: a console without any is no sight.
    private func list(_ sandbox: Sandbox) async throws {
        let program = ThisProgram(arguments: ["discover"] + sandbox.options)
        let log = "\(sandbox.ledger).engine.log"
        let process = try program.start(in: .background(log: log))
        let status = try await BlockingPool(name: "listing", width: 1).run { ThisProgram.wait(for: process) }
        guard status == 0 else {
            throw Failure(
                .bug, "listing the sample courses", at: sandbox.folder,
                cause: "mallow discover ended otherwise than well",
                advice: "read \(log)"
            )
        }
    }
}

extension Sandbox {
    /// The endpoints and the ledger, as command-line options; whatever configuration lies about is not a demo's.
    var options: [String] {
        ["--source", source, "--store", store, "--catalog", catalog, "--ledger", ledger, "--config", ""]
    }
}

extension Place {
    /// Where a demo plays.
    init(_ sandbox: Sandbox) {
        self.init(
            .demo, source: sandbox.source, store: sandbox.store, catalog: sandbox.catalog,
            ledger: sandbox.ledger, configuration: "", engineOptions: ["--staging", sandbox.stagingFile],
            concurrency: Staging.concurrency, operator: NSUserName()
        )
    }
}
