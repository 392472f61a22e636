// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
package import MigrationModel
import ObjectStorage

/// A bucket as an endpoint names it, and as this machine may ask for it.
///
/// Credentials come from where the tools of AWS look for them, in their order: the environment, the shared files, the
/// container's host, the machine's role; after the environment, from where `mallow.yaml` says, and for staging before it.
/// They never stand in an endpoint.
struct Bucket {
    /// Videos in flight that a command has who runs none.
    static let onlookers = 8
    /// Objects on their way for each video in flight: most videos have few languages, and the others wait their turn.
    private static let objectsPerVideo = 2

    private let location: S3Location
    private let secrets: Secrets

    /// - Throws: ``InvalidEndpoint``.
    init(_ endpoint: Endpoint) throws(InvalidEndpoint) {
        secrets = endpoint.secrets
        do {
            location = try S3Location(endpoint.rest)
        } catch {
            // Without the endpoint itself, which may hold what it should not.
            throw InvalidEndpoint(description: "--\(endpoint.role.rawValue) s3:…: \(error).")
        }
    }

    /// Whether both may be one, whatever server they are asked of: they have one name, or one is named by the other's host.
    func mayBe(_ other: Bucket) -> Bool {
        location.bucket == other.location.bucket || location.isAsked(of: other.location.bucket)
            || other.location.isAsked(of: location.bucket)
    }

    /// Opens connections when they are first needed; nothing is asked yet.
    func client(concurrency: Int, now: @escaping @Sendable () -> Date) -> S3Client {
        let environment = ProcessInfo.processInfo.environment
        let trust = TrustSettings(environment: environment)
        let connections = min(512, max(16, concurrency * Self.objectsPerVideo))
        // What this machine tells about itself comes at once, or not at all.
        let nearby = CurlLoop(
            TransferLimits(connections: 1, connect: .seconds(1), firstByte: .seconds(3), whole: .seconds(5)))
        let named: any CredentialSource = EnvironmentCredentials(environment)
        let configured = ConfiguredCredentials(secrets: secrets, environment: environment)
        return S3Client(
            location, over: CurlLoop(TransferLimits(connections: connections), trust: trust),
            as: CredentialKeeper(
                (secrets.goFirst ? [configured, named] : [named, configured]) + [
                    WebIdentity(environment),
                    ProfileCredentials(environment, home: NSHomeDirectory()),
                    ContainerCredentials(environment, over: nearby),
                    InstanceCredentials(environment, over: nearby),
                ]), now: now
        )
    }
}

extension StoreWeakness {
    /// What somebody has accepted of a store that is known by its endpoint's text; none of one that cannot be read.
    package static func accepted(in store: String) -> [StoreWeakness] {
        (try? Endpoint(store, role: .store))?.weaknesses ?? []  // it was one when the ledger took it
    }
}

extension Endpoint {
    /// What its store cannot do and an operator has accepted by name, in the order in which they are always told.
    package var weaknesses: [StoreWeakness] {
        guard scheme == "s3", let location = try? S3Location(rest) else { return [] }  // opening it says why
        return StoreWeakness.allCases.filter(location.accepted.contains)
    }
}
