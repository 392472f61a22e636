// SPDX-License-Identifier: Apache-2.0
import Settings

extension MongoSettings {
    private static let contentstoreEngine = "xmodule.contentstore.mongo.MongoContentStore"
    private static let splitEngine = "xmodule.modulestore.split_mongo.split_draft.DraftVersioningModuleStore"

    /// Reads `CONTENTSTORE`, `MODULESTORE` and `DOC_STORE_CONFIG`.
    ///
    /// - Returns: nil where something is missing or wrong, which is a problem then.
    init?(_ root: Section, _ findings: inout Findings) {
        let known = findings.problems.count
        guard let own = Self.contentstore(root, &findings),
            let connection = MongoConnection(own, .openEdX, &findings),
            let modulestore = Self.modulestore(root, own, connection, &findings), findings.problems.count == known
        else { return nil }
        self.init(connection, modulestore)
        if !isOneDatabase {
            findings.note(
                own.place,
                "the contentstore is in \(database.value) on \(servers.value.names) and the modulestore in "
                    + "\(modulestore.database.value) on \(modulestore.servers.value.names), "
                    + "and a source can be only one database")
        }
    }

    /// Reads Tutor's `config.yml`, where one database is used for all.
    init?(tutor config: Section, _ findings: inout Findings) {
        guard let connection = MongoConnection(config, .tutor, &findings) else { return nil }
        self.init(connection, Modulestore(connection))
    }

    private init(_ contentstore: MongoConnection, _ modulestore: Modulestore) {
        servers = contentstore.servers
        database = contentstore.database
        user = contentstore.user
        password = contentstore.password
        authSource = contentstore.authSource
        authMechanism = contentstore.authMechanism
        replicaSet = contentstore.replicaSet
        isEncrypted = contentstore.isEncrypted
        authority = contentstore.authority
        readPreference = contentstore.readPreference
        bucket = contentstore.bucket ?? Found("fs", .rule("Open edX's default"))
        self.modulestore = modulestore
    }

    // MARK: - Sections

    /// Open edX: of `CONTENTSTORE`'s two spellings `DOC_STORE_CONFIG` is the one that is used; `OPTIONS` is older.
    private static func contentstore(_ root: Section, _ findings: inout Findings) -> Section? {
        guard let setting = root["CONTENTSTORE"] else {
            if let shared = root["DOC_STORE_CONFIG"] { return shared.section(&findings) }
            findings.complain(
                root.place, "neither CONTENTSTORE nor DOC_STORE_CONFIG is there",
                advice: "write CONTENTSTORE with a DOC_STORE_CONFIG, or for Tutor give its root folder")
            return nil
        }
        guard let contentstore = setting.section(&findings) else { return nil }
        if let engine = contentstore.text("ENGINE", &findings)?.value, engine != contentstoreEngine {
            findings.complain(
                contentstore["ENGINE"]?.place ?? setting.place,
                "CONTENTSTORE.ENGINE is \"\(engine)\", which Mallow cannot read",
                advice: "Mallow reads \(contentstoreEngine)")
        }
        let options = contentstore["OPTIONS"]
        guard let used = contentstore["DOC_STORE_CONFIG"] else {
            if let options { return options.section(&findings) }
            contentstore.complain(
                missing: "DOC_STORE_CONFIG", advice: "write it with host, db, user and password", &findings)
            return nil
        }
        let section = used.section(&findings)
        guard let section, let older = options?.inner else { return section }
        for key in ["host", "db"] {
            guard let left = older[key], let right = section[key], !left.saysSame(as: right) else { continue }
            findings.note(left.place, "\(left.path) is not used: \(right.path) says something else, and is")
        }
        return section
    }

    /// Open edX: the split store of `MODULESTORE`, or what `DOC_STORE_CONFIG` says to all of them.
    private static func modulestore(
        _ root: Section, _ contentstore: Section, _ connection: MongoConnection, _ findings: inout Findings
    ) -> Modulestore? {
        let options = root.section("MODULESTORE", &findings)?.section("default", &findings)?
            .section("OPTIONS", &findings)
        var stores: [Section] = []
        if let list = options?["stores"] {
            guard list.kind == .list else {
                findings.complain(
                    list.place, "\(list.path) is \(list.kind), not a list of stores", advice: "begin each with a dash")
                return nil
            }
            for entry in list.entries { stores += entry.section(&findings).map { [$0] } ?? [] }
        }
        let split = stores.first { $0["ENGINE"]?.written == splitEngine } ?? stores.first
        guard let setting = split?["DOC_STORE_CONFIG"] ?? root["DOC_STORE_CONFIG"] else {
            return Modulestore(connection)
        }
        if setting.path == contentstore.path { return Modulestore(connection) }
        return setting.section(&findings).flatMap { MongoConnection($0, .openEdX, &findings) }.map(Modulestore.init)
    }
}

extension [MongoSettings.Server] {
    /// Such as `mongo-1:27017,mongo-2:27017`.
    var names: String { map(\.description).joined(separator: ",") }
}

extension MongoSettings.Modulestore {
    fileprivate init(_ connection: MongoConnection) {
        servers = connection.servers
        database = connection.database
        collection = connection.collection ?? Found("modulestore", .rule("Open edX's default"))
    }
}
