// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Canvas
import Console
import Deployment
import Foundation
import Ledger
import MigrationModel
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
              mallow --theme mallow-light --window-shuts 05:00
            """
    )

    @OptionGroup var platform: PlatformOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var look: LookOptions

    @Option(
        help: ArgumentHelp(
            "When the window shuts, by this machine's clock: the console says whether the work fits. It stops nothing.",
            valueName: "HH:MM"))
    var windowShuts: String?

    func run() async throws {
        try Self.requireTerminal("mallow status --watch and mallow run work without one")
        let window = try windowShuts.map { text in
            guard let window = Window(clock: text, after: Date(), in: .current) else {
                throw UsageError("--window-shuts \(text): write a time of day, such as 05:00.")
            }
            return window
        }
        let watch = Self.watch(ledger.path)
        let ledger = try ledger.open()
        let last = try await ledger.newestRun()
        let source = platform.source ?? last?.source
        let store = platform.store ?? last?.store
        let catalog = platform.catalog ?? last?.catalog
        var endpoints: Endpoints?
        // A wrong endpoint is said before the screen is taken; a right one means the same place from any folder.
        if let source, let store, let catalog {
            endpoints = try Endpoints(source: source, store: store, catalog: catalog)
            try endpoints?.check()
        }
        // A demo's ledger is a demo's, whoever opens it.
        let folder = URL(fileURLWithPath: ledger.path).deletingLastPathComponent().path
        let sandbox = try? Sandbox(in: folder)  // another folder has none
        if let sandbox, sandbox.ledger == ledger.path {
            return try await Self.show(Place(sandbox), ledger, watch, look: look)
        }
        let place = Place(
            isProduction: true, source: endpoints.map { "\($0.source)" }, store: endpoints.map { "\($0.store)" },
            catalog: endpoints.map { "\($0.catalog)" }, ledger: ledger.path, operator: NSUserName(),
            window: window, weaknesses: endpoints?.store.weaknesses ?? []
        )
        try await Self.show(place, ledger, watch, look: look)
    }

    /// - Parameter otherwise: what to do where there is none.
    static func requireTerminal(_ otherwise: String) throws {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw UsageError("The console needs a terminal; \(otherwise).")
        }
    }

    /// Looks at every course of a ledger while that is opened and the terminal is taken: of 10,000 courses, that takes longest.
    static func watch(_ ledger: String) -> LedgerWatch {
        let watch = LedgerWatch(path: ledger, now: { Date() })
        // What cannot be read yet is read, and told, by the console itself.
        Task { try? await watch.prepare(.worstFirst) }
        return watch
    }

    /// Takes the terminal until the operator leaves.
    ///
    /// - Parameter welcome: the first notice, made from the keys that are in force.
    static func show(
        _ place: Place, _ ledger: Ledger, _ watch: LedgerWatch, look: LookOptions,
        welcome: ((Keymap) -> String)? = nil
    ) async throws {
        let environment = ProcessInfo.processInfo.environment
        let memory = KeptBeside(folder: URL(fileURLWithPath: ledger.path).deletingLastPathComponent().path)
        let shelf = ThemeShelf(userFolder: ThemeShelf.userFolder(environment: environment))
        let theme = try look.theme(on: shelf, remembered: memory.theme)
        let keymap = try Self.keymap(environment)
        let terminal: Terminal
        do {
            terminal = try await Terminal.open(
                TerminalOptions(
                    colours: look.colours, characters: look.characters, errorLog: ledger.path + ".console.log"))
        } catch let unavailable as TerminalUnavailable {
            throw UsageError("\(unavailable) mallow status --watch works on any terminal.")
        }
        var model = Model(
            size: await terminal.size(), capabilities: terminal.capabilities, place: place, themes: shelf.themes,
            theme: theme, keymap: keymap, now: Date()
        )
        for problem in shelf.problems { model.tell(.refused, "\(problem)") }
        if let welcome { model.tell(.information, welcome(model.keymap)) }
        let session = ConsoleSession(
            model: model, display: terminal, ledger: ledger, watch: watch, starter: BackgroundEngine(place: place),
            onlooker: OnlookerProcess(place: place), preferences: memory
        )
        await terminal.close(await session.run())
    }
}

extension OpenConsole {
    /// The standard keys, or the operator's own from `mallow/keys.toml` in the configuration folder.
    private static func keymap(_ environment: [String: String]) throws -> Keymap {
        let folder = URL(fileURLWithPath: ThemeShelf.userFolder(environment: environment)).deletingLastPathComponent()
        let path = folder.appending(path: "keys.toml").path
        guard FileManager.default.fileExists(atPath: path) else { return .standard }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError("\(path) cannot be read; let this user read it, or remove it.")
        }
        do { return try Keymap(Array(data), at: path) } catch { throw UsageError("\(error)") }
    }
}

extension Terminal: Display {}
