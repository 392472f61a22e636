// SPDX-License-Identifier: Apache-2.0

/// One line of a transcript as a reader sees it, whatever its format.
package struct Cue: Sendable, Hashable, Codable {
    /// In milliseconds; nil for a line of a text that is no transcript.
    package let start: Int?
    package let end: Int?
    /// Several lines are joined by a space, as the platform's own converter does.
    package let text: String

    package init(start: Int?, end: Int?, text: String) {
        self.start = start
        self.end = end
        self.text = text
    }

    /// Composed and decomposed letters are two texts here: they are two in the stores.
    package static func == (left: Cue, right: Cue) -> Bool {
        left.start == right.start && left.end == right.end && left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// More of them are more than anybody reads.
    package static let most = 20_000
    /// And more characters in one of them: what is cut off is shown by `…`.
    private static let longest = 1000

    private static func cut(_ text: some StringProtocol) -> String {
        // By bytes, which are counted already; whole characters all the same.
        guard text.utf8.count > longest else { return String(text) }
        return String(text.prefix(longest)) + "…"
    }

    /// The cues of recognised bytes, at most ``most``. Blocks for some nanoseconds per byte.
    ///
    /// - Throws: ``CorruptTranscript`` when the bytes are not of this format.
    package static func cues(
        of bytes: [UInt8], as format: TranscriptFormat
    ) throws(CorruptTranscript) -> [Cue] {
        switch format {
        case .srt:
            return try SubRip(parsing: bytes).cues.prefix(most).map {
                Cue(start: $0.start, end: $0.end, text: cut($0.lines.joined(separator: " ")))
            }
        case .sjson:
            let file = try SJSON(parsing: bytes)
            return zip(zip(file.starts, file.ends), file.texts).prefix(most).map {
                Cue(start: Int($0.0), end: Int($0.1), text: cut($1 ?? ""))
            }
        }
    }

    /// The lines of bytes that are no transcript, at most ``most``, from their first mebibyte: what cannot be read is shown
    /// as a sign for that.
    package static func lines(of bytes: [UInt8]) -> [Cue] {
        String(decoding: bytes.prefix(1 << 20), as: UTF8.self)
            .split(maxSplits: most, omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .prefix(most).map { Cue(start: nil, end: nil, text: cut($0)) }
    }
}
