// SPDX-License-Identifier: Apache-2.0

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

    /// The index, 16 to 255, whose colour looks most like this one.
    package static func nearest(to colour: RGB) -> UInt8 { UInt8(16 + colour.nearest(in: cube)) }

    private static let cube = (UInt8(16)...255).compactMap(colour)
}

extension RGB {
    /// The place of the colour in `table` that looks most like this one: nearest in CIELAB, and of equals the first. 0 for
    /// an empty table.
    package func nearest(in table: [RGB]) -> Int {
        let distances = table.enumerated().map { (place: $0, distance: $1.distance(to: self)) }
        return distances.min { $0.distance < $1.distance }?.place ?? 0
    }
}
