// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Contentstore
import Foundation
import MigrationModel
import Mongo
import PlatformSettings

/// A platform's MongoDB as an endpoint names it: `mongodb://[USER@]HOST[:PORT],…/DATABASE[?bucket=fs&collection=modulestore…]`.
///
/// Its password comes from `MALLOW_SOURCE_PASSWORD`, or from where `mallow.yaml` says, and never stands in an endpoint.
struct MongoPlace {
    /// More questions at once than that make no server faster, and learners need it meanwhile.
    private static let most = 16

    /// Ways to log in by name and password.
    private static let mechanisms = ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"]

    private var address: MongoAddress
    private let collections: Collections
    private let secrets: Secrets

    /// - Throws: ``InvalidEndpoint``.
    init(_ endpoint: Endpoint) throws(InvalidEndpoint) {
        secrets = endpoint.secrets
        guard endpoint.rest.hasPrefix("//") else { throw Self.refusal("// is missing after mongodb:") }
        let (place, query) = CollectionOptions.cut(endpoint.rest.dropFirst(2), at: "?")
        let (authority, path) = CollectionOptions.cut(place, at: "/")
        let at = authority.lastIndex(of: "@")
        let servers = at.map { authority[authority.index(after: $0)...] } ?? authority
        guard let path, !path.isEmpty, !path.contains("/") else { throw Self.refusal("it names no database") }
        address = MongoAddress(
            servers: try Self.servers(servers), database: try Self.decoded(path, "its database"))
        if let at { address.user = try Self.decoded(authority[..<at], "its user") }
        var encryption = (isOn: Bool?.none, authority: String?.none)
        let options = try CollectionOptions(query, refusal: Self.refusal)
        collections = options.collections
        for (name, value) in options.others { try take(name, value, &encryption) }
        if encryption.isOn == false, encryption.authority != nil {
            throw Self.refusal("it names an authority and no TLS")
        }
        if let authority = encryption.authority, !FileManager.default.isReadableFile(atPath: authority) {
            throw Self.refusal("tlsCAFile= names no file that can be read")
        }
        if encryption.isOn == true || encryption.authority != nil {
            address.encryption = .verified(authority: encryption.authority)
        }
        if address.authMechanism != nil || address.authSource != nil, address.user == nil {
            throw Self.refusal("it says how to log in, and as nobody")
        }
    }

    /// Connects to nothing yet; blocks where the password is in a file.
    ///
    /// - Throws: ``Failure``.
    func documents() throws -> ServerDocuments {
        let password = try secrets.secret(.sourcePassword, environment: ProcessInfo.processInfo.environment)
        if address.user != nil, password?.isEmpty != false {
            throw Failure(
                .auth, "open the contentstore", at: address.database, cause: "the user has no password",
                advice: "put it into MALLOW_SOURCE_PASSWORD, or below secrets: in mallow.yaml")
        }
        return try ServerDocuments(address, password: password, width: Self.most, collections: collections)
    }

    // MARK: - Reading it

    private mutating func take(
        _ name: String, _ value: String, _ encryption: inout (isOn: Bool?, authority: String?)
    ) throws(InvalidEndpoint) {
        switch name {
        case "replicaSet": address.replicaSet = value
        case "authSource": address.authSource = value
        case "authMechanism":
            guard Self.mechanisms.contains(value) else {
                throw Self.refusal("authMechanism= is none of \(Self.mechanisms.joined(separator: ", "))")
            }
            address.authMechanism = value
        case "readPreference":
            guard let preference = MongoAddress.ReadPreference(rawValue: value) else {
                let known = MongoAddress.ReadPreference.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.refusal("readPreference= is none of \(known)")
            }
            address.readPreference = preference
        case "tls", "ssl":
            guard let isOn = ["true": true, "on": true, "false": false, "off": false][value] else {
                throw Self.refusal("\(name)= is neither true nor false")
            }
            encryption.isOn = isOn
        case "tlsCAFile": encryption.authority = value
        default:
            throw Self.refusal(
                "after the ? it knows bucket, collection, replicaSet, authSource, authMechanism, readPreference, tls and "
                    + "tlsCAFile, and something else stands there")
        }
    }

    private static func servers(_ text: Substring) throws(InvalidEndpoint) -> [String] {
        var servers: [String] = []
        for server in text.split(separator: ",", omittingEmptySubsequences: false) {
            let bracket = server.lastIndex(of: "]")
            let colon = server[(bracket ?? server.startIndex)...].lastIndex(of: ":")
            let host = server[..<(colon ?? server.endIndex)]
            guard !host.isEmpty else { throw refusal("it names no host") }
            if let colon, Int(server[server.index(after: colon)...]).map({ 1...65_535 ~= $0 }) != true {
                throw refusal("a host's port is none")
            }
            servers.append(String(server))
        }
        return servers
    }

    private static func decoded(_ text: Substring, _ what: String) throws(InvalidEndpoint) -> String {
        try CollectionOptions.decoded(text, what, refusal: refusal)
    }

    /// Without the endpoint itself, which may hold what it should not.
    private static func refusal(_ reason: String) -> InvalidEndpoint {
        InvalidEndpoint(
            description: "--source mongodb:…: \(reason); write for example "
                + "mongodb://mallow@mongo-1.internal:27017,mongo-2.internal:27017/edxapp?replicaSet=rs0.")
    }
}
#endif
