// SPDX-License-Identifier: Apache-2.0
import Canvas
import Settings

/// Measures whether a theme can be read by everybody. Pure.
package enum ThemeLint {
    /// Least contrast of text (WCAG 2.1, 1.4.3, level AA).
    package static let readable = 4.5
    /// Least contrast of frames and bars (WCAG 2.1, 1.4.11).
    package static let visible = 3.0
    /// Least contrast of text after a terminal with 256 colours has put its own in the place of both.
    ///
    /// Most terminals over ssh are such ones. The nearest colours may be quite far, so less is asked for than of `readable`.
    package static let readableIndexed = 3.0
    /// Least Delta E (1976) between colours that mean different things, for each kind of eyes.
    ///
    /// Five hues and text can be chosen so that all fifteen pairs are farther apart for all four; pure red beside pure
    /// green is at 12 for a tenth of all men's eyes. Below 20 two glyphs of one row are told apart only side by side.
    package static let apart = 20.0
    /// Least Delta E (1976) between the planes of rows, which are wide.
    package static let planesApart = 5.0
    /// The luminance on which black and white can be read equally well.
    package static let middle = 0.179

    /// What is wrong with a theme, the worst of each pair; empty when it passes.
    ///
    /// A theme without any colour passes: its roles are told apart by attributes, glyphs and words.
    package static func findings(in theme: Theme) -> [ThemeFinding] {
        guard !theme.isMono else { return [] }
        let measuring = Measuring(theme: theme)
        return measuring.missing() + measuring.appearance() + measuring.contrasts() + measuring.likenesses()
            + measuring.indices()
    }
}

private struct Measuring {
    let theme: Theme

    private func ink(_ role: Role) -> ThemeFinding.Subject {
        ThemeFinding.Subject(role: role, colour: theme.style(role, .direct).foreground)
    }

    private func plane(_ role: Role) -> ThemeFinding.Subject {
        ThemeFinding.Subject(role: role, colour: theme.style(role, .direct).background)
    }

    private static let inks: [Role] =
        [.text, .textDim, .textStrong, .textKey] + Role.states + [.stateUndone, .stateHeld, .envSafe, .envProd]
    /// Rows of tables lie on these.
    private static let rows: [Role] = [.surface, .surfaceSelected, .surfaceMarked]

    // MARK: - Each for itself

    func missing() -> [ThemeFinding] {
        let inks = Self.inks + [.line, .lineFocus, .barFill, .barRest, .barStall]
        return (Role.planes.map(plane) + inks.map(ink)).filter { $0.colour == nil }.map {
            ThemeFinding(.missing, [$0])
        }
    }

    func appearance() -> [ThemeFinding] {
        let surface = plane(.surface)
        guard let luminance = surface.colour?.luminance,
            (luminance < ThemeLint.middle) != (theme.appearance == .dark)
        else { return [] }
        return [ThemeFinding(.appearance, [surface], measured: luminance, limit: ThemeLint.middle)]
    }

    // MARK: - Ink on planes

    func contrasts() -> [ThemeFinding] {
        var findings = Self.inks.flatMap { role in
            // Key hints stand below the panes and in dialogs, never in a row.
            contrasts(of: role, on: role == .textKey ? [.surface, .surfaceRaised] : Role.planes, ThemeLint.readable)
        }
        findings += contrasts(of: .lineFocus, on: [.surface, .surfaceRaised], ThemeLint.visible)
        findings += contrasts(of: .barFill, on: Self.rows, ThemeLint.visible)
        findings += contrasts(of: .barStall, on: Self.rows, ThemeLint.visible)
        return findings
    }

    private func contrasts(of role: Role, on planes: [Role], _ limit: Double) -> [ThemeFinding] {
        // On a background of its own it is drawn nowhere else.
        let planes = theme.style(role, .direct).background == nil ? planes : [role]
        return planes.compactMap { other in
            let (ink, plane) = (ink(role), plane(other))
            guard let colour = ink.colour, let ground = plane.colour else { return nil }
            let contrast = colour.contrast(with: ground)
            if contrast < limit { return ThemeFinding(.contrast, [ink, plane], measured: contrast, limit: limit) }
            guard limit == ThemeLint.readable else { return nil }
            let indexed = colour.indexed.contrast(with: ground.indexed)
            guard indexed < ThemeLint.readableIndexed else { return nil }
            return ThemeFinding(.indexedContrast, [ink, plane], measured: indexed, limit: ThemeLint.readableIndexed)
        }
    }

    // MARK: - Side by side

    func likenesses() -> [ThemeFinding] {
        func band(_ role: Role) -> ThemeFinding.Subject {
            let own = plane(role)
            return own.colour == nil ? ink(role) : own
        }
        return likenesses(among: (Role.states + [.text]).map(ink), ThemeLint.apart)
            + likenesses(among: [.barFill, .barRest, .barStall].map(ink), ThemeLint.apart)
            + likenesses(among: [.envSafe, .envProd].map(band), ThemeLint.apart)
            + likenesses(among: Self.rows.map(plane), ThemeLint.planesApart)
    }

    /// Of each pair that is too near, how it looks to the eyes that suffer most.
    private func likenesses(among subjects: [ThemeFinding.Subject], _ limit: Double) -> [ThemeFinding] {
        subjects.pairs.compactMap { one, two in
            guard let first = one.colour, let second = two.colour else { return nil }
            let distances = Eyes.allCases.map { (eyes: $0, distance: $0.seen(first).distance(to: $0.seen(second))) }
            guard let worst = distances.min(by: { $0.distance < $1.distance }), worst.distance < limit else {
                return nil
            }
            return ThemeFinding(.apart, [one, two], eyes: worst.eyes, measured: worst.distance, limit: limit)
        }
    }

    func indices() -> [ThemeFinding] {
        [(Role.states + [.text]).map(ink), Self.rows.map(plane)].flatMap { subjects in
            let indexed = subjects.map { (subject: $0, index: $0.colour.map(IndexedColours.nearest(to:))) }
            return indexed.pairs.compactMap { one, two -> ThemeFinding? in
                guard let index = one.index, index == two.index else { return nil }
                return ThemeFinding(.indexed, [one.subject, two.subject], measured: Double(index))
            }
        }
    }
}

extension RGB {
    /// What a terminal with 256 colours shows instead.
    fileprivate var indexed: RGB { IndexedColours.colour(IndexedColours.nearest(to: self)) ?? self }
}

extension Array {
    fileprivate var pairs: [(Element, Element)] {
        indices.flatMap { first in self[(first + 1)...].map { (self[first], $0) } }
    }
}
