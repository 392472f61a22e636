// SPDX-License-Identifier: Apache-2.0
package import Canvas

/// The colours of a terminal with 256 of them, but for the first 16, which everybody sets differently.
package enum IndexedColours {
    /// Six steps of red, green and blue from 16 on, and 24 greys from 232 on.
    package static func colour(_ index: UInt8) -> RGB? {
        guard index >= 16 else { return nil }
        if index >= 232 {
            let grey = 8 + 10 * (index - 232)
            return RGB(grey, grey, grey)
        }
        func level(_ step: UInt8) -> UInt8 { step == 0 ? 0 : 55 + 40 * step }
        let place = index - 16
        return RGB(level(place / 36), level(place / 6 % 6), level(place % 6))
    }

    /// The index, 16 to 255, whose colour looks most like this one: nearest in CIELAB, and of equals the first.
    package static func nearest(to colour: RGB) -> UInt8 {
        let distances = (16...255).map { index in
            (index: UInt8(index), distance: Self.colour(UInt8(index))?.distance(to: colour) ?? .infinity)
        }
        return distances.min { $0.distance < $1.distance }?.index ?? 16
    }
}
