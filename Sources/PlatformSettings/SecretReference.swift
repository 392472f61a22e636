// SPDX-License-Identifier: Apache-2.0
package import Settings

/// Where a secret stands. The secret itself is read when it is needed and kept nowhere.
package struct SecretReference: Sendable, Hashable, CustomStringConvertible {
    package let file: String
    /// Of the key, from 1.
    package let line: Int
    /// Such as `DATABASES.default.PASSWORD`.
    package let keyPath: String
    /// Whether an empty text stood there.
    package let isEmpty: Bool

    package var description: String { "\(file), line \(line): \(keyPath)\(isEmpty ? " (empty)" : "")" }

    /// Reads the secret, again each time. Blocks.
    ///
    /// - Throws: ``FileProblem`` where it cannot be read any more, or is no text any more. Never with the secret in it.
    package func secret() throws(FileProblem) -> String { try Self.secret(in: file, at: keyPath) }

    /// Reads a secret. Blocks.
    ///
    /// - Parameter keyPath: as a reference has it: `DATABASES.default.PASSWORD`, `stores[0].password`.
    /// - Throws: ``FileProblem`` where it cannot be read, is missing, or is no text. Never with the secret in it.
    package static func secret(in file: String, at keyPath: String) throws(FileProblem) -> String {
        let read = try SettingsFile(at: file)
        var findings = Findings()
        let section = Section(top: [Section.Part(file: read.path, mapping: read.mapping)])
        guard let setting = section.setting(at: keyPath) else {
            throw FileProblem(file, "\(keyPath) is not there", advice: "write the secret there")
        }
        _ = setting.secret(&findings)
        if let problem = findings.problems.first { throw problem }
        return setting.written ?? ""
    }
}

extension Section {
    /// The value that a key path leads to.
    fileprivate func setting(at keyPath: String) -> Setting? {
        var section: Section? = self
        var setting: Setting?
        for part in keyPath.split(separator: ".") {
            let pieces = part.split(separator: "[")
            guard let key = pieces.first else { return nil }
            setting = section?[String(key)]
            for piece in pieces.dropFirst() {
                guard let index = Int(piece.dropLast()), let entries = setting?.entries, entries.indices ~= index
                else { return nil }
                setting = entries[index]
            }
            section = setting?.inner
        }
        return setting
    }
}
