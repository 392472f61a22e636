// SPDX-License-Identifier: Apache-2.0
import Foundation
package import Settings

/// Where `mallow.yaml` says that a secret is to be had. The secret itself is read when it is needed and kept nowhere.
package enum SecretSource: Sendable, Hashable {
    /// A variable of the environment, and where it is named.
    case variable(String, SecretReference)
    /// All that stands in a file of its own, but for the end of its line. Others must not be able to read it.
    case file(String)
    /// A value of the platform's own settings, or of `mallow.yaml` itself.
    case written(SecretReference)

    /// Reads the secret, again each time. Blocks.
    ///
    /// - Throws: ``FileProblem`` where it is not to be had. Never with the secret in it.
    package func secret(environment: [String: String]) throws(FileProblem) -> String {
        switch self {
        case .written(let reference): return try reference.secret()
        case .file(let path): return try Self.content(of: path)
        case .variable(let name, let place):
            guard let secret = environment[name], !secret.isEmpty else {
                throw FileProblem(
                    place.file, line: place.line, "\(place.keyPath) is to be in \(name), which is not set",
                    advice: "export \(name), or name another place")
            }
            return secret
        }
    }

    /// No secret is longer.
    private static let mostBytes = 64 * 1024

    private static func content(of path: String) throws(FileProblem) -> String {
        try refuseOpen(path)
        let bytes = try SettingsFile.bytes(at: path, most: mostBytes)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileProblem(path, "the secret is not UTF-8 text", advice: "save it as UTF-8")
        }
        let secret = text.last?.isNewline == true ? text.dropLast() : text[...]
        guard !secret.isEmpty, !secret.contains(where: \.isNewline) else {
            throw FileProblem(
                path, "the file does not hold a secret and nothing else", advice: "write the secret into its only line")
        }
        return String(secret)
    }

    /// Looks who may read a file with a secret in it. Blocks.
    ///
    /// - Throws: ``FileProblem`` where others than its owner may.
    static func refuseOpen(_ path: String, line: Int? = nil) throws(FileProblem) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileProblem(path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileProblem(path, line: line, "this is no file", advice: "give the path of a file")
        }
        guard status.st_mode & (S_IRWXG | S_IRWXO) == 0 else {
            throw FileProblem(
                path, line: line, "others than its owner may use this file, and a secret is in it",
                advice: "chmod 600 it")
        }
    }
}
