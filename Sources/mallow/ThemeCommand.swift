// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Canvas
import Foundation
import Ledger
import Settings
import Themes

extension BrokenTheme: OperatorError {}

/// `mallow theme`
struct ThemeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "theme",
        abstract: "Lists, shows and checks the themes of the console.",
        discussion: """
            Your own themes are files NAME.theme.toml in ~/.config/mallow/themes, or in $XDG_CONFIG_HOME/mallow/themes.

            Example:
              mallow theme list
              mallow theme show night-garden
              mallow theme lint ~/.config/mallow/themes/mine.theme.toml
            """,
        subcommands: [List.self, Show.self, Lint.self],
        defaultSubcommand: List.self
    )

    /// The operator's own themes.
    private static var userFolder: String {
        ThemeShelf.userFolder(environment: ProcessInfo.processInfo.environment)
    }
}

// MARK: - List

extension ThemeCommand {
    /// `mallow theme list`
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Lists every theme that can be chosen, with its states' colours.",
            discussion: """
                Example:
                  mallow theme list
                  mallow theme list --json | jq -r '.themes[].name'
                """
        )

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() throws {
            let shelf = ThemeShelf(userFolder: userFolder)
            if json { return Output.print(json: ThemeListReport(shelf)) }
            let width = shelf.themes.map(\.name.count).max() ?? 0
            let brush = Brush.standardOutput
            for theme in shelf.themes {
                let name = theme.name.padding(toLength: width, withPad: " ", startingAt: 0)
                let appearance = theme.appearance.rawValue.padding(toLength: 5, withPad: " ", startingAt: 0)
                let rest = [brush.states(of: theme), theme.about.isEmpty ? nil : theme.about, shelf.path(of: theme)]
                Output.print(([name, appearance] + rest.compactMap(\.self)).joined(separator: "  "))
            }
            shelf.problems.forEach { Output.complain("mallow: \($0)") }
        }
    }
}

// MARK: - Show

extension ThemeCommand {
    /// `mallow theme show`
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Prints what a theme does with each role, as a sample where the terminal has colours.",
            discussion: """
                Example:
                  mallow theme show harbour
                """
        )

        @Argument(help: ArgumentHelp("The theme.", valueName: "NAME"))
        var name: String

        func run() throws {
            let shelf = ThemeShelf(userFolder: userFolder)
            guard let theme = shelf[name] else {
                let broken = shelf.problems.filter { $0.file.hasSuffix("/\(name).theme.toml") }
                throw UsageError(
                    broken.isEmpty
                        ? "There is no theme \(name); mallow theme list names them."
                        : broken.map(\.description).joined(separator: "\n"))
            }
            Output.print("\(theme.name)  \(theme.appearance.rawValue)  \(shelf.path(of: theme) ?? "built in")")
            if !theme.about.isEmpty { Output.print(theme.about) }
            Output.print("")
            let brush = Brush.standardOutput
            for role in Role.allCases {
                let style = theme.style(role, .direct)
                let columns = [
                    (role.rawValue, 16), (style.foreground?.description ?? "-", 7),
                    (style.background?.description ?? "-", 7), (style.attributes.names.joined(separator: " "), 12),
                ].map { $0.0.padding(toLength: $0.1, withPad: " ", startingAt: 0) }
                let sample = brush.sample(of: role, in: theme)
                Output.print((columns + [sample].compactMap { $0 } + [role.purpose]).joined(separator: "  "))
            }
        }
    }
}

// MARK: - Lint

extension ThemeCommand {
    /// `mallow theme lint`
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint",
            abstract: "Measures whether themes can be read by everybody; exit code 1 when one cannot.",
            discussion: """
                Contrast of all text and bars, distance of the states' colours for eyes that see no red, no green or \
                no blue, and what is left of them with 256 colours. Without files: every theme there is.

                Example:
                  mallow theme lint
                  mallow theme lint mine.theme.toml --json
                """
        )

        @Argument(
            help: ArgumentHelp("Theme files; their names end in .theme.toml.", valueName: "FILE"),
            completion: .file(extensions: ["toml"]))
        var files: [String] = []

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() throws {
            let report = files.isEmpty ? ThemeLintReport(ThemeShelf(userFolder: userFolder)) : read()
            if json {
                Output.print(json: report)
            } else {
                report.lines.forEach { Output.print($0) }
            }
            guard report.passed else { throw ExitCode(RunExit.failed.rawValue) }
        }

        private func read() -> ThemeLintReport {
            var (themes, problems): ([Theme], [FileProblem]) = ([], [])
            for file in files {
                do throws(BrokenTheme) {
                    themes.append(try ThemeShelf.theme(at: file, userFolder: userFolder))
                } catch {
                    problems += error.problems
                }
            }
            return ThemeLintReport(themes, problems)
        }
    }
}
