// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import Ledger
import Migration
import MigrationModel

/// Starts a run in this process, or shows what it would do: for `mallow run` and `mallow failures --retry`.
struct Launch {
    let target: Target
    /// The command that rehearses the whole source.
    let rehearsing: String
    let ledger: LedgerOptions
    let content: ContentOptions
    let tuning: TuningOptions
    /// What stands before an object's name in edx-val.
    let prefix: String
    /// What a demo puts before the stores; nil elsewhere.
    let stage: Stage?
    let window: WindowOptions
    let clearance: ClearanceOptions
    let acceptance: AcceptanceOptions
    let writeBack: WriteBackOptions
    let isJSON: Bool

    private var endpoints: Endpoints { target.endpoints }

    /// The command that rehearses the whole source in this run's own manner.
    private var rehearsingAlike: String {
        rehearsing + content.choices.map { " \($0)" }.joined()
            + LedgerOptions.words([("--prefix", tuning.keys.prefix)])
    }

    /// Runs to the end; the exit code is the ledger's.
    ///
    /// - Throws: ``NotRehearsed``, ``WindowShut`` and ``UsageError`` before anything is opened or made.
    func run(_ selection: CourseSelection) async throws {
        if case .rehearsal(let rehearsal) = target {
            try await RehearsalCount.catchUp(rehearsal, ledger, rehearsing: rehearsingAlike)
        }
        let options = try ledger.forRun()
        let hours = try window.hours(options.configuration, at: Date())
        let manner = content.manner(prefix: prefix)
        let cleared = try clearance.clearance(
            of: selection, for: target, in: manner, options, rehearsing: rehearsingAlike)
        let ledger = try options.open()
        // First of all: an engine that is refused has opened and made nothing.
        let claim = try await ledger.claim()
        try endpoints.refuseLoss(knownTo: ledger.path)
        let accepted = try await acceptance.look(for: endpoints)
        for place in endpoints.newPlaces { Output.complain("making \(place): nothing is there yet") }
        let store = try Platform.store(of: target, concurrency: tuning.concurrency, now: { Date() })
        if !endpoints.store.isOnDisk { try await prove(store) }
        let opened = try Platform(target, store: store, concurrency: tuning.concurrency, now: { Date() })
        let platform = stage.map(opened.staged) ?? opened
        let (limitedStore, limitedSource) = tuning.limited(platform.store, platform.source)
        let log = try await ledger.beginRun(
            RunHeader(
                kind: target.kind, actor: NSUserName(), source: "\(endpoints.source)", store: "\(endpoints.store)",
                catalog: "\(endpoints.catalog)",
                options: tuning.described(content, prefix: prefix, window: hours.window),
                choices: tuning.choices + content.choices + writeBack.choices,
                configuration: try options.configuration.path, manner: manner
            ), under: claim
        )
        var retirements: [String] = []
        if case .rehearsal(let rehearsal) = target { retirements = rehearsal.retirements }
        for override in [hours.override, cleared?.override, accepted].compactMap(\.self) + retirements {
            try await log.record([.notice(course: nil, block: nil, text: "\(NSUserName()): \(override)")])
        }
        try await ForegroundRun(
            ledger: ledger, log: log, output: output,
            connections: Connections(
                source: limitedSource, store: limitedStore, catalog: platform.catalog, log: log,
                writer: writeBack.noWriteBack ? nil : platform.writer
            ),
            options: tuning.options(content, prefix: prefix, window: hours.window)
        ).execute(selection)
        let exit = try await ledger.exitStatus(of: log.run)
        if exit == .done, case .rehearsal(let rehearsal) = target {
            do { try await RehearsalCount(options, rehearsing: rehearsingAlike).count(rehearsal, in: ledger) } catch {
                // The run is what its own ledger says.
                Output.complain(
                    "this rehearsal is not counted: \(error); the next \(rehearsingAlike) counts it first")
            }
        }
        if exit != .done { throw ExitCode(exit.rawValue) }
    }

    /// A store that is somewhere else is tried before anything rests on it.
    ///
    /// - Throws: ``Failure``, which names what it cannot do.
    private func prove(_ store: any ObjectStore) async throws {
        let surroundings = Surroundings.real
        let preflight = StorePreflight(
            prefix: prefix, id: surroundings.newID(), uptime: surroundings.uptime)
        let checks = await preflight.checks(of: store, in: surroundings) { Output.complain($0) }
        let failed = checks.filter { $0.verdict == .fail }
        if !failed.isEmpty {
            var advice: [String] = []
            for check in failed.compactMap(\.advice) where !advice.contains(check) { advice.append(check) }
            throw Failure(
                failed[0].failed ?? .conflict, "proving the store", at: "\(endpoints.store)",
                cause: failed.map { "\($0.name): \($0.measured)" }.joined(separator: "; "), safe: "no run was begun",
                advice: advice.joined(separator: "; ")
            )
        }
        for check in checks where check.verdict == .attention {
            Output.complain("\(check.name): \(check.measured); \(check.advice ?? "")")
        }
    }

    /// Everything but writing: the platform is opened by capabilities that have no method for it.
    func preview(_ selection: CourseSelection) async throws {
        var wanted: Set<CourseKey> = []
        if case .courses(let keys) = selection { wanted = keys }
        let planning = Planning(endpoints: endpoints, wanted: wanted, content: content, compares: false)
        try await planning.run(DryRunOutput(isJSON: isJSON))
    }

    /// The courses that the ledger knows to have failed.
    func failedCourses() async throws -> Set<CourseKey> {
        let ledger = try ledger.openExisting()
        let tasks = try await ledger.failedTasks().map(\.course)
        let courses = try await ledger.snapshot().courses.filter { $0.state == CourseState.failed.rawValue }.map(\.key)
        let keys = Set((tasks + courses).map { CourseKey(unchecked: $0) })
        guard !keys.isEmpty else { throw UsageError("No course has failed; there is nothing to run again.") }
        return keys
    }

    /// The courses that the newest run took and did not bring to an end.
    func unfinishedCourses() async throws -> Set<CourseKey> {
        let snapshot = try await ledger.openExisting().snapshot()
        let rows = snapshot.courses.filter { row in
            row.run == snapshot.run?.id && CourseState(rawValue: row.state)?.isUnfinished == true
        }
        guard !rows.isEmpty else {
            throw UsageError("The last run left no course unfinished; name courses with --course, or take --all.")
        }
        return Set(rows.map { CourseKey(unchecked: $0.key) })
    }

    private var output: any RunOutput {
        if isJSON { return JSONRunOutput() }
        return Output.isTerminal ? BarRunOutput(about: ledger.hint) : LineRunOutput(about: ledger.hint)
    }
}
