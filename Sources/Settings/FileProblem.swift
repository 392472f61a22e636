// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a file that an operator wrote, and what to do, in one sentence.
package struct FileProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file's path, or the name of one that is built in.
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
