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
        if text.unicodeScalars.allSatisfy(Self.stays) {
            self.text = text
            return
        }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(Self.stays(scalar) ? scalar : "_") }
        self.text = String(scalars)
    }

    private static func stays(_ scalar: Unicode.Scalar) -> Bool {
        KeyCharacters.isWord(scalar) || scalar == "." || scalar == "%" || scalar == "-"
    }

    /// The SJSON asset of an id: `subs_ID.srt.sjson`, with the language in front for all but English.
    ///
    /// Open edX: section 2.2.
    package static func subtitles(of id: String, in language: LanguageCode) -> AssetName {
        let prefix = language == .english ? "" : "\(language.text)_"
        return AssetName(cleaning: "\(prefix)subs_\(id).srt.sjson")
    }
}
