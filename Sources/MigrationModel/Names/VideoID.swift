// SPDX-License-Identifier: Apache-2.0
import Foundation

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
            return
                "it holds the character \"\(bad.escaped(asASCII: true))\"; only letters, digits, - and _ may stand in it"
        }
        let length = text.unicodeScalars.count
        return length > Self.longest ? "it is \(length) characters long; \(Self.longest) is the most" : nil
    }
}
