// SPDX-License-Identifier: Apache-2.0
import Settings

/// How one of the platform's stores is connected to: one `DOC_STORE_CONFIG`, or Tutor's keys.
struct MongoConnection {
    let servers: Found<[MongoSettings.Server]>
    let database: Found<String>
    let user: Found<String>?
    let password: SecretReference?
    let authSource: Found<String>
    let authMechanism: Found<String>?
    let replicaSet: Found<String>?
    let isEncrypted: Found<Bool>
    let authority: Found<String>?
    let readPreference: Found<MongoSettings.ReadPreference>?
    /// Nil where the key is not written.
    let bucket, collection: Found<String>?

    /// - Returns: nil where something is missing or wrong, which is a problem then.
    init?(_ section: Section, _ keys: MongoKeys, _ findings: inout Findings) {
        let known = findings.problems.count
        let usual = Origin.rule(keys.rule)
        let port = section[keys.port]?.port(usual: MongoKeys.usualPort, &findings)
        let servers = Self.servers(section, keys, port: port?.value ?? MongoKeys.usualPort, &findings)
        let database =
            if let usualDatabase = keys.usualDatabase {
                section.text(keys.database, &findings) ?? Found(usualDatabase, usual)
            } else {
                section.required(keys.database, example: "edxapp", &findings)
            }
        user = section.text(keys.user, &findings)
        password = section[keys.password]?.secret(&findings)
        let authSource = section.either(keys.authSource, &findings)?.text(&findings)
        authMechanism = section.either(keys.authMechanism, &findings)?.text(&findings)
        replicaSet = section.either(keys.replicaSet, &findings)?.text(&findings)
        isEncrypted = section.either(keys.isEncrypted, &findings)?.flag(&findings) ?? Found(false, usual)
        authority = section.either(["tlsCAFile", "ssl_ca_certs"], &findings)?.text(&findings)
        readPreference = section["read_preference"].flatMap { Self.readPreference($0, &findings) }
        bucket = section.text("bucket", &findings)
        collection = section.text("collection", &findings)
        if let ignored = section["auth_source"] {
            findings.note(
                ignored.place,
                "\(ignored.path) is ignored by the platform, which reads authsource; "
                    + (authSource == nil ? "users are looked up in the database itself" : "authsource is used")
            )
        }
        guard let servers, let database, findings.problems.count == known else { return nil }
        self.servers = servers
        self.database = database
        self.authSource =
            authSource ?? keys.usualAuthSource.map { Found($0, usual) }
            ?? Found(database.value, .rule("Open edX's default: the database itself"))
    }

    // MARK: - Servers

    /// Open edX: `host` is a text or a list; `port` applies to the entries without one.
    private static func servers(
        _ section: Section, _ keys: MongoKeys, port: Int, _ findings: inout Findings
    ) -> Found<[MongoSettings.Server]>? {
        guard let setting = section[keys.host] else {
            if let host = keys.usualHost {
                return Found([MongoSettings.Server(name: host, port: port)], .rule(keys.rule))
            }
            section.complain(
                missing: keys.host, advice: "write for example \(keys.host): [mongo-1.internal]", &findings)
            return nil
        }
        guard setting.kind == .list || setting.kind == .text else {
            findings.complain(
                setting.place, "\(setting.path) is \(setting.kind), not a host or a list of hosts",
                advice: "write for example \(keys.host): [mongo-1.internal, mongo-2.internal]")
            return nil
        }
        let entries = setting.kind == .list ? setting.entries : [setting]
        if entries.isEmpty {
            findings.complain(
                setting.place, "\(setting.path) is an empty list", advice: "write the hosts of MongoDB into it")
            return nil
        }
        var servers: [MongoSettings.Server] = []
        for entry in entries {
            guard !entry.isEmptyText else {
                findings.complain(entry.place, "\(entry.path) names no host", advice: "write a host, or remove it")
                return nil
            }
            guard let text = entry.text(&findings)?.value else { return nil }
            // The driver takes several in one text too.
            for name in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let server = server(name.filter { !$0.isWhitespace }, port, entry, &findings) else { return nil }
                servers.append(server)
            }
        }
        return Found(servers, setting.origin)
    }

    private static func server(
        _ text: String, _ port: Int, _ entry: Setting, _ findings: inout Findings
    ) -> MongoSettings.Server? {
        let complain = { (problem: String, advice: String, findings: inout Findings) -> MongoSettings.Server? in
            findings.complain(entry.place, "\(entry.path) \(problem)", advice: advice)
            return nil
        }
        if text.contains("://") || text.contains("@") {
            // A connection string has a password in it more often than not.
            return complain(
                "is a connection string", "write hosts there, and user, password and options in keys of their own",
                &findings)
        }
        if text.contains("/") {
            return complain("is a socket's path", "write the host's name, as MongoDB is reached by TCP", &findings)
        }
        let bracket = text.hasPrefix("[") ? text.firstIndex(of: "]") : nil
        let colon = text[(bracket ?? text.startIndex)...].firstIndex(of: ":")
        let isBareAddress = bracket == nil && text.count(where: { $0 == ":" }) > 1
        let name = isBareAddress ? text[...] : text[..<(colon ?? text.endIndex)]
        let written = isBareAddress ? nil : colon.map { text[text.index(after: $0)...] }
        guard !name.isEmpty else { return complain("names no host", "write a host, or remove it", &findings) }
        let number = written.map { Int($0) ?? 0 } ?? port
        guard 1...65_535 ~= number else {
            return complain(
                "has something after : that is no port", "write HOST:PORT with a port from 1 to 65535", &findings)
        }
        return MongoSettings.Server(name: String(name.filter { $0 != "[" && $0 != "]" }), port: number)
    }

    /// Open edX: `SECONDARY_PREFERRED` and `secondaryPreferred` are the same.
    private static func readPreference(
        _ setting: Setting, _ findings: inout Findings
    ) -> Found<MongoSettings.ReadPreference>? {
        guard let text = setting.text(&findings)?.value else { return nil }
        let plain = { (name: String) in name.lowercased().filter { $0 != "_" } }
        if let known = MongoSettings.ReadPreference.allCases.first(where: { plain($0.rawValue) == plain(text) }) {
            return Found(known, setting.origin)
        }
        findings.complain(
            setting.place, "\(setting.path) is \"\(text)\", which MongoDB does not know",
            advice: "write one of " + MongoSettings.ReadPreference.allCases.map(\.rawValue).joined(separator: ", "))
        return nil
    }
}
