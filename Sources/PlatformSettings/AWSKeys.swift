// SPDX-License-Identifier: Apache-2.0
import Settings

/// With which keys a platform asks for its bucket. All are secrets.
package struct AWSKeys: Sendable, Hashable {
    /// Nil where no keys are written: the platform then has a role.
    package let accessKeyID: SecretReference?
    package let secretAccessKey: SecretReference?
    package let sessionToken: SecretReference?

    /// Whether both halves are there.
    package var isComplete: Bool { accessKeyID?.isEmpty == false && secretAccessKey?.isEmpty == false }

    /// Open edX: names with `S3_` go before those without; a storage's own arguments go before both.
    ///
    /// - Parameter arguments: of the storage that keeps transcripts.
    /// - Returns: nil where something is wrong, which is a problem then.
    init?(_ root: Section, _ arguments: Section?, _ findings: inout Findings) {
        func first(_ argument: String, _ names: [String], _ findings: inout Findings) -> SecretReference? {
            let written = [arguments?[argument]].compactMap(\.self) + names.compactMap { root[$0] }
            let references = written.compactMap { $0.secret(&findings) }
            return references.first { !$0.isEmpty } ?? references.first
        }
        self.init(&findings) { findings in
            (
                first("access_key", ["AWS_S3_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"], &findings),
                first("secret_key", ["AWS_S3_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"], &findings),
                first("security_token", ["AWS_SESSION_TOKEN"], &findings)
            )
        }
    }

    /// Reads Tutor's `config.yml`.
    ///
    /// - Returns: nil where something is wrong, which is a problem then.
    init?(tutor config: Section, _ findings: inout Findings) {
        self.init(&findings) { findings in
            (
                config["OPENEDX_AWS_ACCESS_KEY"]?.secret(&findings),
                config["OPENEDX_AWS_SECRET_ACCESS_KEY"]?.secret(&findings), nil
            )
        }
    }

    private init?(
        _ findings: inout Findings,
        _ read: (inout Findings) -> (id: SecretReference?, secret: SecretReference?, token: SecretReference?)
    ) {
        let known = findings.problems.count
        (accessKeyID, secretAccessKey, sessionToken) = read(&findings)
        guard findings.problems.count == known else { return nil }
        let halves = [accessKeyID, secretAccessKey].compactMap(\.self).filter { !$0.isEmpty }
        guard halves.count == 1, let half = halves.first else { return }
        findings.complain(
            Place(file: half.file, line: half.line), "\(half.keyPath) is only half of what AWS asks for",
            advice: "write the key's id and its secret, or neither")
        return nil
    }
}
