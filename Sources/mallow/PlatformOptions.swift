// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import Ledger
import Migration
import MigrationModel
import PlatformSettings

/// Where the platform's stores are.
struct PlatformOptions: ParsableArguments {
    @Option(
        help: """
            Where courses are read: olx:PATH (an export folder, a folder of them, or .tar.gz files), \
            mongodb://USER@HOST:PORT/DATABASE (its password in MALLOW_SOURCE_PASSWORD), or bson:PATH (a folder of mongodump); both take ?bucket=B&collection=C.
            """)
    var source: String?

    @Option(
        help: ArgumentHelp(
            "Where transcripts go: file:PATH, or s3://BUCKET[/LOCATION]?endpoint=URL&region=R&addressing=path|virtual.",
            discussion: """
                Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, else from where \
                mallow.yaml says, else from the profile (AWS_PROFILE), else from the container's host or the machine's role. What a server cannot do is \
                accepted by name: &accept=put-race,unchecked,delete-race; mallow doctor says which.
                """))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "edx-val's tables: sqlite:PATH, or mysql://USER@HOST[:PORT]/DATABASE[?tls=on][&ca=PATH].",
            discussion: """
                A database's password comes from MALLOW_CATALOG_PASSWORD, else from where mallow.yaml says. mysql: needs a build with --traits MySQL.
                """))
    var catalog: String?

    /// What a command is about, looked at. Makes no ledger.
    ///
    /// - Throws: ``InvalidEndpoint``, ``InvalidConfiguration``, ``UsageError``, and ``NoRehearsal`` for a rehearsal that may
    ///   touch production.
    func target(_ ledger: LedgerOptions) throws -> Target {
        let target = try uncheckedTarget(ledger)
        try target.endpoints.check()
        return target
    }

    /// The same; nil where nobody has named all of production's places yet.
    func knownTarget(_ ledger: LedgerOptions) throws -> Target? {
        if !ledger.configuration.rehearsal {
            try ledger.refuseRehearsals()
            let places = try places(ledger)
            if places.source == nil || places.store == nil || places.catalog == nil { return nil }
        }
        return try target(ledger)
    }

    /// The endpoints of it: as given, else the configuration's, else the ones of the ledger's last run.
    func endpoints(_ ledger: LedgerOptions) throws -> Endpoints { try target(ledger).endpoints }

    /// The same without a look at them.
    func uncheckedTarget(_ ledger: LedgerOptions) throws -> Target {
        ledger.configuration.rehearsal ? .rehearsal(try rehearsal(ledger)) : .production(try production(ledger))
    }

    private func rehearsal(_ ledger: LedgerOptions) throws -> Rehearsal {
        guard store == nil, catalog == nil else {
            throw UsageError("--rehearsal writes where staging: of mallow.yaml says: leave out --store and --catalog.")
        }
        guard let configuration = try ledger.configuration.read() else {
            throw UsageError(
                "--rehearsal needs a mallow.yaml that names staging:; mallow init writes one to begin with.")
        }
        return try rehearsal(configuration, ledger)
    }

    /// How the target of a command stands to rehearsals; nil where no configuration is in force, and none are wanted.
    func rehearsals(of target: Target, _ ledger: LedgerOptions) throws -> RehearsalTrial? {
        guard let configuration = try ledger.configuration.read() else { return nil }
        return RehearsalTrial(
            target, ledger: try ledger.productionPath,
            rehearsal: ledger.configuration.rehearsal
                ? try ledger.forRun().name : nil,
            hasStaging: configuration.staging != nil, command: rehearsing(ledger, in: try ledger.productionPath)
        ) { [self] in try rehearsal(configuration, ledger) }
    }

    /// The command that rehearses the whole source for the same ledger and under the same configuration.
    ///
    /// - Parameter path: the ledger that it is told; nil for the one by default.
    func rehearsing(_ ledger: LedgerOptions, in path: String?) -> String {
        let options = LedgerOptions.words([
            ("--source", source), ("--ledger", path),
            ("--config", ledger.configuration.config),
        ])
        return "mallow run --rehearsal --all\(options)"
    }

    /// Staging's places for production's courses.
    private func rehearsal(_ configuration: Configuration, _ ledger: LedgerOptions) throws -> Rehearsal {
        let written = configuration.production
        let known = try Ledger.places(knownTo: try ledger.productionPath)
        guard let source = source ?? written.source?.value ?? known.first?.places.source else {
            throw UsageError("--source is missing, and neither mallow.yaml nor an earlier run in the ledger names one.")
        }
        // Whatever a run of production has ever written to is production's; where nobody names one, it is where it was last.
        let former = known.filter { $0.kind == "production" }.map(\.places)
        let (storeToday, catalogToday) = (store ?? written.store?.value, catalog ?? written.catalog?.value)
        let named: [(String?, Endpoint.Role)] = [
            (written.source?.value, .source), (store, .store), (written.store?.value, .store), (catalog, .catalog),
            (written.catalog?.value, .catalog), (storeToday ?? former.first?.store, .store),
            (catalogToday ?? former.first?.catalog, .catalog),
        ]
        return try Rehearsal(
            reading: source, as: written, into: configuration.staging,
            apartFrom: named.compactMap { text, role in try text.map { try Endpoint($0, role: role) } },
            formerly: former.flatMap { place in
                try [
                    Endpoint(place.source, role: .source), Endpoint(place.store, role: .store),
                    Endpoint(place.catalog, role: .catalog),
                ]
            }, ledger: try ledger.productionPath)
    }

    /// - Throws: ``UsageError`` for production's places with the ledger of a rehearsal, too.
    private func production(_ ledger: LedgerOptions) throws -> Endpoints {
        try ledger.refuseRehearsals()
        let places = try places(ledger)
        func endpoint(_ place: String?, _ name: String) throws -> String {
            guard let place else {
                throw UsageError(
                    "--\(name) is missing, and neither mallow.yaml nor an earlier run in the ledger names one.")
            }
            return place
        }
        let endpoints = try Endpoints(
            source: try endpoint(places.source, "source"), store: try endpoint(places.store, "store"),
            catalog: try endpoint(places.catalog, "catalog")
        )
        let configured = try ledger.configuration.read()?.production
        guard let configured else { return endpoints }
        for (endpoint, written) in [(endpoints.store, configured.store), (endpoints.catalog, configured.catalog)] {
            guard !endpoint.isOnDisk, !configured.secrets.isEmpty, endpoint.description != written?.value else {
                continue
            }
            Output.complain(
                "the secrets of mallow.yaml are for its own \(endpoint.role.rawValue) and not used for \(endpoint)")
        }
        return endpoints.knowing(configured)
    }

    /// Production's, as far as anybody has named them.
    private func places(_ ledger: LedgerOptions) throws -> (source: String?, store: String?, catalog: String?) {
        let written = try ledger.configuration.read()?.production
        var places = (
            source: source ?? written?.source?.value, store: store ?? written?.store?.value,
            catalog: catalog ?? written?.catalog?.value
        )
        if places.source == nil || places.store == nil || places.catalog == nil {
            let used = try Ledger.places(knownTo: try ledger.path).first
            // Without the configuration, what it wants of a run would silently not be wanted any more.
            if let before = used?.configuration, written == nil, ledger.configuration.config == nil {
                throw UsageError(
                    "The last run took its places from \(before), which is not in force here: add --config '\(before)', "
                        + "or name --source, --store and --catalog; --config '' means the last run's places and no "
                        + "configuration.")
            }
            let last = used?.places
            places = (places.source ?? last?.source, places.store ?? last?.store, places.catalog ?? last?.catalog)
        }
        return places
    }
}

/// What is taken and how it is stored.
struct ContentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("keep: bytes stay as they are; sjson: everything becomes SJSON.", valueName: "keep|sjson"))
    var format: FormatPolicy = .keep

    @Flag(help: "Leave out English that no course declares, though the player would show it.")
    var declaredOnly = false

    var lookUp: LookUp { LookUp(discoversEnglish: !declaredOnly) }

    /// - Parameter prefix: what stands before an object's name in edx-val.
    func manner(prefix: String) -> Manner { Manner(format: format, prefix: prefix, declaredOnly: declaredOnly) }

    /// What was chosen otherwise than by default, as it is written on a command line.
    var choices: [String] {
        (format == .keep ? [] : ["--format=\(format.rawValue)"]) + (declaredOnly ? ["--declared-only"] : [])
    }
}

extension ReadablePlatform {
    /// What plans, checks and comparisons are given.
    func readers(_ content: ContentOptions) -> Readers { readers(format: content.format, lookUp: content.lookUp) }

    func readers(format: FormatPolicy, lookUp: LookUp) -> Readers {
        Readers(
            source: source, store: UnhurriedReader(store, .real), catalog: catalog, format: format, lookUp: lookUp)
    }
}

/// Which courses are taken.
struct CourseOptions: ParsableArguments {
    @Option(name: .customLong("course"), help: ArgumentHelp("A course; may be given more than once.", valueName: "KEY"))
    var courses: [String] = []

    func keys() throws -> Set<CourseKey> {
        try Set(
            courses.map { text in
                do throws(InvalidKey) { return try CourseKey(text) } catch { throw UsageError("--course: \(error).") }
            })
    }
}

extension FormatPolicy: ExpressibleByArgument {}

extension Surroundings {
    /// The real clock and the real dice.
    static var real: Surroundings {
        let start = ContinuousClock.now
        return Surroundings(
            sleep: { try await Task.sleep(for: $0) },
            uptime: {
                let elapsed = (ContinuousClock.now - start).components
                return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
            },
            now: { Date() }, newID: { UUID.random() }, jitter: { Double.random(in: -1...1) }
        )
    }
}
