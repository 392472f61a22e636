// SPDX-License-Identifier: Apache-2.0
import Contentstore
package import Foundation
import Ledger
package import MigrationModel
#if MongoDB
import Mongo
#endif
import ObjectStorage
package import PlatformSettings
package import Settings
import Threading
import VideoCatalog

/// The endpoints of a platform as an operator gives them.
package struct Endpoints: Sendable, Hashable {
    package private(set) var source: Endpoint
    package private(set) var store: Endpoint
    package private(set) var catalog: Endpoint
    /// Whether the catalog's database may say which structures are a course's heads. A rehearsal's is staging's, and knows
    /// nothing of production's courses, or what was true once.
    private(set) var knowsHeads = true

    /// - Throws: ``InvalidEndpoint``.
    package init(source: String, store: String, catalog: String) throws(InvalidEndpoint) {
        self.source = try Endpoint(source, role: .source)
        self.store = try Endpoint(store, role: .store)
        self.catalog = try Endpoint(catalog, role: .catalog)
    }

    /// The same, with the secrets that a configuration has for these very places: they are sent nowhere else.
    ///
    /// - Parameter goFirst: whether they go before the environment's.
    package func knowing(_ configured: ConfiguredPlatform, goFirst: Bool = false) -> Endpoints {
        var endpoints = knowing(sourceOf: configured)
        let secrets = Secrets(configured.secrets, goFirst: goFirst)
        if Self.isMeant(store, configured.store) { endpoints.store.secrets = secrets }
        if Self.isMeant(catalog, configured.catalog) { endpoints.catalog.secrets = secrets }
        return endpoints
    }

    /// The same for the source alone, which a rehearsal shares with production.
    func knowing(sourceOf configured: ConfiguredPlatform) -> Endpoints {
        var endpoints = self
        if Self.isMeant(source, configured.source) { endpoints.source.secrets = Secrets(configured.secrets) }
        return endpoints
    }

    /// The same for a rehearsal.
    var ofRehearsal: Endpoints {
        var endpoints = self
        endpoints.knowsHeads = false
        return endpoints
    }

    private static func isMeant(_ endpoint: Endpoint, _ written: Found<String>?) -> Bool {
        // One that cannot be read was refused with the configuration.
        written.flatMap { try? Endpoint($0.value, role: endpoint.role) } == endpoint  // as said above
    }
}

extension ConfiguredPlatform {
    /// What is wrong with the endpoints that a configuration names, in its own lines.
    package var endpointProblems: [FileProblem] {
        let written: [(Found<String>?, Endpoint.Role)] = [(source, .source), (store, .store), (catalog, .catalog)]
        return written.compactMap { found, role in
            guard let found, case .written(let file, let line, let keyPath) = found.origin else { return nil }
            do throws(InvalidEndpoint) {
                try Endpoint(found.value, role: role).checkText()
                return nil
            } catch {
                let reason = error.description.hasSuffix(".") ? String(error.description.dropLast()) : error.description
                return FileProblem(file, line: line, "\(keyPath) cannot be used", advice: reason)
            }
        }
    }
}

extension Endpoints {
    /// Looks whether all three can be what they should, before anything is opened or made.
    ///
    /// - Throws: ``InvalidEndpoint``.
    package func check() throws(InvalidEndpoint) {
        try source.check()
        try store.check()
        try catalog.check()
    }

    /// Refuses a store or a catalog in which nothing is now though the ledger at `ledger` knows transcripts to be there. To
    /// be called before anything is made; blocks for some milliseconds.
    ///
    /// - Throws: ``Failure``, of class `conflict` for such a place.
    package func refuseLoss(knownTo ledger: String) throws {
        for (place, endpoint) in [(Ledger.Place.store, store), (.catalog, catalog)] where endpoint.holdsNothing {
            let loss = try Ledger.loss(of: place, endpoint.description, knownTo: ledger)
            if let loss { throw loss }
        }
    }

    /// Stores and catalogs that a run would make because nothing is there.
    package var newPlaces: [Endpoint] {
        [store, catalog].filter {
            $0.isOnDisk && !FileManager.default.fileExists(atPath: $0.path)
        }
    }
}

/// How many calls to a directory may block at once.
private let filesAtOnce = 32

/// A platform that may be written to. It is opened by a ``Target`` and nothing else: no rehearsal's is production's.
package struct Platform: Sendable {
    package let source: any CourseSource
    package let store: any ObjectStore
    package let catalog: any VideoCatalog
    /// Writes ids back into courses; nil where the source cannot be written to, and of a rehearsal, whose courses are
    /// production's.
    package let writer: (any CourseWriter)?

    /// Opens source and catalog beside a store that is open already; an SQLite catalog that is missing is made. Blocks for
    /// some milliseconds, or until a database answers.
    ///
    /// - Parameter concurrency: how many videos are to be in flight; nil for who runs none.
    /// - Throws: ``InvalidEndpoint`` for a scheme nobody knows; ``Failure`` from the stores.
    package init(
        _ target: Target, store: any ObjectStore, concurrency: Int? = nil, now: @escaping @Sendable () -> Date
    ) throws {
        self.store = store
        let opened = try Self.catalog(of: target, concurrency: concurrency, now: now)
        catalog = opened.catalog
        (source, writer) = try Self.source(of: target, index: opened.index, now: now)
    }

    private static func catalog(
        of target: Target, concurrency: Int?, now: @escaping @Sendable () -> Date
    ) throws -> (catalog: any VideoCatalog, index: any WritableCourseIndex) {
        let endpoint = target.endpoints.catalog
        switch endpoint.scheme {
        case "sqlite":
            let catalog = try SQLiteCatalog(path: endpoint.path, now: now)
            return (catalog, catalog.index)
        #if MySQL
        case "mysql":
            let catalog = try Database(endpoint).catalog(concurrency: concurrency, now: now)
            return (catalog, catalog.index)
        #endif
        default: throw endpoint.unknown
        }
    }

    /// Opens a store; a directory that is missing is made. Blocks for some milliseconds.
    ///
    /// - Parameter concurrency: how many videos are to be in flight; as many connections follow from it as they need.
    ///   nil for who runs none.
    /// - Throws: ``InvalidEndpoint`` for a scheme nobody knows; ``Failure`` from the store.
    package static func store(
        of target: Target, concurrency: Int? = nil, now: @escaping @Sendable () -> Date
    ) throws -> any ObjectStore {
        let endpoint = target.endpoints.store
        return switch endpoint.scheme {
        case "s3": S3Store(try Bucket(endpoint).client(concurrency: concurrency ?? Bucket.onlookers, now: now))
        case "file":
            try DirectoryStore(path: endpoint.path, pool: BlockingPool(name: "objects", width: filesAtOnce))
        default: throw endpoint.unknown
        }
    }

    /// For how many seconds a write to a store may still arrive whose reply was lost; 0 for one that cannot be read.
    ///
    /// - Parameter store: an endpoint, as a run's row keeps it.
    package static func longestDelay(ofStore store: String) -> TimeInterval {
        // A later version of the program may know more of them.
        (try? Endpoint(store, role: .store))?.scheme == "s3" ? S3Store.longestDelay : 0  // as said above
    }

    /// To be called at a process's start.
    package static func prepareProcess() {
        #if MongoDB
        MongoPool.prepareProcess()
        #endif
    }

    /// What takes written ids back; nil for a source that cannot be written to, and for a rehearsal.
    package static func writer(
        of target: Target, now: @escaping @Sendable () -> Date
    ) throws -> (any CourseWriter)? {
        // A catalog is made for a run; here it says at most which structures are a course's heads.
        let place = target.endpoints.catalog
        guard !place.isOnDisk || FileManager.default.fileExists(atPath: place.path) else {
            throw Failure(
                .conflict, "open the catalog", at: "\(place)", cause: "nothing is there",
                advice: "name the catalog that the course was migrated with")
        }
        let index = try catalog(of: target, concurrency: nil, now: now).index
        return try source(of: target, index: index, now: now).1
    }

    /// The source as a run opens it, and what writes ids back into it. Makes no catalog: one that a run would make has no
    /// index. Blocks for some milliseconds, or until a database answers.
    ///
    /// - Throws: ``InvalidEndpoint`` for a scheme nobody knows; ``Failure`` from the stores.
    static func source(
        of target: Target, now: @escaping @Sendable () -> Date
    ) throws -> (any CourseSource, (any CourseWriter)?) {
        guard target.writableSource != nil else { return (try source(target.endpoints.source), nil) }
        let place = target.endpoints.catalog
        let isYetToBe =
            try place.scheme == "sqlite" && (place.holdsNothing || SQLiteCatalog.tryOut(path: place.path) == .empty)
        let index = isYetToBe ? nil : try catalog(of: target, concurrency: nil, now: now).index
        return try source(of: target, index: index, now: now)
    }

    private static func source(
        of target: Target, index: (any WritableCourseIndex)?, now: @escaping @Sendable () -> Date
    ) throws -> (any CourseSource, (any CourseWriter)?) {
        #if MongoDB
        if let endpoint = target.writableSource {
            let documents = try MongoPlace(endpoint).documents()
            return (MongoSource(documents, index: index), MongoWriter(documents, index: index, now: now))
        }
        #endif
        // A rehearsal's catalog is staging's, and what that says of heads may be old.
        return (try source(target.endpoints.source), nil)
    }

    /// - Parameter index: where newer releases say which structures are a course's heads; nil for none.
    static func source(_ endpoint: Endpoint, index: (any CourseIndex)? = nil) throws -> any CourseSource {
        switch endpoint.scheme {
        case "olx": OLXSource(path: endpoint.path, pool: BlockingPool(name: "exports", width: 8))
        #if MongoDB
        case "mongodb": MongoSource(try MongoPlace(endpoint).documents(), index: index)
        case "bson": MongoSource(try DumpPlace(endpoint).documents())
        #endif
        default: throw endpoint.unknown
        }
    }
}

/// A platform that can only be read: what plans, checks and dry runs get. It has no method that writes.
package struct ReadablePlatform: Sendable {
    package let source: any CourseSource
    package let store: any ObjectReader
    package let catalog: any CatalogReader

    /// Opens all three for reading; what is missing reads as empty, and nothing is made.
    ///
    /// - Throws: ``InvalidEndpoint`` for a scheme nobody knows; ``Failure`` from the stores.
    package init(_ endpoints: Endpoints) throws {
        switch endpoints.store.scheme {
        case "s3":
            let bucket = try Bucket(endpoints.store)
            store = S3Reader(bucket.client(concurrency: Bucket.onlookers, now: { Date() }))
        case "file":
            store = DirectoryReader(
                path: endpoints.store.path, pool: BlockingPool(name: "objects", width: filesAtOnce))
        default: throw endpoints.store.unknown
        }
        let index: any CourseIndex
        switch endpoints.catalog.scheme {
        case "sqlite":
            let reader = try SQLiteCatalog.reader(path: endpoints.catalog.path)
            (catalog, index) = (reader, reader.index)
        #if MySQL
        case "mysql":
            let reader = try Database(endpoints.catalog).reader()
            (catalog, index) = (reader, reader.index)
        #endif
        default: throw endpoints.catalog.unknown
        }
        source = try Platform.source(endpoints.source, index: endpoints.knowsHeads ? index : nil)
    }
}
