// SPDX-License-Identifier: Apache-2.0
#if MySQL
import Foundation
import MariaDB
import MigrationModel
import PlatformSettings
import VideoCatalog

/// A database as an endpoint names it: `mysql://USER@HOST[:PORT]/DATABASE[?tls=on][&ca=PATH]`.
///
/// Its password comes from `MALLOW_CATALOG_PASSWORD`, or from where `mallow.yaml` says, and never stands in an endpoint.
struct Database {
    /// More connections than that make no server faster, and the platform needs its own.
    private static let most = 32
    /// Connections of a command that runs no video.
    private static let onlookers = 4

    private let address: ServerAddress
    private let secrets: Secrets

    /// Blocks.
    ///
    /// - Throws: ``Failure`` where it is not to be had.
    private func password() throws -> String? {
        try secrets.secret(.catalogPassword, environment: ProcessInfo.processInfo.environment)
    }

    /// - Throws: ``InvalidEndpoint``.
    init(_ endpoint: Endpoint) throws(InvalidEndpoint) {
        secrets = endpoint.secrets
        func refusal(_ reason: String) -> InvalidEndpoint {
            // Without the endpoint itself, which may hold what it should not.
            InvalidEndpoint(
                description:
                    "--catalog mysql:…: \(reason); write for example mysql://mallow@db.internal:3306/edxapp.")
        }
        guard let parts = URLComponents(string: "\(endpoint)"),
            // The brackets around an address with colons are the URL's.
            let host = parts.host?.trimmingCharacters(in: CharacterSet(charactersIn: "[]")), !host.isEmpty
        else { throw refusal("it names no host") }
        guard let user = parts.user, !user.isEmpty else { throw refusal("it names no user") }
        let database = parts.path.dropFirst()
        guard !database.isEmpty, !database.contains("/") else { throw refusal("it names no database") }
        guard let port = UInt32(exactly: parts.port ?? 3306), 1...65_535 ~= port else {
            throw refusal("its port is none")
        }
        var options: [String: String] = [:]
        for item in parts.queryItems ?? [] {
            guard ["tls", "ca"].contains(item.name) else {
                throw refusal("after the ? it knows tls= and ca=, and something else stands there")
            }
            options[item.name] = item.value ?? ""
        }
        let isEncrypted: Bool
        switch options["tls"] {
        case nil: isEncrypted = options["ca"] != nil
        case "on": isEncrypted = true
        case "off" where options["ca"] == nil: isEncrypted = false
        case _?: throw refusal("tls= is neither on nor off")
        }
        address = ServerAddress(
            host: host, port: port, user: user, database: String(database),
            encryption: isEncrypted ? .verified(authority: options["ca"]) : .none
        )
    }

    /// Whether it cannot be told from another one: the same name on what may be the same server. Blocks until a name server
    /// answers.
    ///
    /// - Parameter retired: for a place that nobody uses any more: asked about the other one's host where that is a name
    ///   without an address. nil where such a host is a failure.
    /// - Throws: ``Failure`` where a server's address cannot be had.
    func mayBe(_ other: Database, unless retired: ((String) -> Bool)? = nil) throws -> Bool {
        // Some servers take names in capitals for the same.
        guard address.database.lowercased() == other.address.database.lowercased(), address.port == other.address.port
        else { return false }
        let host = other.address.host.lowercased()
        if address.host.lowercased() == host { return true }
        let own = try HostAddresses(of: address.host)
        guard let retired else { return try own.touch(HostAddresses(of: host)) }
        if let known = try HostAddresses.known(host) { return own.touch(known) }
        if retired(host) { return false }
        let advice = "where the host is gone for good, write it with a reason below production: retired: in mallow.yaml"
        return try own.touch(HostAddresses(of: host, orElse: advice))
    }

    /// Connects and looks at the tables; blocks.
    ///
    /// - Parameter concurrency: how many videos are to be in flight; nil for who runs none.
    /// - Throws: ``Failure``.
    func catalog(concurrency: Int?, now: @escaping @Sendable () -> Date) throws -> MySQLCatalog {
        try MySQLCatalog(
            address, password: try password(), width: min(Self.most, concurrency ?? Self.onlookers), now: now)
    }

    /// The same for somebody who only reads.
    func reader() throws -> MySQLCatalogReader {
        try MySQLCatalogReader(address, password: try password(), width: Self.onlookers)
    }

    /// What a run would find: its tables are judged, rows are inserted, and taken back before anybody saw them. Blocks.
    ///
    /// - Throws: ``Failure``, as a run would.
    func tryOut() throws -> (videos: Int, transcripts: Int) {
        try MySQLCatalog(address, password: try password(), width: 1, now: { Date() }).tryOut()
    }
}
#endif
