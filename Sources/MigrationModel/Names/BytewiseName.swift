// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A name that is compared byte by byte.
///
/// Swift's `==` on `String` says that composed and decomposed forms of a letter are equal; to a file system, to S3 and
/// to MongoDB they are two names. Everything here that names a thing in a store conforms to this.
package protocol BytewiseName: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The name as text. Its UTF-8 bytes are its identity.
    var text: String { get }

    /// A name with exactly these bytes, unchecked.
    init(unchecked text: String)
}

extension BytewiseName {
    package var description: String { text }

    package static func == (left: Self, right: Self) -> Bool { left.text.isBytewise(right.text) }

    package static func < (left: Self, right: Self) -> Bool { left.text.isBytewiseBefore(right.text) }

    package func hash(into hasher: inout Hasher) {
        // All bytes in one call, as they lie in memory: names are keys of most dictionaries here.
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }

    package init(from decoder: any Decoder) throws {
        self.init(unchecked: try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension String {
    /// Whether the bytes are the same, and not only what they spell.
    fileprivate func isBytewise(_ other: String) -> Bool {
        utf8.count == other.utf8.count && bytewiseOrder(to: other) == 0
    }

    /// Whether it comes first in the order of bytes.
    package func isBytewiseBefore(_ other: String) -> Bool {
        let order = bytewiseOrder(to: other)
        return order == 0 ? utf8.count < other.utf8.count : order < 0
    }

    /// Of as many bytes as both have: less than 0, 0 or more.
    private func bytewiseOrder(to other: String) -> CInt {
        var (mine, theirs) = (self, other)
        return mine.withUTF8 { mine in
            theirs.withUTF8 { theirs in
                guard let left = mine.baseAddress, let right = theirs.baseAddress else { return 0 }
                return memcmp(left, right, min(mine.count, theirs.count))
            }
        }
    }
}

/// A transcript's language code, exactly as the course wrote it.
///
/// Open edX: codes are free text (`en`, `zh_HANS`, `es-419`); nothing normalises them (section 2.6).
package struct LanguageCode: BytewiseName, ExpressibleByStringLiteral {
    package let text: String

    package static let english: LanguageCode = "en"

    package init(unchecked text: String) { self.text = text }
    package init(stringLiteral text: String) { self.text = text }

    /// The code with its letters in lower case: what a case-insensitive catalog compares.
    package var folded: LanguageCode { LanguageCode(unchecked: text.lowercased()) }
}

/// The full key of an object in the object store.
package struct ObjectKey: BytewiseName, ExpressibleByStringLiteral {
    package let text: String

    package init(unchecked text: String) { self.text = text }
    package init(stringLiteral text: String) { self.text = text }
}

/// What an object store says of one state of an object; it changes whenever the bytes do.
package struct ETag: BytewiseName, ExpressibleByStringLiteral {
    package let text: String

    package init(unchecked text: String) { self.text = text }
    package init(stringLiteral text: String) { self.text = text }
}
