// SPDX-License-Identifier: Apache-2.0
package import Foundation
import MigrationModel

/// Credentials from the environment.
package struct EnvironmentCredentials: CredentialSource {
    package let name = "the environment"
    package let isChanging = false
    private let environment: [String: String]

    package init(_ environment: [String: String]) { self.environment = environment }

    package func credentials(at date: Date) async throws -> AWSCredentials? {
        let key = environment["AWS_ACCESS_KEY_ID"] ?? ""
        let secret = environment["AWS_SECRET_ACCESS_KEY"] ?? ""
        if key.isEmpty, secret.isEmpty { return nil }
        guard !key.isEmpty, !secret.isEmpty else {
            throw Failure(
                .auth, "find credentials", at: name,
                cause:
                    "\(key.isEmpty ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY") is not set, and the other one is",
                advice: "set both, or neither"
            )
        }
        let token = environment["AWS_SESSION_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        return AWSCredentials(accessKey: key, secret: secret, token: token)
    }
}
