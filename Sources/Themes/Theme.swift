// SPDX-License-Identifier: Apache-2.0
package import Canvas

/// A look for every role. A value: it reads no files and knows no terminal.
package struct Theme: Sendable, Hashable {
    /// What kind of background a theme is made for.
    package enum Appearance: String, Sendable, Hashable, CaseIterable {
        case dark, light
    }

    /// What the operator calls it. Small letters, digits, `-` and `_`.
    package let name: String
    package let appearance: Appearance
    /// One line by its author, for lists; may be empty.
    package let about: String
    /// Complete: every role has one.
    private let styles: [Role: Style]

    /// - Parameter values: what a theme file says, by key; roles it leaves out fall back by `Role.keys`.
    init(name: String, appearance: Appearance, about: String = "", values: [String: Style]) {
        self.name = name
        self.appearance = appearance
        self.about = about
        func look(of role: Role) -> Style {
            if let own = values[role.rawValue] { return own }
            if let (other, attributes) = role.likeness { return look(of: other).with(attributes) }
            return role.keys.lazy.compactMap { values[$0] }.first ?? .plain
        }
        styles = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, look(of: $0)) })
    }

    /// The terminal's own colours and attributes alone: what is left when no theme can be had.
    package static let plain = Theme(
        name: "plain", appearance: .dark,
        values: Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0.rawValue, Style(nil, $0.monoAttributes)) })
    )

    /// Whether it names no colour at all.
    package var isMono: Bool { !styles.values.contains { $0.foreground != nil || $0.background != nil } }

    /// How a role is drawn by itself. An ink's background is nil unless the theme gives it one of its own.
    ///
    /// Without colours a theme's attributes do not matter, since they were chosen beside its colours: every role then has
    /// the same attributes in every theme, but for themes that have no colours anyway.
    package func style(_ role: Role, _ colours: Capabilities.Colours) -> Style {
        let style = styles[role] ?? .plain
        guard colours == .mono else { return style }
        return Style(nil, isMono ? style.attributes : role.monoAttributes)
    }

    /// How an ink is drawn on a plane: on the plane's background unless it has its own, with both attributes.
    package func style(_ ink: Role, on plane: Role, _ colours: Capabilities.Colours) -> Style {
        let (ink, plane) = (style(ink, colours), style(plane, colours))
        return Style(ink.foreground, on: ink.background ?? plane.background, ink.attributes.union(plane.attributes))
    }
}
