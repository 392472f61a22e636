// SPDX-License-Identifier: Apache-2.0
import Canvas
import Settings
import TOMLKit

/// Reads one theme file and finds everything that is wrong with it.
struct ThemeFileReader {
    private let place: String
    private let lines: KeyLines
    private var problems: [FileProblem] = []

    /// - Parameters:
    ///   - place: the file's path, for messages.
    ///   - stem: the file's name without `.theme.toml`: what the theme in it must be called.
    static func read(_ bytes: [UInt8], at place: String, stem: String) throws(BrokenTheme) -> ThemeFile {
        let text: SettingsText
        do { text = try SettingsText(bytes, at: place) } catch { throw BrokenTheme([error]) }
        var reader = ThemeFileReader(place: place, lines: text.lines)
        return try reader.file(from: text.table, stem: stem)
    }

    private init(place: String, lines: KeyLines) {
        self.place = place
        self.lines = lines
    }

    private mutating func complain(_ key: String, _ problem: String, advice: String) {
        problems.append(FileProblem(place, line: lines[key], problem, advice: advice))
    }

    private mutating func file(from table: TOMLTable, stem: String) throws(BrokenTheme) -> ThemeFile {
        let name = name(in: table, stem: stem)
        let appearance = appearance(in: table)
        let about = string("about", in: table)
        let inherits = string("inherits", in: table)
        let palette = palette(in: table)
        var values: [String: ThemeFile.Value] = [:]
        let roles = Role.allCases.map(\.rawValue) + Role.families
        for key in table.keys where !Self.heads.contains(key) {
            guard let value = table[key]?.tomlValue else { continue }
            if let unquoted = unquotedRole(key, value) {
                let role = "\(key).\(unquoted)"
                complain(
                    lines[role] == nil ? "\(key)/\(unquoted)" : role, "\(role) is written without quotes",
                    advice: "write it as \"\(role)\", outside of any [table]")
            } else if roles.contains(key) {
                values[key] = self.value(value, of: key)
            } else {
                let near = (roles + Self.heads).nearest(to: key)
                complain(
                    key, "there is no role or key \"\(key)\"",
                    advice: near.map { "perhaps \"\($0)\" is meant" } ?? "themes/FORMAT.md lists them")
            }
        }
        guard problems.isEmpty else { throw BrokenTheme(problems) }
        return ThemeFile(
            place: place, name: name, about: about, appearance: appearance, inherits: inherits, palette: palette,
            values: values, lines: lines
        )
    }
}

// MARK: - Keys that are no roles

extension ThemeFileReader {
    private static let heads = ["name", "about", "appearance", "inherits", "palette"]

    private mutating func string(_ key: String, in table: TOMLTable) -> String? {
        guard let value = table[key]?.tomlValue else { return nil }
        if value.string == nil {
            complain(key, "\(key) is not text", advice: "write \(key) = \"...\"")
        }
        return value.string
    }

    /// A copied file whose name was not changed would silently take the original's place: so both names must agree.
    private mutating func name(in table: TOMLTable, stem: String) -> String {
        let allowed = stem.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        if stem.isEmpty || !allowed {
            complain("name", "a theme cannot be called \"\(stem)\"", advice: "use a-z, 0-9, - and _ in the file's name")
        } else if let name = string("name", in: table) {
            if !name.utf8.elementsEqual(stem.utf8) {
                complain(
                    "name", "the theme is called \"\(name)\" in \(stem)\(ThemeFile.suffix)",
                    advice: "write name = \"\(stem)\" or rename the file")
            }
        } else if table["name"] == nil {
            complain("name", "name is missing", advice: "write name = \"\(stem)\"")
        }
        return stem
    }

    private mutating func appearance(in table: TOMLTable) -> Theme.Appearance? {
        guard let text = string("appearance", in: table) else { return nil }
        let appearance = Theme.Appearance(rawValue: text)
        if appearance == nil {
            complain("appearance", "\"\(text)\" is no appearance", advice: "write \"dark\" or \"light\"")
        }
        return appearance
    }

    private mutating func palette(in table: TOMLTable) -> [String: RGB] {
        guard let value = table["palette"]?.tomlValue else { return [:] }
        guard let entries = value.table else {
            complain("palette", "palette is not a table", advice: "write [palette] in a line of its own")
            return [:]
        }
        var palette: [String: RGB] = [:]
        for name in entries.keys {
            if let colour = entries[name]?.string.flatMap({ RGB(hexadecimal: $0) }) {
                palette[name] = colour
            } else {
                let isRole = Role(rawValue: name) != nil || Role.families.contains(name)
                complain(
                    "palette/\(name)", "\(name) is not a colour",
                    advice: isRole
                        ? "roles stand above [palette]: move the line up"
                        : "write # and six digits, such as \(name) = \"#14171c\"")
            }
        }
        return palette
    }
}

// MARK: - Roles

extension ThemeFileReader {
    private static let attributes: [String: Style.Attributes] = [
        "bold": .bold, "dim": .dim, "underline": .underline, "reverse": .reverse, "italic": .italic,
    ]

    /// `state.failed = ...` without quotes is TOML for a table `state` with a key `failed`.
    private func unquotedRole(_ key: String, _ value: TOMLValue) -> String? {
        value.table?.keys.first { Role(rawValue: "\(key).\($0)") != nil }
    }

    private mutating func value(_ value: TOMLValue, of key: String) -> ThemeFile.Value? {
        if let colour = value.string {
            return ThemeFile.Value(
                foreground: colour, background: nil, attributes: [], file: place, line: lines[key])
        }
        guard let table = value.table else {
            complain(key, "\(key) is no colour", advice: "write \"#rrggbb\" or { fg = ..., bg = ..., attr = [...] }")
            return nil
        }
        for part in table.keys where !["fg", "bg", "attr"].contains(part) {
            complain(key, "\(key) has no \"\(part)\"", advice: "use fg, bg and attr")
        }
        for part in ["fg", "bg"] where table[part] != nil && table[part]?.string == nil {
            complain(key, "\(part) of \(key) is no colour", advice: "write \"#rrggbb\" or a name of the [palette]")
        }
        return ThemeFile.Value(
            foreground: table["fg"]?.string, background: table["bg"]?.string,
            attributes: attributes(in: table, of: key), file: place, line: lines[key]
        )
    }

    private mutating func attributes(in table: TOMLTable, of key: String) -> Style.Attributes {
        guard let value = table["attr"]?.tomlValue else { return [] }
        let known = Self.attributes.keys.sorted().joined(separator: ", ")
        guard let array = value.array else {
            complain(key, "attr of \(key) is no list", advice: "write attr = [\"bold\"]; there are \(known)")
            return []
        }
        var attributes: Style.Attributes = []
        for element in array {
            let name = element.string ?? element.debugDescription
            if let attribute = element.string.flatMap({ Self.attributes[$0] }) {
                attributes.insert(attribute)
            } else {
                complain(key, "there is no attribute \"\(name)\"", advice: "use \(known)")
            }
        }
        return attributes
    }
}
