// SPDX-License-Identifier: Apache-2.0
package import Canvas

/// Whose eyes look at a theme.
///
/// How colours look to people who lack one kind of cone, after Brettel, Viénot and Mollon (1997) for tritanopia and
/// Viénot, Brettel and Mollon (1999) for the other two: what such eyes cannot tell apart is projected, along the missing
/// cone's axis, onto the colours that they see as everybody does. The matrices work on linear sRGB and were computed from
/// the cone fundamentals of Smith and Pokorny (1975).
package enum Eyes: String, Sendable, Hashable, CaseIterable {
    case normal
    /// No cones for long waves: reds are dark, and look like greens.
    case protanopia
    /// No cones for middle waves: the most frequent one.
    case deuteranopia
    /// No cones for short waves: blues look like greens, yellows like pinks. Rare.
    case tritanopia

    /// The colour that looks to everybody as this one does to these eyes.
    package func seen(_ colour: RGB) -> RGB {
        let light = colour.linear
        func mix(_ rows: Matrix) -> RGB {
            func channel(_ row: Row) -> Double {
                row.red * light.red + row.green * light.green + row.blue * light.blue
            }
            return RGB(linear: channel(rows.red), channel(rows.green), channel(rows.blue))
        }
        switch self {
        case .normal: return colour
        case .protanopia: return mix(Self.protan)
        case .deuteranopia: return mix(Self.deutan)
        case .tritanopia:
            // Two half planes, which meet in white: one reaches to red (660 nm), the other to blue-green (485 nm).
            let side = 0.0396 * light.red - 0.02831 * light.green - 0.01129 * light.blue
            return mix(side >= 0 ? Self.tritanRed : Self.tritanBlue)
        }
    }

    private typealias Row = (red: Double, green: Double, blue: Double)
    private typealias Matrix = (red: Row, green: Row, blue: Row)

    private static let protan: Matrix = ((0.10881, 0.89119, 0), (0.10881, 0.89119, 0), (0.00445, -0.00445, 1))
    private static let deutan: Matrix = ((0.29024, 0.70976, 0), (0.29024, 0.70976, 0), (-0.02199, 0.02199, 1))
    private static let tritanRed: Matrix = (
        (1.01353, 0.14267, -0.1562), (-0.0118, 0.87561, 0.13619), (0.07702, 0.81212, 0.11086)
    )
    private static let tritanBlue: Matrix = (
        (0.93339, 0.19995, -0.13335), (0.05807, 0.82566, 0.11627), (-0.37913, 1.13819, 0.24095)
    )
}
