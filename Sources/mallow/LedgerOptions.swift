// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import Ledger
import MigrationModel
import PlatformSettings

/// Where the ledger is.
struct LedgerOptions: ParsableArguments {
    @Option(help: "The ledger's file. Default: the configuration's, else mallow/mallow.ledger in the state folder.")
    var ledger: String?

    @OptionGroup var configuration: ConfigurationOptions

    /// Of a rehearsal the newest one that has taken courses, or the one that was named.
    ///
    /// - Throws: ``InvalidConfiguration``, when nobody named it.
    var path: String {
        get throws {
            let path = try named
            guard configuration.rehearsal else { return path }
            let ledgers = RehearsalLedgers(path)
            return ledgers.path(try ledgers.named ?? ledgers.newestRun() ?? ledgers.newest ?? 1)
        }
    }

    /// What production's ledger calls it.
    var name: String { get throws { URL(fileURLWithPath: try path).lastPathComponent } }

    /// Production's ledger, also for a rehearsal.
    var productionPath: String {
        get throws { configuration.rehearsal ? RehearsalLedgers(try named).production : try named }
    }

    private var named: String {
        get throws {
            try ledger ?? configuration.read()?.ledger?.value
                ?? StateFolder.defaultLedger(environment: ProcessInfo.processInfo.environment)
        }
    }

    /// Refuses a rehearsal's ledger, by whatever link, for what is about production.
    ///
    /// - Throws: ``UsageError``.
    func refuseRehearsals() throws {
        let named = try named
        let linked = URL(fileURLWithPath: named).resolvingSymlinksInPath().path
        if [named, linked].contains(where: { RehearsalLedgers($0).named != nil }) {
            throw UsageError("\(named) is the ledger of a rehearsal: add --rehearsal, or name production's.")
        }
    }

    /// The ledger that a run begins with: of a rehearsal the one that was named, else the newest that was not brought to
    /// its end, else the next.
    func forRun() throws -> LedgerOptions {
        guard configuration.rehearsal else { return self }
        let ledgers = RehearsalLedgers(try named)
        var options = self
        options.ledger = ledgers.path(try ledgers.named ?? ledgers.next())
        return options
    }

    /// What follows a command's name for it to be about the same.
    var hint: String {
        (configuration.rehearsal ? " --rehearsal" : "")
            + Self.words([("--ledger", ledger), ("--config", configuration.config)])
    }

    /// The same for a command about a run of some kind, whose ledger may have been named without saying what it is.
    func hint(about kind: String) -> String {
        (kind == "rehearsal" && !configuration.rehearsal ? " --rehearsal" : "") + hint
    }

    /// Those options that are given, each after a space.
    static func words(_ options: [(name: String, value: String?)]) -> String {
        options.map { name, value in value.map { " \(name) '\($0)'" } ?? "" }.joined()
    }

    /// Opens the ledger, or makes it.
    func open() throws -> Ledger {
        let path = try path
        do {
            try StateFolder.prepare(for: path)
        } catch {
            throw Failure(
                .auth, "making the ledger's folder", at: path, cause: "\(error.localizedDescription)",
                advice: "name a ledger in a folder that you may write, with --ledger"
            )
        }
        return try Ledger(path: path, now: { Date() })
    }

    /// Opens the ledger if there is one.
    func openIfThere() throws -> Ledger? {
        try Ledger.isThere(try path) ? try open() : nil
    }

    /// Opens the ledger, which must be there.
    func openExisting() throws -> Ledger {
        guard let ledger = try openIfThere() else {
            throw UsageError("There is no ledger at \(try path); start a run, or name another ledger with --ledger.")
        }
        return ledger
    }
}
