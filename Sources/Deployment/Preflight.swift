// SPDX-License-Identifier: Apache-2.0
package import Foundation
import Ledger
package import MigrationModel
import Threading
import VideoCatalog

/// Looks whether a run could begin now on these places. What can be tried is tried, and nothing of it stays: a ledger, a
/// store or a catalog that is not there is not made.
///
/// A directory store that is there gets the empty folders that it keeps its own things and the prefix's objects in: an
/// engine that begins meanwhile may count on them already, so they are not taken away again.
package struct Preflight: Sendable {
    /// How a store is tried, by who knows its promises.
    package struct StoreTrial: Sendable {
        /// The only key that is written.
        let canary: ObjectKey
        let checks: @Sendable (any ObjectStore) async -> [PreflightCheck]

        package init(canary: ObjectKey, checks: @escaping @Sendable (any ObjectStore) async -> [PreflightCheck]) {
            self.canary = canary
            self.checks = checks
        }
    }

    private let endpoints: Endpoints
    private let ledger: PathOnDisk
    private let trial: StoreTrial
    private let now: @Sendable () -> Date
    /// A call that never returns takes one of its threads, and there are more threads than looks.
    private let pool = BlockingPool(name: "preflight", width: 8)

    private static let source = ["olx"]
    private static let store = ["file"]
    private static let catalog = ["sqlite"]

    /// Opens nothing yet.
    ///
    /// - Throws: ``InvalidEndpoint`` for a scheme nobody knows; whatever else is wrong is what the checks are for.
    package init(
        _ endpoints: Endpoints, ledger: String, trial: StoreTrial, now: @escaping @Sendable () -> Date
    ) throws(InvalidEndpoint) {
        for (endpoint, role, known) in [
            (endpoints.source, "source", Self.source), (endpoints.store, "store", Self.store),
            (endpoints.catalog, "catalog", Self.catalog),
        ] where !known.contains(endpoint.scheme) {
            throw endpoint.unknown(role: role, known: known)
        }
        self.endpoints = endpoints
        self.ledger = PathOnDisk(path: URL(fileURLWithPath: ledger).standardizedFileURL.path)
        self.trial = trial
        self.now = now
    }

    /// Every check, always in the same order: source, store, catalog, ledger, clock, disk. All are made at once.
    ///
    /// - Parameter limit: how long each of them may take; 20 s are meant.
    package func checks(within limit: Duration) async -> [PreflightCheck] {
        let probes = [
            Probe(name: "source", look: source),
            Probe(name: "store", leftover: "\(trial.canary) may have been left there: remove it", look: store),
            Probe(name: "catalog", look: catalog), Probe(name: "ledger", look: ledgerAndClock),
            Probe(name: "disk", look: disk),
        ]
        return await withTaskGroup(of: (Int, [PreflightCheck]).self) { group in
            for (place, probe) in probes.enumerated() {
                group.addTask { (place, await probe.checks(within: limit)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    // MARK: - Places

    private func source() async throws -> [PreflightCheck] {
        let source = try await pool.run { [endpoints] in
            try endpoints.source.check(role: "source", known: Self.source)
            return try Platform.source(endpoints.source)
        }
        return [try await FirstCourse(source: source, place: endpoints.source.description).check()]
    }

    /// A store that a run would make is not made: what is proven is that it could be.
    private func store() async throws -> [PreflightCheck] {
        let clock = Stopwatch()
        let endpoint = endpoints.store
        let store: (any ObjectStore)? = try await pool.run {
            try endpoint.check(role: "store", known: Self.store)
            let folder = PathOnDisk(path: endpoint.path)
            guard folder.exists else {
                try folder.proveCreatable("the store's folder")
                return nil
            }
            return try Platform.store(endpoint)
        }
        guard let store else { return [clock.passed("store", "\(endpoint) will be made by the first run")] }
        return await trial.checks(store)
    }

    private func catalog() async throws -> [PreflightCheck] {
        let endpoint = endpoints.catalog
        return try await pool.run {
            let clock = Stopwatch()
            try endpoint.check(role: "catalog", known: Self.catalog)
            let file = PathOnDisk(path: endpoint.path)
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
            }
        }
    }

    private func disk() async throws -> [PreflightCheck] {
        let space = DiskSpace(
            places: [("ledger", ledger)]
                + [("store", endpoints.store), ("catalog", endpoints.catalog)]
                .filter { ["file", "sqlite"].contains($1.scheme) }
                .map { ($0, PathOnDisk(path: $1.path)) }
        )
        return try await pool.run { try space.checks() }
    }

    private func ledgerAndClock() async throws -> [PreflightCheck] {
        let clock = Stopwatch()
        let opened: Ledger? = try await pool.run { [ledger, now] in
            guard ledger.exists, !ledger.isEmptyFile else {
                try ledger.proveCreatable("the ledger")
                return nil
            }
            // SQLite keeps its log beside the file.
            try ledger.folder.proveFolderWritable("write beside the ledger")
            return try Ledger(path: ledger.path, now: now)
        }
        guard let opened else {
            return [
                clock.passed("ledger", "\(ledger.path) will be made by the first run"),
                clock.passed("clock", "no event to compare with"),
            ]
        }
        let found = try await opened.readiness(
            store: endpoints.store.description, catalog: endpoints.catalog.description)
        return found.checks(at: now(), clock)
    }
}
