// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Canvas
import Console
import Deployment
import Foundation
import Ledger
import Migration
import MigrationModel
import PlatformSettings
import Settings
import Terminal
import Themes

/// `mallow` by itself
struct OpenConsole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Opens the console: courses, live bars, retries, rollbacks, checks. What mallow does by itself.",
        discussion: """
            It starts the engine in the background when you say run, and comes back to one that runs already. Leaving it \
            (q) never stops a migration.

            Example:
              mallow --source olx:exports --store file:objects \\
                --catalog sqlite:edxval.sqlite
              mallow --rehearsal
              mallow --theme mallow-light --window-shuts 05:00
            """
    )

    @OptionGroup var platform: PlatformOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var look: LookOptions

    @Option(
        help: ArgumentHelp(
            "When the work has to be done, by this machine's clock: the console says whether it fits. It stops nothing; mallow.yaml names hours that are kept.",
            valueName: "HH:MM"))
    var windowShuts: String?

    func run() async throws {
        try Self.requireTerminal("mallow status --watch and mallow run work without one")
        let deadline = try windowShuts.map { text in
            guard let window = Deadline(clock: text, after: Date(), in: .current) else {
                throw UsageError("--window-shuts \(text): write a time of day, such as 05:00.")
            }
            return window
        }
        async let outfit = Outfit(environment: ProcessInfo.processInfo.environment)
        // A wrong endpoint is said before the screen is taken; a right one means the same place from any folder.
        let target = try platform.knownTarget(self.ledger)
        let options = try self.ledger.forRun()
        let endpoints = target?.endpoints
        let ledger = try options.open()
        let watch = try LedgerWatch(ledger)
        // Begins to look at every course while the terminal is taken: of 10,000 courses, that takes longest.
        async let _ = try? watch.prepare(.worstFirst)  // the console reads it again, and says why not
        let configuration = try options.configuration.read()
        let isRehearsal = options.configuration.rehearsal
        // A demo's ledger is a demo's, whoever opens it.
        let folder = URL(fileURLWithPath: ledger.path).deletingLastPathComponent().path
        let sandbox = try? Sandbox(in: folder)  // another folder has none
        if let sandbox, sandbox.ledger == ledger.path {
            return try await Self.show(Place(sandbox), ledger, watch, try await outfit, look)
        }
        let place = Place(
            isRehearsal ? .rehearsal : .production, source: endpoints.map { "\($0.source)" },
            store: endpoints.map { "\($0.store)" },
            catalog: endpoints.map { "\($0.catalog)" }, ledger: ledger.path, configuration: configuration?.path ?? "",
            concurrency: RunOptions().concurrency, operator: NSUserName(),
            window: isRehearsal ? nil : try configuration?.hours(), deadline: deadline,
            weaknesses: endpoints?.store.weaknesses ?? [],
            wantedRehearsals: isRehearsal || configuration == nil ? 0 : Clearance.wanted,
            prefix: configuration?.production.prefix?.value ?? RunOptions().prefix
        )
        try await Self.show(place, ledger, watch, try await outfit, look)
    }

    /// - Parameter otherwise: what to do where there is none.
    static func requireTerminal(_ otherwise: String) throws {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw UsageError("The console needs a terminal; \(otherwise).")
        }
    }

    /// Takes the terminal until the operator leaves.
    ///
    /// - Parameter welcome: the first notice, made from the keys that are in force.
    static func show(
        _ place: Place, _ ledger: Ledger, _ watch: LedgerWatch, _ outfit: Outfit, _ look: LookOptions,
        welcome: ((Keymap) -> String)? = nil
    ) async throws {
        let memory = KeptBeside(folder: URL(fileURLWithPath: ledger.path).deletingLastPathComponent().path)
        let theme = try look.theme(on: outfit.shelf, remembered: memory.theme)
        let terminal: Terminal
        do {
            terminal = try await Terminal.open(
                TerminalOptions(
                    colours: look.colours, characters: look.characters, errorLog: ledger.path + ".console.log"))
        } catch let unavailable as TerminalUnavailable {
            throw UsageError("\(unavailable); mallow status --watch works on any terminal.")
        }
        var model = Model(
            size: await terminal.size(), capabilities: terminal.capabilities, place: place, themes: outfit.shelf.themes,
            theme: theme, keymap: outfit.keymap, now: Date()
        )
        for problem in outfit.shelf.problems { model.tell(.refused, "\(problem)") }
        if let welcome { model.tell(.information, welcome(model.keymap)) }
        let session = ConsoleSession(
            model: model, display: terminal, ledger: ledger, watch: watch, starter: BackgroundEngine(place: place),
            onlooker: OnlookerProcess(place: place), preferences: memory
        )
        await terminal.close(await session.run())
    }
}

/// What operators may bring along for the console: their themes and their keys.
struct Outfit: Sendable {
    let shelf: ThemeShelf
    let keymap: Keymap

    /// Reads the files in the configuration folder. Blocks for some milliseconds.
    ///
    /// - Throws: ``UsageError`` for keys that cannot be used. A broken theme is no reason not to begin.
    init(environment: [String: String]) throws {
        let themes = ThemeShelf.userFolder(environment: environment)
        shelf = ThemeShelf(userFolder: themes)
        let path = URL(fileURLWithPath: themes).deletingLastPathComponent().appending(path: "keys.toml").path
        guard FileManager.default.fileExists(atPath: path) else {
            keymap = .standard
            return
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError("\(path) cannot be read; let this user read it, or remove it.")
        }
        do { keymap = try Keymap(Array(data), at: path) } catch { throw UsageError("\(error)") }
    }
}

extension Terminal: Display {}
