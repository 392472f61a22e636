// SPDX-License-Identifier: Apache-2.0
import Canvas
import Settings

/// What one theme file says, before inheritance: its palette may still be changed by a theme that inherits it.
struct ThemeFile: Sendable {
    /// Where it was read, for messages.
    let place: String
    let name: String
    let about: String?
    let appearance: Theme.Appearance?
    /// The theme whose values hold where this one has none.
    let inherits: String?
    let palette: [String: RGB]
    /// By role or family.
    let values: [String: Value]
    /// Of `inherits` and `name`, for messages.
    let lines: KeyLines

    static let suffix = ".theme.toml"

    /// A role's look as it is written.
    struct Value: Sendable {
        /// `#rrggbb` or a name of the palette.
        let foreground, background: String?
        let attributes: Style.Attributes
        /// Where, for messages: a value may be wrong only beside another file's palette.
        let file: String
        let line: Int?
    }
}

extension Theme {
    /// The theme that the last file makes of those before it.
    ///
    /// Values and palettes are laid over one another before colours are looked up, so that a file which only changes the
    /// palette changes every role that uses it.
    ///
    /// - Parameter lineage: the file last, before it the one it inherits, and so on. Not empty.
    init(_ lineage: [ThemeFile]) throws(BrokenTheme) {
        guard let file = lineage.last else { preconditionFailure("a theme comes from at least one file") }
        let palette = lineage.reduce(into: [:]) { $0.merge($1.palette) { $1 } }
        let written = lineage.reduce(into: [:]) { $0.merge($1.values) { $1 } }
        var problems: [FileProblem] = []
        func colour(_ text: String?, of value: ThemeFile.Value) -> RGB? {
            guard let text else { return nil }
            if let colour = RGB(hexadecimal: text) ?? palette[text] { return colour }
            if text.hasPrefix("#") {
                problems.append(
                    FileProblem(
                        value.file, line: value.line, "\"\(text)\" is not a colour",
                        advice: "write # and six digits, such as \"#14171c\""))
            } else {
                let near = palette.keys.sorted().nearest(to: text)
                problems.append(
                    FileProblem(
                        value.file, line: value.line, "\"\(text)\" is not in the [palette]",
                        advice: near.map { "perhaps \"\($0)\" is meant" }
                            ?? "add \(text) = \"#rrggbb\" to the [palette]"))
            }
            return nil
        }
        var values: [String: Style] = [:]
        for (key, value) in written {
            values[key] = Style(
                colour(value.foreground, of: value), on: colour(value.background, of: value), value.attributes)
        }
        let appearance = lineage.reversed().lazy.compactMap(\.appearance).first
        if appearance == nil {
            problems.append(
                FileProblem(
                    file.place, "appearance is missing", advice: #"write appearance = "dark" or appearance = "light""#))
        }
        guard problems.isEmpty, let appearance else { throw BrokenTheme(problems) }
        self.init(name: file.name, appearance: appearance, about: file.about ?? "", values: values)
    }
}
