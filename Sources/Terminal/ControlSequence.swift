// SPDX-License-Identifier: Apache-2.0
import Canvas

/// A sequence that began with ESC [ and came whole.
///
/// The cursor keys are the same in both their forms, ESC [ A and ESC O A, and with shift, control or meta held down. Known
/// are the keys of xterm, VT220, rxvt, the Linux console, tmux and screen.
struct ControlSequence {
    private let parameters: [UInt8]
    private let final: UInt8

    init(_ parameters: [UInt8], final: UInt8) {
        self.parameters = parameters
        self.final = final
    }

    var beginsPaste: Bool { final == 0x7E && numbers == [200] }

    /// None when it means nothing here.
    var events: [TerminalEvent] {
        if parameters.first == UInt8(ascii: "<") { return mouse }
        guard let numbers else { return [] }
        let key: Key? =
            switch final {
            case UInt8(ascii: "~"): numbers.first.flatMap(Self.numberedKey)
            // A key has its modifiers at most.
            case _ where numbers.count > 2: nil
            default: Self.letteredKey(final)
            }
        return key.map { [.key($0)] } ?? []
    }

    private static func letteredKey(_ final: UInt8) -> Key? {
        switch final {
        case UInt8(ascii: "A"), UInt8(ascii: "a"): .up
        case UInt8(ascii: "B"), UInt8(ascii: "b"): .down
        case UInt8(ascii: "C"), UInt8(ascii: "c"): .right
        case UInt8(ascii: "D"), UInt8(ascii: "d"): .left
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "P"), UInt8(ascii: "Q"), UInt8(ascii: "R"), UInt8(ascii: "S"): .function(Int(final) - 0x4F)
        case UInt8(ascii: "Z"): .backTab
        default: nil
        }
    }

    private static func numberedKey(_ number: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        // The numbers leave gaps, as the keys of a VT220 did.
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23...26: .function(number - 12)
        case 28...29: .function(number - 13)
        case 31...34: .function(number - 14)
        default: nil
        }
    }

    /// ESC [ < button ; column ; row, then M for down and m for up.
    private var mouse: [TerminalEvent] {
        guard final == UInt8(ascii: "M") || final == UInt8(ascii: "m"),
            let numbers = Self.numbers(parameters.dropFirst()), numbers.count == 3
        else { return [] }
        return InputDecoder.mouse(
            button: numbers[0], numbers[1], numbers[2], isPress: final == UInt8(ascii: "M"))
    }

    /// nil where there is anything but numbers.
    private var numbers: [Int]? { Self.numbers(parameters[...]) }

    private static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int]? {
        guard bytes.allSatisfy({ 0x30..<0x3A ~= $0 || $0 == 0x3B }) else { return nil }
        guard !bytes.isEmpty else { return [] }
        return bytes.split(separator: 0x3B, omittingEmptySubsequences: false).map { digits in
            digits.prefix(6).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
    }
}
