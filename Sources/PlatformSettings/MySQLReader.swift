// SPDX-License-Identifier: Apache-2.0
import Settings

extension MySQLSettings {
    private static let usualPort = 3306

    /// Reads `DATABASES.default`, where edx-val's tables are.
    ///
    /// - Returns: nil where something is missing or wrong, which is a problem then.
    init?(_ root: Section, _ findings: inout Findings) {
        let known = findings.problems.count
        guard let databases = root["DATABASES"] else {
            root.complain(missing: "DATABASES", advice: "write it with a default, as Open edX has it", &findings)
            return nil
        }
        guard let all = databases.section(&findings) else { return nil }
        if let replica = all["read_replica"] {
            findings.note(
                replica.place, "\(replica.path) is not used: a catalog is read where it is written, in default")
        }
        guard all["default"] != nil else {
            all.complain(missing: "default", advice: "write HOST, NAME, USER and PASSWORD below it", &findings)
            return nil
        }
        guard let section = all.section("default", &findings) else { return nil }
        Self.checkEngine(section, &findings)
        let database = section.required("NAME", example: "edxapp", &findings)
        let user = section.required("USER", example: "edxapp001", &findings)
        host = Self.host(section, "HOST", &findings) ?? Found("localhost", .rule("Django's default"))
        port =
            section["PORT"]?.port(usual: Self.usualPort, &findings)
            ?? Found(Self.usualPort, .rule("Django's default"))
        password = section["PASSWORD"]?.secret(&findings)
        let options = section.section("OPTIONS", &findings)
        let ssl = options?.section("ssl", &findings)
        authority = ssl?.text("ca", &findings)
        isEncrypted = Self.encryption(options, ssl, &findings)
        if let socket = options?["unix_socket"] { Self.complain(socket: socket, &findings) }
        guard let database, let user, findings.problems.count == known else { return nil }
        self.database = database
        self.user = user
    }

    /// Reads Tutor's `config.yml`.
    ///
    /// - Returns: nil where something is missing or wrong, which is a problem then.
    init?(tutor config: Section, _ findings: inout Findings) {
        let known = findings.problems.count
        let rule = Origin.rule("Tutor's default")
        host = Self.host(config, "MYSQL_HOST", &findings) ?? Found("mysql", rule)
        port = config["MYSQL_PORT"]?.port(usual: Self.usualPort, &findings) ?? Found(Self.usualPort, rule)
        database = config.text("OPENEDX_MYSQL_DATABASE", &findings) ?? Found("openedx", rule)
        user = config.text("OPENEDX_MYSQL_USERNAME", &findings) ?? Found("openedx", rule)
        if config["OPENEDX_MYSQL_PASSWORD"] == nil {
            config.complain(
                missing: "OPENEDX_MYSQL_PASSWORD", advice: "run tutor config save, which writes it", &findings)
        }
        password = config["OPENEDX_MYSQL_PASSWORD"]?.secret(&findings)
        isEncrypted = Found(false, rule)
        authority = nil
        guard findings.problems.count == known else { return nil }
    }

    // MARK: - Keys

    private static func checkEngine(_ section: Section, _ findings: inout Findings) {
        let mysql = "django.db.backends.mysql"
        guard let engine = section.required("ENGINE", example: mysql, &findings), let setting = section["ENGINE"]
        else { return }
        let (problem, advice): (String, String)
        // Wrappers, which measure or pool, keep the last part.
        switch engine.value.split(separator: ".").last {
        case "mysql": return
        case "sqlite3":
            problem = "SQLite, in which Open edX keeps only tests"
            advice = "give the settings of the platform that people use"
        case "postgresql", "postgresql_psycopg2", "postgis":
            problem = "PostgreSQL, which Mallow does not write to"
            advice = "only MySQL and MariaDB can be a catalog"
        case "oracle":
            problem = "Oracle, which Mallow does not write to"
            advice = "only MySQL and MariaDB can be a catalog"
        default:
            problem = "\"\(engine.value)\", which Mallow does not know"
            advice = "write ENGINE: \(mysql)"
        }
        findings.complain(setting.place, "\(setting.path) is \(problem)", advice: advice)
    }

    /// A host by its name; a socket's path is a problem.
    private static func host(_ section: Section, _ key: String, _ findings: inout Findings) -> Found<String>? {
        guard let host = section.text(key, &findings), let setting = section[key] else { return nil }
        if host.value.hasPrefix("/") {
            complain(socket: setting, &findings)
        } else if host.value.contains(where: { "/@? ".contains($0) }) || host.value.count(where: { $0 == ":" }) == 1 {
            // Not what stands there: somebody may have put a password into it.
            findings.complain(
                setting.place, "\(setting.path) is no name of a host",
                advice: "write the host alone, as port, user and password have keys of their own")
        }
        return host
    }

    private static func complain(socket setting: Setting, _ findings: inout Findings) {
        findings.complain(
            setting.place, "\(setting.path) is a socket's path, which Mallow does not connect to",
            advice: "write a host that MySQL listens on, such as 127.0.0.1")
    }

    /// Django hands `OPTIONS` to the driver: `ssl` with anything in it, or an `ssl_mode` that demands it.
    private static func encryption(
        _ options: Section?, _ ssl: Section?, _ findings: inout Findings
    ) -> Found<Bool> {
        if let ssl, let setting = options?["ssl"], !ssl.keys.isEmpty { return Found(true, setting.origin) }
        guard let mode = options?.text("ssl_mode", &findings), let setting = options?["ssl_mode"] else {
            return Found(false, .rule("Django's default"))
        }
        switch mode.value {
        case "DISABLED", "PREFERRED": return Found(false, setting.origin)
        case "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY": return Found(true, setting.origin)
        default:
            findings.complain(
                setting.place, "\(setting.path) is \"\(mode.value)\", which MySQL does not know",
                advice: "write REQUIRED, VERIFY_CA, VERIFY_IDENTITY, PREFERRED or DISABLED")
            return Found(false, setting.origin)
        }
    }
}
