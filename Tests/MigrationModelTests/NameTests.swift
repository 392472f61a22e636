// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Testing

@Suite struct NameTests {
    @Test(arguments: [
        ("my file (1).srt", "my_file__1_.srt"), ("a+b@c.srt", "a_b_c.srt"), ("a:b~c.srt", "a_b_c.srt"),
        ("\u{DC}ber.srt", "\u{DC}ber.srt"), ("\u{4E2D}\u{6587}.srt", "\u{4E2D}\u{6587}.srt"),
        ("a%20b.srt", "a%20b.srt"),
        ("-Fab.srt", "-Fab.srt"), ("a/b.srt", "a_b.srt"), ("a  b", "a__b"), ("a\nb", "a_b"), ("\u{200B}a", "_a"),
        ("e\u{301}t\u{E9}.srt", "e_t\u{E9}.srt"), ("\u{BD}\u{B2}\u{663}.srt", "\u{BD}\u{B2}\u{663}.srt"),
        ("A.SRT", "A.SRT"),
        ("\u{1F600}.srt", "_.srt"), ("a\r\nb", "a__b"), ("", ""),
    ])
    func `cleaning keeps word characters, points, per cents and dashes`(_ file: String, _ name: String) {
        #expect(AssetName(cleaning: file) == AssetName(unchecked: name))
    }

    @Test func `subtitles are named after their id, with the language in front for all but English`() {
        #expect(AssetName.subtitles(of: "dQ9aXyz01Lk", in: .english) == "subs_dQ9aXyz01Lk.srt.sjson")
        #expect(AssetName.subtitles(of: "dQ9aXyz01Lk", in: "zh_HANS") == "zh_HANS_subs_dQ9aXyz01Lk.srt.sjson")
        #expect(AssetName.subtitles(of: "a b/c", in: "pt-br") == "pt-br_subs_a_b_c.srt.sjson")
    }

    @Test func `composed and decomposed letters are two names`() {
        let (composed, decomposed) = (AssetName(unchecked: "\u{E9}.srt"), AssetName(unchecked: "e\u{301}.srt"))
        #expect(composed.text == decomposed.text)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect([decomposed: 1, composed: 2][composed] == 2)
        #expect(decomposed < composed)
        #expect(ObjectKey(unchecked: "\u{212B}") != ObjectKey(unchecked: "\u{C5}"))
    }

    @Test func `names compare as their bytes do, however long they are`() {
        let pieces = ["", "a", "b", "\u{E9}", "e\u{301}", "\0", "\u{7F}", "\u{80}", "video-transcripts/", "\u{1F600}"]
        let texts = pieces.flatMap { first in pieces.flatMap { second in pieces.map { first + second + $0 } } }
        for (left, right) in [Array(texts.reversed()), Array(texts.dropFirst()), texts].flatMap({ zip(texts, $0) }) {
            let names = (ObjectKey(unchecked: left), ObjectKey(unchecked: right))
            let bytes = (Array(left.utf8), Array(right.utf8))
            #expect((names.0 == names.1) == (bytes.0 == bytes.1))
            #expect((names.0 < names.1) == bytes.0.lexicographicallyPrecedes(bytes.1))
            #expect(names.0 != names.1 || names.0.hashValue == names.1.hashValue)
        }
    }

    @Test func `names are ordered by their bytes`() {
        let names: [LanguageCode] = ["zh_HANS", "en", "\u{E9}", "e", "Z", "es-419", ""]
        #expect(names.sorted().map(\.text) == ["", "Z", "e", "en", "es-419", "zh_HANS", "\u{E9}"])
    }

    @Test func `names are coded as bare strings, byte for byte`() throws {
        let names = [AssetName(unchecked: "e\u{301} \"x\"/"), "\u{E9}"]
        let data = try JSONEncoder().encode(names)
        #expect(try JSONDecoder().decode([AssetName].self, from: data) == names)
        #expect(
            try JSONDecoder().decode([String].self, from: data).map { Array($0.utf8) }
                == names.map { Array($0.text.utf8) }
        )
    }

    @Test func `a language folds to lower case only when asked`() {
        #expect(LanguageCode("zh-CN") != "zh-cn")
        #expect(LanguageCode("zh-CN").folded == "zh-cn")
        #expect(LanguageCode("zh_HANS").folded == LanguageCode("zh_hans").folded)
    }
}
