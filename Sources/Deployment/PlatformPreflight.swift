// SPDX-License-Identifier: Apache-2.0
package import Foundation
import Ledger
package import MigrationModel
import Threading
import VideoCatalog

/// Looks whether a run could begin now on these places. What can be tried is tried, and nothing of it stays: a ledger, a
/// store or a catalog that is not there is not made, and a ledger of an earlier version stays one.
///
/// A directory store that is there gets the empty folders that it keeps its own things and the prefix's objects in: an
/// engine that begins meanwhile may count on them already, so they are not taken away again.
package struct PlatformPreflight: Sendable {
    /// How a store is tried, by who knows its promises.
    package struct StoreTrial: Sendable {
        /// The only key that is written.
        let canary: ObjectKey
        /// The last check says whether the canary is left there; a trial that is cancelled goes on to it.
        let checks: @Sendable (any ObjectStore) async -> [PreflightCheck]

        package init(canary: ObjectKey, checks: @escaping @Sendable (any ObjectStore) async -> [PreflightCheck]) {
            self.canary = canary
            self.checks = checks
        }
    }

    private let target: Target
    private let ledger: PathOnDisk
    private let trial: StoreTrial
    private let hours: Window?
    private let rehearsals: RehearsalTrial?
    private let writesBack: Bool
    private let now: @Sendable () -> Date
    /// How long a trial of the store that is given up may take to remove its canary.
    private static let patience = Duration.seconds(7)
    /// A call that never returns takes one of its threads, and there are more threads than looks.
    private let pool = BlockingPool(name: "preflight", width: 8)

    private var endpoints: Endpoints { target.endpoints }

    /// Opens nothing yet. A run may begin videos in `hours` only; nil for always. `rehearsals` is nil where none are wanted.
    /// `writesBack` says whether it is to write new ids into courses where it can.
    ///
    /// - Throws: ``InvalidEndpoint`` for a scheme nobody knows; whatever else is wrong is what the checks are for.
    package init(
        _ target: Target, ledger: String, trial: StoreTrial, hours: Window? = nil, rehearsals: RehearsalTrial? = nil,
        writesBack: Bool = true, now: @escaping @Sendable () -> Date
    ) throws(InvalidEndpoint) {
        let endpoints = target.endpoints
        for endpoint in [endpoints.source, endpoints.store, endpoints.catalog] { try endpoint.checkScheme() }
        self.target = target
        self.ledger = PathOnDisk(path: URL(fileURLWithPath: ledger).standardizedFileURL.path)
        self.trial = trial
        self.hours = hours
        self.rehearsals = rehearsals
        self.writesBack = writesBack
        self.now = now
    }

    /// Every check; all are made at once. Those that failed come first, then those that somebody should know of; within
    /// a verdict the order is always source, write-back, store, catalog, ledger, clock, disk, window, rehearsals.
    ///
    /// - Parameter limit: how long each of them may take; 20 s are meant. The store may take seven more to clean up.
    package func checks(within limit: Duration) async -> [PreflightCheck] {
        let probes = [
            // A run reads on where this gives up.
            Probe(name: "source", excuse: "a large archive takes longer", look: source),
            Probe(name: "write-back", look: writeBack),
            Probe(
                name: "store",
                leftover: Probe.Leftover(
                    words: "\(trial.canary) may have been left there: remove it", patience: Self.patience),
                look: store
            ),
            objects, Probe(name: "catalog", look: catalog), Probe(name: "ledger", look: ledgerAndClock),
            Probe(name: "disk", look: disk), Probe(name: "window", look: window),
            Probe(name: "rehearsals", look: rehearse),
        ]
        return await withTaskGroup(of: (Int, [PreflightCheck]).self) { group in
            for (place, probe) in probes.enumerated() {
                group.addTask { (place, await probe.checks(within: limit)) }
            }
            return Self.worstFirst(
                await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.flatMap(\.1))
        }
    }

    /// Whoever shows too few lines cuts the end: what is in the way of a run stands before what is not.
    static func worstFirst(_ checks: [PreflightCheck]) -> [PreflightCheck] {
        [PreflightCheck.Verdict.fail, .attention, .pass].flatMap { verdict in checks.filter { $0.verdict == verdict } }
    }

    /// Nothing where no hours are kept.
    private func window() -> [PreflightCheck] {
        hours.map { [$0.check(at: now(), ProbeClock())] } ?? []
    }

    /// Nothing where none are wanted.
    private func rehearse() async throws -> [PreflightCheck] {
        guard let rehearsals else { return [] }
        return try await pool.run { try rehearsals.checks(ProbeClock()) }
    }

    // MARK: - Places

    /// As a run lists it, by the platform's course index where there is one.
    private func source() async throws -> [PreflightCheck] {
        let (source, lost) = try await pool.run { [self] in
            try endpoints.source.check()
            do {
                return (try Platform.source(of: target, now: now).0, (any Error)?.none)
            } catch {
                // What is wrong with the catalog is its own check's to say: the source is looked at all the same.
                return (try Platform.source(endpoints.source), error)
            }
        }
        let check = try await FirstCourse(source: source, place: endpoints.source.description).check()
        guard lost != nil, check.verdict == .pass else { return [check] }
        return [
            ProbeClock().attention(
                check.name,
                "\(check.measured), by MongoDB's own list of courses: the catalog cannot be asked for a newer one",
                advice: "see the check of the catalog, then prove again")
        ]
    }

    /// Nothing where nothing is to be written back, and where source or catalog cannot be opened: that is told already.
    private func writeBack() async throws -> [PreflightCheck] {
        guard writesBack, target.writableSource != nil else { return [] }
        let writer: (any CourseWriter)?
        do {
            writer = try await pool.run { [self] in
                try endpoints.source.check()
                return try Platform.source(of: target, now: now).1
            }
        } catch { return [] }
        return try await writer.map(WriteBackTrial.init)?.checks() ?? []
    }

    /// A store that a run would make is not made: what is proven is that it could be.
    private func store() async throws -> [PreflightCheck] {
        let clock = ProbeClock()
        let endpoint = endpoints.store
        let store: (any ObjectStore)? = try await pool.run { [self] in
            try endpoint.check()
            if endpoint.isOnDisk {
                let folder = PathOnDisk(path: endpoint.path)
                try refuseLoss(of: .store, endpoint)
                guard folder.exists else {
                    try folder.proveCreatable("the store's folder")
                    return nil
                }
            }
            return try Platform.store(of: target, now: now)
        }
        guard let store else { return [clock.passed("store", "\(endpoint) will be made by the first run")] }
        return await trial.checks(store)
    }

    /// Nothing where the ledger knows that the store or the catalog is lost: that is told already.
    private var objects: Probe {
        let probe = NamedObjects.probe(endpoints, on: pool)
        return Probe(name: probe.name, excuse: probe.excuse) {
            do {
                try await pool.run {
                    try refuseLoss(of: .store, endpoints.store)
                    try refuseLoss(of: .catalog, endpoints.catalog)
                }
            } catch { return [] }
            return try await probe.look()
        }
    }

    private func catalog() async throws -> [PreflightCheck] {
        let endpoint = endpoints.catalog
        return try await pool.run { [self] in
            let clock = ProbeClock()
            try endpoint.check()
            #if MySQL
            if endpoint.scheme == "mysql" {
                let (videos, transcripts) = try Database(endpoint).tryOut()
                let words = "\(videos) videos, \(transcripts) transcripts; rows were inserted and taken back"
                return [clock.passed("catalog", words)]
            }
            #endif
            let file = PathOnDisk(path: endpoint.path)
            try refuseLoss(of: .catalog, endpoint)
            guard file.exists else {
                try file.proveCreatable("the catalog")
                return [clock.passed("catalog", "\(endpoint) will be made by the first run")]
            }
            try file.proveFileWritable("write the catalog")
            // SQLite keeps its journal beside the file.
            try file.folder.proveFolderWritable("write beside the catalog")
            switch try SQLiteCatalog.tryOut(path: file.path) {
            case .empty: return [clock.passed("catalog", "empty: the first run makes its tables")]
            case .tables(let videos, let transcripts):
                let words = "\(videos) videos, \(transcripts) transcripts; can be locked"
                return [clock.passed("catalog", words)]
            case .locked: return [clock.locked("catalog")]
            }
        }
    }

    /// Refuses what a run refuses. A ledger that cannot be read is told by its own check.
    private func refuseLoss(of place: Ledger.Place, _ endpoint: Endpoint) throws {
        guard endpoint.holdsNothing else { return }
        let loss = try? Ledger.loss(of: place, endpoint.description, knownTo: ledger.path)  // as said above
        if let loss { throw loss }
    }

    private func disk() async throws -> [PreflightCheck] {
        let space = DiskSpace(
            places: [("ledger", ledger)]
                + [("store", endpoints.store), ("catalog", endpoints.catalog)]
                .filter { $1.isOnDisk }
                .map { ($0, PathOnDisk(path: $1.path)) }
        )
        return try await pool.run { try space.checks() }
    }

    private func ledgerAndClock() async throws -> [PreflightCheck] {
        let clock = ProbeClock()
        return try await pool.run { [ledger, endpoints, now] in
            let noEvent = clock.passed("clock", "no event to compare with")
            guard ledger.exists, !ledger.isEmptyFile else {
                try ledger.proveCreatable("the ledger")
                return [clock.passed("ledger", "\(ledger.path) will be made by the first run"), noEvent]
            }
            try ledger.proveFileWritable("write the ledger")
            // SQLite keeps its log beside the file.
            try ledger.folder.proveFolderWritable("write beside the ledger")
            let (store, catalog) = (endpoints.store.description, endpoints.catalog.description)
            switch try Ledger.tryOut(path: ledger.path, store: store, catalog: catalog, at: now()) {
            case .empty: return [clock.passed("ledger", "empty: the first run makes its tables"), noEvent]
            case .locked: return [clock.locked("ledger")]
            // By the clock after the look: an engine at work may have written while its lock was waited for.
            case .ready(let readiness): return readiness.checks(at: now(), clock)
            }
        }
    }
}
