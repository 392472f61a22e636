// SPDX-License-Identifier: Apache-2.0
#if MongoDB

/// A name of 12 bytes that MongoDB's clients make, the same for nothing else.
package struct ObjectID: Sendable, Hashable, Comparable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt32

    /// - Precondition: there are 12 bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == 12, "an ObjectId has 12 bytes")
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        low = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    }

    /// From 24 hexadecimal digits, as SQL keeps them; nil for anything else.
    package init?(hexadecimal: String) {
        guard hexadecimal.utf8.count == 24, hexadecimal.allSatisfy(\.isHexDigit),
            let high = UInt64(hexadecimal.prefix(16), radix: 16), let low = UInt32(hexadecimal.suffix(8), radix: 16)
        else { return nil }
        (self.high, self.low) = (high, low)
    }

    /// 24 hexadecimal digits.
    package var description: String {
        func digits(_ number: some FixedWidthInteger & UnsignedInteger) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: number.bitWidth / 4 - text.count) + text
        }
        return digits(high) + digits(low)
    }

    package static func < (left: ObjectID, right: ObjectID) -> Bool { (left.high, left.low) < (right.high, right.low) }
}
#endif
