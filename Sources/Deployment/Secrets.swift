// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import ObjectStorage
package import PlatformSettings
import Settings

/// Where secrets are to be had: in the environment, else where `mallow.yaml` says; of staging the other way round. They are read when a place is opened
/// and kept nowhere.
package struct Secrets: Sendable, Hashable {
    private let sources: [SecretName: SecretSource]
    /// Whether those of `mallow.yaml` go before the environment's.
    let goFirst: Bool

    /// - Parameters:
    ///   - sources: those of `mallow.yaml`.
    ///   - goFirst: for staging, since what an operator's environment has is production's.
    package init(_ sources: [SecretName: SecretSource] = [:], goFirst: Bool = false) {
        self.sources = sources
        self.goFirst = goFirst
    }

    /// A secret; nil where nobody says anything of it. Blocks.
    ///
    /// - Throws: ``Failure``, of class `auth`, where it is not to be had from where it should be. Never with a secret in it.
    package func secret(_ name: SecretName, environment: [String: String]) throws -> String? {
        if goFirst, let secret = try configured(name, environment: environment) { return secret }
        if let secret = environment[name.variable], !secret.isEmpty { return secret }
        return try configured(name, environment: environment)
    }

    /// A secret from where `mallow.yaml` says, whatever the environment has under its usual name.
    func configured(_ name: SecretName, environment: [String: String]) throws -> String? {
        do {
            return try sources[name]?.secret(environment: environment)
        } catch {
            throw Failure(
                .auth, "reading a secret", at: error.file + (error.line.map { ", line \($0)" } ?? ""),
                cause: "\(name.rawValue): \(error.problem)",
                safe: "nothing was opened with it", advice: error.advice)
        }
    }
}

/// AWS's keys from where `mallow.yaml` says.
struct ConfiguredCredentials: CredentialSource {
    let name = "mallow.yaml"
    /// Whoever writes a session's token there changes it while a run goes on.
    let isChanging = true
    let secrets: Secrets
    let environment: [String: String]

    func credentials(at date: Date) async throws -> AWSCredentials? {
        // Not by their usual names: the environment's own source goes first, and has all of its keys or none.
        let key = try secrets.configured(.accessKeyID, environment: environment)
        let secret = try secrets.configured(.secretAccessKey, environment: environment)
        if key == nil, secret == nil { return nil }
        guard let key, let secret, !key.isEmpty, !secret.isEmpty else {
            let missing = key?.isEmpty == false ? SecretName.secretAccessKey : .accessKeyID
            throw Failure(
                .auth, "find credentials", at: name, cause: "\(missing.rawValue) is not there, and the other one is",
                advice: "write both, or neither")
        }
        let token = try secrets.configured(.sessionToken, environment: environment)
        return AWSCredentials(accessKey: key, secret: secret, token: token?.isEmpty == true ? nil : token)
    }
}
