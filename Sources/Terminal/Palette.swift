// SPDX-License-Identifier: Apache-2.0
import Canvas

/// Colours as the numbers by which a terminal knows them.
struct Palette {
    /// Two numbers, and whether the text must be bold to have its colour.
    struct Pair: Hashable {
        var foreground: Int32
        var background: Int32
        var isBold = false
    }

    /// The terminal's own colour, whichever that is.
    static let own: Int32 = -1

    let colours: Capabilities.Colours
    private var numbers: [RGB: Int32] = [:]
    private var pairs: [Ink: Pair] = [:]

    private struct Ink: Hashable {
        let foreground: RGB?
        let background: RGB?
    }

    init(_ colours: Capabilities.Colours) { self.colours = colours }

    /// The pair that is nearest to a style's colours. Two colours that differ are never one number on the other.
    mutating func pair(_ style: Style) -> Pair {
        guard colours != .mono else { return Pair(foreground: Self.own, background: Self.own) }
        let ink = Ink(foreground: style.foreground, background: style.background)
        if let pair = pairs[ink] { return pair }
        var pair = Pair(foreground: number(ink.foreground), background: number(ink.background))
        if colours == .eight {
            // A bright colour is its dark one in bold, and there are no bright backgrounds.
            pair.isBold = pair.foreground >= 8
            if pair.foreground >= 8 { pair.foreground -= 8 }
            if pair.background >= 8 { pair.background -= 8 }
        }
        if ink.background != nil, pair.foreground == pair.background, ink.foreground != ink.background {
            // Half way between them as the eye sees it.
            pair.foreground = colour(pair.background).luminance < 0.18 ? white : black
            // Bold black is grey.
            pair.isBold = false
        }
        pairs[ink] = pair
        return pair
    }

    private var white: Int32 {
        switch colours {
        case .direct: 0xFFFFFF
        case .indexed: 231
        case .sixteen: 15
        case .eight, .mono: 7
        }
    }

    private var black: Int32 {
        switch colours {
        case .direct: 8
        case .indexed: 16
        case .sixteen, .eight, .mono: 0
        }
    }

    /// What a number of ours looks like.
    private func colour(_ number: Int32) -> RGB {
        switch colours {
        case .direct: RGB(UInt32(number))
        // Numbers of ours are never below 16.
        case .indexed: IndexedColours.colour(UInt8(number)) ?? RGB(0)
        case .sixteen, .eight, .mono: Self.named[Int(number)]
        }
    }

    private mutating func number(_ colour: RGB?) -> Int32 {
        guard let colour else { return Self.own }
        if let number = numbers[colour] { return number }
        let number =
            switch colours {
            // 0 to 7 are names of colours even among 24-bit values.
            case .direct: max(8, Int32(colour.value))
            case .indexed: Int32(IndexedColours.nearest(to: colour))
            case .sixteen, .eight: Int32(colour.nearest(in: Self.named))
            case .mono: Self.own
            }
        numbers[colour] = number
        return number
    }

    /// xterm's own sixteen. People change them, so they are used only where there is nothing else.
    private static let named: [RGB] = [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
        0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ].map { RGB(UInt32($0)) }
}
