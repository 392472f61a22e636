// SPDX-License-Identifier: Apache-2.0
package import Foundation
import MigrationModel

/// Credentials from the files that AWS's own tools share: a profile in `credentials`, else in `config`.
package struct ProfileCredentials: CredentialSource {
    /// A person may write new ones while we run.
    package let isChanging = true
    package var name: String { "the profile \(profile)" }
    private let profile: String
    private let isAskedFor: Bool
    private let credentialsFile: String
    private let configFile: String

    /// - Parameter home: where `.aws` is, unless the environment names the files.
    package init(_ environment: [String: String], home: String) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let asked = value("AWS_PROFILE") ?? value("AWS_DEFAULT_PROFILE")
        profile = asked ?? "default"
        isAskedFor = asked != nil
        credentialsFile = value("AWS_SHARED_CREDENTIALS_FILE") ?? "\(home)/.aws/credentials"
        configFile = value("AWS_CONFIG_FILE") ?? "\(home)/.aws/config"
    }

    package func credentials(at date: Date) async throws -> AWSCredentials? {
        let title = profile == "default" ? "default" : "profile \(profile)"
        for (file, section) in [(credentialsFile, profile), (configFile, title)] {
            // One that is not there, or may not be read, is not the place.
            guard let data = FileManager.default.contents(atPath: file) else { continue }
            let values = Self.values(of: section, in: String(decoding: data, as: UTF8.self))
            if let key = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] {
                return AWSCredentials(accessKey: key, secret: secret, token: values["aws_session_token"])
            }
        }
        guard isAskedFor else { return nil }
        throw Failure(
            .auth, "find credentials", at: "\(credentialsFile) and \(configFile)",
            cause: "there is no access key in the profile \(profile)",
            advice: "write aws_access_key_id and aws_secret_access_key there; roles and single sign-on are not followed"
        )
    }

    /// The settings of a section; comments, blank lines and nested settings are passed over.
    static func values(of section: String, in text: String) -> [String: String] {
        var values: [String: String] = [:]
        var isIn = false
        for raw in text.split(whereSeparator: \.isNewline) {
            let line = raw.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
                let title = line[line.index(after: line.startIndex)..<end]
                isIn = title.split(separator: " ").joined(separator: " ") == section
                continue
            }
            let parts = line.split(separator: "=", maxSplits: 1)
            guard isIn, parts.count == 2, raw.first?.isWhitespace == false else { continue }
            values[parts[0].trimmingCharacters(in: .whitespaces).lowercased()] =
                parts[1].trimmingCharacters(in: .whitespaces)
        }
        return values
    }
}
