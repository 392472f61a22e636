// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import ObjectStorage
import TestDoubles

/// A real server that `Tests/s3/servers.py` has started, and what it can do.
enum S3Server: String, CaseIterable, CustomStringConvertible, Sendable {
    case seaweedfs, strict, virtual, moto, rclone

    var description: String { rawValue }

    /// What has to be accepted by name, or its preflight fails.
    var weaknesses: String {
        switch self {
        // The strict one is SeaweedFS behind a proxy that checks signatures and the hash of each body; the virtual one is
        // SeaweedFS with the bucket in the name of the host.
        case .seaweedfs, .strict, .virtual: ""
        case .moto: "unchecked"
        case .rclone: "put-race,unchecked,delete-race"
        }
    }

    var lacks: Set<Capability> {
        switch self {
        // A backslash becomes a slash.
        case .seaweedfs, .strict, .virtual: [.takesOddLetters]
        // No line feed in a key.
        case .moto: [.takesOddLetters]
        // It overwrites, and a key is a path of a file system.
        case .rclone: [.decidesRaces, .takesLongKeys]
        }
    }

    /// Its address. A suite that cannot run is a failure: `Tests/run` starts the servers.
    func endpoint() throws -> String {
        guard self == .virtual else { return try Self.variable("MALLOW_S3_\(rawValue.uppercased())") }
        // libcurl itself knows where every name under this one is.
        let named = try Self.seaweedfs.endpoint().replacing("127.0.0.1", with: "localhost")
        return "\(named)&addressing=virtual"
    }

    /// A place in its bucket that nothing else is in.
    func place(accepting weaknesses: String) throws -> String {
        let bucket = try Self.variable("MALLOW_S3_BUCKET")
        let accepted = weaknesses.isEmpty ? "" : "&accept=\(weaknesses)"
        return "//\(bucket)/\(UUID().uuidString.lowercased())?endpoint=\(try endpoint())\(accepted)"
    }

    func client(at place: String) throws -> S3Client {
        let own = self == .moto ? "MOTO_" : ""
        let credentials = EnvironmentCredentials([
            "AWS_ACCESS_KEY_ID": try Self.variable("MALLOW_S3_\(own)ACCESS_KEY"),
            "AWS_SECRET_ACCESS_KEY": try Self.variable("MALLOW_S3_\(own)SECRET_KEY"),
        ])
        return S3Client(
            try S3Location(place), over: CurlLoop(TransferLimits(connections: 16)),
            as: CredentialKeeper([credentials]), now: { Date() }
        )
    }

    func store() throws -> S3Store { S3Store(try client(at: place(accepting: weaknesses))) }

    private static func variable(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            throw Missing(description: "\(name) is not set; Tests/run starts the servers and sets it")
        }
        return value
    }

    private struct Missing: Error, CustomStringConvertible {
        let description: String
    }
}
