// SPDX-License-Identifier: Apache-2.0

extension PlatformSettings {
    /// What to write after `--source`, without a password; nil where Mongo's settings are wrong, or name two databases.
    package var source: String? { mongo.flatMap { $0.isOneDatabase ? $0.endpoint : nil } }
    /// What to write after `--catalog`, without a password.
    package var catalog: String? { mysql?.endpoint }
    /// What to write after `--store`, without keys.
    package var store: String? { transcripts?.store?.endpoint }
}

extension MongoSettings {
    /// Such as `mongodb://edxapp@mongo-1.internal:27017/edxapp?bucket=fs&collection=modulestore&replicaSet=rs0`.
    package var endpoint: String {
        let login = user.map { EndpointText.encode($0.value) + "@" } ?? ""
        var options = [("bucket", bucket.value), ("collection", modulestore.collection.value)]
        if let replicaSet { options.append(("replicaSet", replicaSet.value)) }
        if user != nil, authSource.value != database.value { options.append(("authSource", authSource.value)) }
        if user != nil, let authMechanism { options.append(("authMechanism", authMechanism.value)) }
        if isEncrypted.value { options.append(("tls", "true")) }
        if isEncrypted.value, let authority { options.append(("tlsCAFile", authority.value)) }
        return "mongodb://\(login)\(servers.value.names)/\(EndpointText.encode(database.value))"
            + EndpointText.query(options)
    }
}

extension MySQLSettings {
    /// Such as `mysql://edxapp001@db.internal:3306/edxapp`.
    package var endpoint: String {
        let name = host.value.contains(":") && !host.value.hasPrefix("[") ? "[\(host.value)]" : host.value
        var options: [(String, String)] = []
        if isEncrypted.value { options.append(("tls", "on")) }
        if isEncrypted.value, let authority { options.append(("ca", authority.value)) }
        return "mysql://\(EndpointText.encode(user.value))@\(name):\(port.value)/\(EndpointText.encode(database.value))"
            + EndpointText.query(options)
    }
}

extension TranscriptStore {
    /// Such as `s3://acme-edx/media?region=eu-west-1`, or `file:/edx/var/edxapp/media/`, whose path stands there as it is.
    package var endpoint: String {
        switch self {
        case .folder(let path, _): return "file:\(path.value)"
        case .bucket(let bucket):
            // As it stands, as the keys in the bucket do.
            let location = bucket.location.map { "/" + $0.value } ?? ""
            let options = [
                bucket.region.map { ("region", $0.value) }, bucket.endpoint.map { ("endpoint", $0.value) },
                bucket.addressing.map { ("addressing", $0.value.rawValue) },
            ]
            return "s3://\(bucket.name.value)\(location)" + EndpointText.query(options.compactMap(\.self))
        }
    }

    /// Of what names the place: the bucket or the folder.
    package var origin: Origin {
        switch self {
        case .bucket(let bucket): bucket.name.origin
        case .folder(let path, _): path.origin
        }
    }
}

/// The parts of an endpoint's text.
private enum EndpointText {
    private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

    /// Everything that could be taken for something else is written as `%XX`.
    static func encode(_ text: String, keeping kept: String = "") -> String {
        text.utf8.map { byte in
            if plain.contains(byte) || kept.utf8.contains(byte) { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    /// A query, which keeps what URLs and paths are made of; empty without options.
    static func query(_ options: [(name: String, value: String)]) -> String {
        options.isEmpty
            ? "" : "?" + options.map { "\($0.name)=\(encode($0.value, keeping: ":/[]"))" }.joined(separator: "&")
    }
}
