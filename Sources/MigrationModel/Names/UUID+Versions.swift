// SPDX-License-Identifier: Apache-2.0
package import Foundation

extension UUID {
    /// The name space of URLs (RFC 9562).
    package static let urlNamespace = UUID(
        uuid: (0x6B, 0xA7, 0xB8, 0x11, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8)
    )

    /// The name-based UUID of RFC 9562, version 5: SHA-1 of the name space's bytes and the name's UTF-8.
    package init(version5Of name: String, namespace: UUID) {
        var bytes = withUnsafeBytes(of: namespace.uuid) { Array($0) }
        bytes.append(contentsOf: name.utf8)
        var digest = Digest.sha1(bytes)
        digest[6] = digest[6] & 0x0F | 0x50
        digest[8] = digest[8] & 0x3F | 0x80
        self = digest.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    /// A random UUID, version 4. Foundation's own opens a file for each on Linux.
    package static func random() -> UUID {
        var generator = SystemRandomNumberGenerator()
        let halves = (generator.next(), generator.next())
        return withUnsafeBytes(of: halves) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)).marked(version: 4) }
    }

    /// The same randomness behind a time in milliseconds, version 7: ids that are made one after the other lie side by
    /// side in an index, where random ones would touch a page each.
    package func ordered(at date: Date) -> UUID {
        let milliseconds = UInt64(max(0, date.timeIntervalSince1970 * 1000))
        var bytes = uuid
        withUnsafeMutableBytes(of: &bytes) { bytes in
            for place in 0..<6 { bytes[place] = UInt8(truncatingIfNeeded: milliseconds >> (8 * (5 - UInt64(place)))) }
        }
        return UUID(uuid: bytes).marked(version: 7)
    }

    private func marked(version: UInt8) -> UUID {
        var bytes = uuid
        bytes.6 = bytes.6 & 0x0F | version << 4
        bytes.8 = bytes.8 & 0x3F | 0x80
        return UUID(uuid: bytes)
    }

    /// 32 lower-case hexadecimal digits without dashes, as edx-val names its objects.
    package var hexadecimal: String { withUnsafeBytes(of: uuid) { Hexadecimal.text(of: $0) } }
}
