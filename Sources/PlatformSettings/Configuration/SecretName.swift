// SPDX-License-Identifier: Apache-2.0

/// What has to be known to open a place, and is told to nobody.
package enum SecretName: String, Sendable, Hashable, CaseIterable {
    case sourcePassword = "source_password"
    case catalogPassword = "catalog_password"
    case accessKeyID = "aws_access_key_id"
    case secretAccessKey = "aws_secret_access_key"
    case sessionToken = "aws_session_token"

    /// The variable of the environment that goes before everything that is written.
    package var variable: String {
        switch self {
        case .sourcePassword: "MALLOW_SOURCE_PASSWORD"
        case .catalogPassword: "MALLOW_CATALOG_PASSWORD"
        case .accessKeyID: "AWS_ACCESS_KEY_ID"
        case .secretAccessKey: "AWS_SECRET_ACCESS_KEY"
        case .sessionToken: "AWS_SESSION_TOKEN"
        }
    }
}
