// SPDX-License-Identifier: Apache-2.0

/// What an operator should know about a file that can be used all the same, in one sentence.
package struct SettingsNote: Sendable, Hashable, CustomStringConvertible {
    /// The file's path.
    package let file: String
    /// From 1; nil where the whole file is meant.
    package let line: Int?
    package let text: String

    package var description: String { file + (line.map { ", line \($0)" } ?? "") + ": \(text)." }
}
