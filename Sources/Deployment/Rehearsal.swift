// SPDX-License-Identifier: Apache-2.0
import MigrationModel
package import PlatformSettings

/// Where a rehearsal goes: production's courses are read, staging's store and catalog are written. Law 9.
///
/// None can be made whose store or catalog may be production's, as far as this machine can know; and a platform that may be
/// written to is opened by a ``Target``, which is one of these or production itself.
package struct Rehearsal: Sendable {
    package let endpoints: Endpoints
    /// What is kept of each host that was taken for gone because somebody has said so.
    package let retirements: [String]

    /// Looks at paths and asks for the addresses of databases; blocks until a name server answers.
    ///
    /// - Parameters:
    ///   - source: where production's courses are read.
    ///   - written: what the configuration says of production: its source's secret among it, and which hosts are retired.
    ///   - production: every place that is known to be production's. Nothing can be told apart from none.
    ///   - former: those that it once wrote to. They are production's as well, but for a database on a host that has no
    ///     address any more and that somebody has called retired.
    ///   - ledger: production's ledger.
    /// - Throws: ``InvalidEndpoint`` for a place that cannot be used; ``NoRehearsal`` where staging is not whole, or not
    ///   proven to be apart from production.
    package init(
        reading source: String, as written: ConfiguredPlatform, into staging: ConfiguredPlatform?,
        apartFrom production: [Endpoint], formerly former: [Endpoint] = [], ledger: String
    ) throws {
        guard let staging else {
            throw NoRehearsal("mallow.yaml names no staging", "write staging: with store and catalog")
        }
        guard let store = staging.store?.value, let catalog = staging.catalog?.value else {
            let missing = staging.store == nil ? "store" : "catalog"
            throw NoRehearsal("staging: has no \(missing)", "write \(missing): below it")
        }
        for role in [Endpoint.Role.store, .catalog] where !production.contains(where: { $0.role == role }) {
            throw NoRehearsal(
                "nobody says which \(role.rawValue) is production's, and nothing proves that staging's is another",
                "write \(role.rawValue): below production:")
        }
        endpoints = try Endpoints(source: source, store: store, catalog: catalog)
            .knowing(staging, goFirst: true).knowing(sourceOf: written).ofRehearsal
        var gone: Set<String> = []
        for place in [endpoints.store, endpoints.catalog] {
            if place.hasPath, let verb = PathOnDisk(path: place.path).overlap(with: PathOnDisk(path: ledger)) {
                throw Self.refusal(of: place, verb, "production's ledger (\(ledger))")
            }
            for other in production + [endpoints.source] {
                if let verb = try place.overlap(with: other) { throw Self.refusal(of: place, verb, other) }
            }
            for other in former {
                let verb = try place.overlap(with: other) { host in
                    guard written.retired[host] != nil else { return false }
                    gone.insert(host)
                    return true
                }
                if let verb { throw Self.refusal(of: place, verb, other) }
            }
        }
        retirements = gone.sorted().map { host in
            "\(host), where production once wrote, has no address any more and counts as retired: "
                + (written.retired[host]?.value ?? "")
        }
    }

    private static func refusal(of place: Endpoint, _ verb: String, _ other: Endpoint) -> NoRehearsal {
        refusal(of: place, verb, "production's \(other.role.rawValue) (\(other))")
    }

    private static func refusal(of place: Endpoint, _ verb: String, _ other: String) -> NoRehearsal {
        NoRehearsal(
            "staging's \(place.role.rawValue) (\(place)) \(verb) \(other)",
            "name a place for staging that has nothing to do with production")
    }
}

/// A rehearsal that may not be: nothing was opened, and nothing of production or staging was touched.
package struct NoRehearsal: Error, Sendable, Hashable, CustomStringConvertible {
    package let problem: String
    package let advice: String

    package var description: String { "No rehearsal: \(problem); \(advice)." }

    init(_ problem: String, _ advice: String) { (self.problem, self.advice) = (problem, advice) }
}

extension Endpoint {
    /// How this place touches another one, as the verb of a sentence; nil for places that are proven to be apart.
    ///
    /// Endpoints that lead to one place by different names are found where this machine can know it: by links, by the
    /// files themselves, by the addresses behind a name. A bucket's name is enough, whatever server it is asked of.
    ///
    /// - Parameter retired: of a place that nobody uses any more: as `Database` asks it.
    /// - Throws: ``Failure`` where the addresses of a database cannot be had.
    fileprivate func overlap(with other: Endpoint, unless retired: ((String) -> Bool)? = nil) throws -> String? {
        if hasPath, other.hasPath {
            return PathOnDisk(path: path).overlap(with: PathOnDisk(path: other.path))
        }
        guard scheme == other.scheme else { return nil }
        switch scheme {
        case "s3": return try Bucket(self).mayBe(Bucket(other)) ? "has the bucket's name of" : nil
        #if MySQL
        case "mysql":
            let isNamedAlike = try Database(self).mayBe(Database(other), unless: retired)
            return isNamedAlike ? "is on the server and has the name of" : nil
        #endif
        default: return self == other ? "is" : nil
        }
    }
}

extension PathOnDisk {
    /// How it touches another one, as the verb of a sentence; nil for paths that are proven to be apart.
    fileprivate func overlap(with other: PathOnDisk) -> String? {
        switch (isWithin(other), other.isWithin(self)) {
        case (true, true): "is"
        case (true, false): "lies within"
        case (false, true): "lies around"
        case (false, false): nil
        }
    }
}
