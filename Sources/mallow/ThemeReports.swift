// SPDX-License-Identifier: Apache-2.0
import Canvas
import Settings
import Themes
import MigrationModel

/// What is wrong with a theme file, for scripts.
struct FileProblemReport: Encodable {
    let file: String
    /// Left out where the whole file is meant.
    let line, column: Int?
    let error: String

    init(_ problem: FileProblem) {
        file = problem.file
        line = problem.line
        column = problem.column
        error = problem.description
    }
}

/// What `mallow theme list --json` prints. Its encoded form is a contract with scripts.
struct ThemeListReport: Encodable {
    struct Entry: Encodable {
        let name, appearance, about: String
        /// Left out for a built-in theme.
        let file: String?
    }

    let themes: [Entry]
    let problems: [FileProblemReport]

    init(_ shelf: ThemeShelf) {
        themes = shelf.themes.map {
            Entry(name: $0.name, appearance: $0.appearance.rawValue, about: $0.about, file: shelf.path(of: $0))
        }
        problems = shelf.problems.map(FileProblemReport.init)
    }
}

/// What `mallow theme lint` prints. Its encoded form is a contract with scripts.
struct ThemeLintReport: Encodable {
    struct Finding: Encodable {
        let rule: String
        let roles, colours: [String]
        /// Left out where the rule has none.
        let eyes: String?
        let measured, limit: Double?
        let finding: String

        init(_ finding: ThemeFinding) {
            rule = finding.rule.rawValue
            roles = finding.subjects.map(\.role.rawValue)
            colours = finding.subjects.map { $0.colour?.description ?? "" }
            eyes = finding.eyes?.rawValue
            measured = finding.measured
            limit = finding.limit
            self.finding = finding.description
        }
    }

    struct Entry: Encodable {
        let name: String
        let passed: Bool
        let findings: [Finding]
    }

    let passed: Bool
    let themes: [Entry]
    let problems: [FileProblemReport]

    init(_ shelf: ThemeShelf) { self.init(shelf.themes, shelf.problems) }

    init(_ themes: [Theme], _ problems: [FileProblem]) {
        self.themes = themes.map { theme in
            let findings = ThemeLint.findings(in: theme).map(Finding.init)
            return Entry(name: theme.name, passed: findings.isEmpty, findings: findings)
        }
        self.problems = problems.map(FileProblemReport.init)
        passed = problems.isEmpty && self.themes.allSatisfy(\.passed)
    }

    /// The same for people.
    var lines: [String] {
        var lines = themes.flatMap { theme in
            ["\(theme.passed ? "✓" : "✗") \(theme.name)"] + theme.findings.map { "    \($0.finding)" }
        }
        lines += problems.map { "✗ \($0.error)" }
        let failed = themes.count { !$0.passed } + Set(problems.map(\.file)).count
        lines.append(failed == 0 ? "every theme passes" : "\(counted(failed, "theme")) failed")
        return lines
    }
}
