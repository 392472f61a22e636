// SPDX-License-Identifier: Apache-2.0

/// The name of an asset of a course in the contentstore, after cleaning.
package struct AssetName: BytewiseName, ExpressibleByStringLiteral {
    package let text: String

    package init(unchecked text: String) { self.text = text }
    package init(stringLiteral text: String) { self.text = text }

    /// The name under which the contentstore keeps a file called `text`.
    ///
    /// Open edX: `/` becomes `_`, then every character that is not a Unicode word character, `.`, `%` or `-` becomes
    /// `_`; runs of underscores stay; case matters (section 3.4).
    package init(cleaning text: String) {
        // Most names are clean already.
        if text.utf8.allSatisfy(Self.isClean) {
            self.text = text
            return
        }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let stays = KeyCharacters.isWord(scalar) || scalar == "." || scalar == "%" || scalar == "-"
            scalars.append(stays ? scalar : "_")
        }
        self.text = String(scalars)
    }

    /// Whether a byte is a character by itself, and one that stays.
    private static func isClean(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "%"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// The SJSON asset of an id: `subs_ID.srt.sjson`, with the language in front for all but English.
    ///
    /// Open edX: section 2.2.
    package static func subtitles(of id: String, in language: LanguageCode) -> AssetName {
        let prefix = language == .english ? "" : "\(language.text)_"
        return AssetName(cleaning: "\(prefix)subs_\(id).srt.sjson")
    }
}
