// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// A video's id in edx-val (`edx_video_id`).
package struct VideoID: BytewiseName, ExpressibleByStringLiteral {
    package let text: String

    /// The longest id that edx-val can hold, in characters. Open edX: section 5.1.
    package static let longest = 100

    package init(unchecked text: String) { self.text = text }
    package init(stringLiteral text: String) { self.text = text }

    /// The id that a block without one gets, for ever the same: UUIDv5 of its usage key, in the URL name space.
    ///
    /// No retry, crash or second run can make another, and draft and published heads get the same.
    package init(derivedFrom block: UsageKey) {
        text = UUID(version5Of: block.text, namespace: UUID.urlNamespace).uuidString.lowercased()
    }

    /// Why edx-val would refuse this id, or nil when it would not.
    ///
    /// Open edX: `^[a-zA-Z0-9\-_]*$`, at most 100 characters (section 2.6).
    package var objection: String? {
        let bad = text.unicodeScalars.first { scalar in
            !(scalar.isASCII && (KeyCharacters.isWord(scalar) || scalar == "-"))
        }
        if let bad {
            return "it holds the character \(bad.escaped(asASCII: true)); only letters, digits, - and _ may stand in it"
        }
        let length = text.unicodeScalars.count
        return length > Self.longest ? "it is \(length) characters long; \(Self.longest) is the most" : nil
    }
}

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

    /// 32 lower-case hexadecimal digits without dashes, as edx-val names its objects.
    package var hexadecimal: String { withUnsafeBytes(of: uuid) { Hexadecimal.text(of: $0) } }
}
