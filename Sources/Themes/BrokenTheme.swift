// SPDX-License-Identifier: Apache-2.0
package import Settings

/// Why a theme file gives no theme: everything that is wrong with it, from its first line to its last.
package struct BrokenTheme: Error, Sendable, Hashable, CustomStringConvertible {
    /// Never empty.
    package let problems: [FileProblem]

    init(_ problems: [FileProblem]) {
        self.problems = problems.sorted { ($0.line ?? 0, $0.problem) < ($1.line ?? 0, $1.problem) }
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
