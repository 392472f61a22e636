// SPDX-License-Identifier: Apache-2.0
import Settings

/// A place in a file.
struct Place: Sendable, Hashable {
    let file: String
    /// From 1; nil for the whole file.
    var line: Int?
    /// From 1.
    var column: Int?
}

/// What is collected while files are read, so that an operator learns everything at once.
struct Findings {
    private(set) var problems: [FileProblem] = []
    private(set) var notes: [SettingsNote] = []

    mutating func complain(_ place: Place, _ problem: String, advice: String) {
        problems.append(FileProblem(place.file, line: place.line, column: place.column, problem, advice: advice))
    }

    mutating func complain(_ problem: FileProblem) { problems.append(problem) }

    mutating func note(_ place: Place, _ text: String) {
        notes.append(SettingsNote(file: place.file, line: place.line, text: text))
    }
}

extension [FileProblem] {
    /// Each once, file by file as they were read, and within a file from its first line to its last.
    func inOrder() -> [FileProblem] {
        var files: [String] = []
        var seen: Set<FileProblem> = []
        for problem in self where !files.contains(problem.file) { files.append(problem.file) }
        return files.flatMap { file in
            filter { $0.file == file && seen.insert($0).inserted }
                .sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
        }
    }
}
