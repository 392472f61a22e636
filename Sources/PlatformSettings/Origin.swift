// SPDX-License-Identifier: Apache-2.0

/// Where a value comes from.
package enum Origin: Sendable, Hashable, CustomStringConvertible {
    /// It stands in a file.
    /// - Parameters:
    ///   - line: of the key, from 1.
    ///   - keyPath: such as `DATABASES.default.HOST`.
    case written(file: String, line: Int, keyPath: String)
    /// Nobody wrote it: the name of the rule that gives it, such as "Open edX's default".
    case rule(String)

    package var description: String {
        switch self {
        case .written(let file, let line, let keyPath): "\(file), line \(line): \(keyPath)"
        case .rule(let name): name
        }
    }
}
