// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a theme file, and what to do, in one sentence.
package struct ThemeProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file's path, or the name of a built-in one.
    package let file: String
    /// From 1; nil where the whole file is meant.
    package let line: Int?
    /// From 1; nil where the line says enough.
    package let column: Int?
    package let problem: String
    package let advice: String

    package init(_ file: String, line: Int? = nil, column: Int? = nil, _ problem: String, advice: String) {
        self.file = file
        self.line = line
        self.column = column
        self.problem = problem
        self.advice = advice
    }

    package var description: String {
        let place = file + (line.map { ", line \($0)" } ?? "") + (column.map { ", column \($0)" } ?? "")
        return "\(place): \(problem); \(advice)."
    }
}

/// Why a theme file gives no theme: everything that is wrong with it, from its first line to its last.
package struct BrokenTheme: Error, Sendable, Hashable, CustomStringConvertible {
    /// Never empty.
    package let problems: [ThemeProblem]

    init(_ problems: [ThemeProblem]) {
        self.problems = problems.sorted { ($0.line ?? 0, $0.problem) < ($1.line ?? 0, $1.problem) }
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
