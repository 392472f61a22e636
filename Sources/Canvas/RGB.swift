// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A colour in sRGB, 8 bits a channel.
package struct RGB: Sendable, Hashable, CustomStringConvertible {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Its lowest 24 bits: red, green, blue.
    package init(_ value: UInt32) {
        self.init(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
    }

    /// `#rrggbb`; nil for anything else.
    package init?(hexadecimal text: some StringProtocol) {
        guard text.utf8.count == 7, text.utf8.first == UInt8(ascii: "#"),
            text.utf8.dropFirst().allSatisfy(\.isHexadecimal),
            let value = UInt32(text.dropFirst(), radix: 16)
        else { return nil }
        self.init(value)
    }

    package var value: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

    package var description: String {
        let digits = String(value, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// Light's own amounts, 0 to 1: without the screen's gamma.
    package var linear: (red: Double, green: Double, blue: Double) {
        func light(_ channel: UInt8) -> Double {
            let value = Double(channel) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return (light(red), light(green), light(blue))
    }

    /// The colour that shines with these amounts, each cut to 0 to 1.
    package init(linear red: Double, _ green: Double, _ blue: Double) {
        func channel(_ light: Double) -> UInt8 {
            let light = min(1, max(0, light))
            let value = light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
            return UInt8((value * 255).rounded())
        }
        self.init(channel(red), channel(green), channel(blue))
    }

    /// How bright it is, 0 to 1 (WCAG 2.1, relative luminance).
    package var luminance: Double {
        let light = linear
        return 0.2126 * light.red + 0.7152 * light.green + 0.0722 * light.blue
    }

    /// How well one can be read on the other, 1 to 21 (WCAG 2.1, contrast ratio).
    package func contrast(with other: RGB) -> Double {
        let (brighter, darker) = (max(luminance, other.luminance), min(luminance, other.luminance))
        return (brighter + 0.05) / (darker + 0.05)
    }

    /// How different two colours look: Delta E of 1976, the distance in CIELAB under daylight (D65).
    package func distance(to other: RGB) -> Double {
        let (one, two) = (lab, other.lab)
        let (dl, da, db) = (one.l - two.l, one.a - two.a, one.b - two.b)
        return (dl * dl + da * da + db * db).squareRoot()
    }

    private var lab: (l: Double, a: Double, b: Double) {
        let light = linear
        func f(_ amount: Double) -> Double { amount > 0.008856 ? cbrt(amount) : 7.787 * amount + 16.0 / 116 }
        let x = f((0.4124 * light.red + 0.3576 * light.green + 0.1805 * light.blue) / 0.95047)
        let y = f(0.2126 * light.red + 0.7152 * light.green + 0.0722 * light.blue)
        let z = f((0.0193 * light.red + 0.1192 * light.green + 0.9505 * light.blue) / 1.08883)
        return (116 * y - 16, 500 * (x - y), 200 * (y - z))
    }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
