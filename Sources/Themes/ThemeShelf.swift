// SPDX-License-Identifier: Apache-2.0
package import Settings

/// Every theme that can be chosen: the built-in ones and the operator's own.
///
/// A value, read once: make a new one to see changed files.
package struct ThemeShelf: Sendable {
    /// The theme for a dark terminal, which is also the one where nothing is known of the terminal.
    package static let defaultDark = "mallow-dark"
    package static let defaultLight = "mallow-light"

    /// By name, sorted. The operator's file takes the place of a built-in theme of the same name.
    package let themes: [Theme]
    /// What is wrong with files that gave no theme. All others were read nevertheless.
    package let problems: [FileProblem]
    /// The operator's files, by the theme's name.
    private let paths: [String: String]

    /// Reads the built-in themes and every `*.theme.toml` of a folder. Blocks.
    ///
    /// - Parameter userFolder: need not exist; nil for the built-in themes alone.
    package init(userFolder: String?) {
        var (builtIn, problems): ([String: ThemeFile], [FileProblem]) = ([:], [])
        for (name, bytes) in BuiltInThemes.files {
            do throws(BrokenTheme) {
                let place = "built-in \(name)\(ThemeFile.suffix)"
                builtIn[name] = try ThemeFileReader.read(bytes, at: place, stem: name)
            } catch {
                problems += error.problems
            }
        }
        let folder = ThemeFolder(userFolder)
        problems += folder.problems
        let family = ThemeFamily(builtIn: builtIn, own: folder.files)
        var themes: [String: Theme] = [:]
        var paths: [String: String] = [:]
        // Built-in ones first: where the operator's own file does not work out, its namesake remains.
        for (file, isOwn) in builtIn.values.map({ ($0, false) }) + folder.files.values.map({ ($0, true) }) {
            do throws(BrokenTheme) {
                themes[file.name] = try Theme(try family.lineage(of: file, isOwn: isOwn))
                paths[file.name] = isOwn ? file.place : nil
            } catch {
                problems += error.problems
            }
        }
        self.themes = themes.values.sorted { $0.name < $1.name }
        self.paths = paths
        // A theme that others inherit is complained about once.
        self.problems = Set(problems).sorted {
            ($0.file, $0.line ?? 0, $0.problem) < ($1.file, $1.line ?? 0, $1.problem)
        }
    }

    package subscript(name: String) -> Theme? { themes.first { $0.name.utf8.elementsEqual(name.utf8) } }

    /// The default for a terminal's background.
    package func preferred(for appearance: Theme.Appearance) -> Theme {
        self[appearance == .dark ? Self.defaultDark : Self.defaultLight] ?? .plain
    }

    /// The operator's file that a theme was read from; nil for a built-in one.
    package func path(of theme: Theme) -> String? { paths[theme.name] }

    /// Where operators keep their own themes: `mallow/themes` in `$XDG_CONFIG_HOME`, or in `~/.config`.
    ///
    /// - Parameter environment: the process's.
    package static func userFolder(environment: [String: String]) -> String {
        UserFolder.configuration.path(environment: environment) + "/mallow/themes"
    }

    /// Reads one theme file, which may inherit any theme of the shelf's kind. Blocks.
    ///
    /// - Parameters:
    ///   - path: its name must end in `.theme.toml`.
    ///   - userFolder: where inherited themes are looked for before the built-in ones.
    package static func theme(at path: String, userFolder: String?) throws(BrokenTheme) -> Theme {
        var builtIn: [String: ThemeFile] = [:]
        for (name, bytes) in BuiltInThemes.files {
            builtIn[name] = try ThemeFileReader.read(bytes, at: "built-in \(name)\(ThemeFile.suffix)", stem: name)
        }
        let file = try ThemeFolder.file(at: path)
        let family = ThemeFamily(builtIn: builtIn, own: ThemeFolder(userFolder).files)
        return try Theme(try family.lineage(of: file, isOwn: true))
    }
}
