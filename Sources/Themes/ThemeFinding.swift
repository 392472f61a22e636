// SPDX-License-Identifier: Apache-2.0
package import Canvas

/// Something that a theme's readers would suffer from.
package struct ThemeFinding: Sendable, Hashable, CustomStringConvertible {
    package enum Rule: String, Sendable, Hashable, CaseIterable {
        /// A role has no colour, so that nothing can be said of it.
        case missing
        /// A light theme's surface is dark, or the other way round.
        case appearance
        /// Too little contrast to be read or seen.
        case contrast
        /// Two colours that mean different things look alike to some eyes.
        case apart
        /// Two of them are one colour on a terminal with 256.
        case indexed
        /// Enough contrast, but not on a terminal with 256 colours.
        case indexedContrast = "indexed contrast"
    }

    /// A role and the colour it has.
    package struct Subject: Sendable, Hashable, CustomStringConvertible {
        package let role: Role
        /// nil where the theme gives none.
        package let colour: RGB?

        package var description: String { role.rawValue + (colour.map { " \($0)" } ?? "") }
    }

    package let rule: Rule
    /// One, or the two that clash.
    package let subjects: [Subject]
    /// To whom two colours look alike; nil for other rules.
    package let eyes: Eyes?
    /// A contrast (1 to 21), a distance (Delta E 1976), a luminance (0 to 1) or an index (16 to 255), by rule.
    package let measured: Double?
    /// What `measured` should at least be, and for a dark surface at most; nil for `missing` and `indexed`.
    package let limit: Double?

    init(_ rule: Rule, _ subjects: [Subject], eyes: Eyes? = nil, measured: Double? = nil, limit: Double? = nil) {
        self.rule = rule
        self.subjects = subjects
        self.eyes = eyes
        self.measured = measured
        self.limit = limit
    }

    package var description: String {
        let who = subjects.map(\.description)
        let (first, second) = (who.first ?? "", who.dropFirst().first ?? "")
        let (value, bound) = (Self.rounded(measured), Self.rounded(limit))
        return switch rule {
        case .missing: "\(first) has no colour"
        case .appearance: "\(first) does not fit the theme's appearance: luminance \(value), limit \(bound)"
        case .contrast: "\(first) is hard to see on \(second): contrast \(value), at least \(bound)"
        case .indexedContrast:
            "\(first) is hard to see on \(second) with 256 colours: contrast \(value), at least \(bound)"
        case .apart:
            "\(first) and \(second) look alike to \(eyes == .normal ? "everybody" : "eyes with \(eyes?.rawValue ?? "")"): "
                + "Delta E \(value), at least \(bound)"
        case .indexed: "\(first) and \(second) are both colour \(Int(measured ?? 0)) of 256"
        }
    }

    /// Two digits, cut and not rounded: 4.499 must not look like enough.
    private static func rounded(_ value: Double?) -> String {
        guard let value else { return "" }
        let hundredths = Int(value * 100)
        let digits = String(hundredths % 100)
        return "\(hundredths / 100)." + (digits.count < 2 ? "0" : "") + digits
    }
}
