// SPDX-License-Identifier: Apache-2.0

/// What a terminal can show.
package struct Capabilities: Sendable, Hashable {
    /// How many colours, from best to none.
    package enum Colours: Int, Sendable, Hashable, CaseIterable, Comparable {
        /// No colour: bold, reverse, underline and dim only.
        case mono = 0
        case eight = 8
        case sixteen = 16
        /// The cube of 256.
        case indexed = 256
        /// 24 bits.
        case direct = 16_777_216

        package static func < (one: Colours, two: Colours) -> Bool { one.rawValue < two.rawValue }
    }

    /// Which characters are drawn.
    package enum Characters: Sendable, Hashable, CaseIterable {
        case unicode
        /// A terminal that draws characters of ambiguous width two columns wide: none of those are used.
        case narrow
        case ascii
    }

    package var colours: Colours
    package var characters: Characters

    package init(colours: Colours, characters: Characters) {
        self.colours = colours
        self.characters = characters
    }
}
