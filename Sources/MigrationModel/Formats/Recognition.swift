// SPDX-License-Identifier: Apache-2.0

/// Tells by their content what transcripts are, and makes of their bytes what is stored.
///
/// Open edX: sections 2.5 and 11. What the player shows today is taken, with a note; what it cannot show is not.
package struct TranscriptRecogniser: Sendable {
    /// What is done to the bytes on the way.
    package let policy: FormatPolicy

    /// What Studio takes as an upload, in bytes. Open edX: section 8.1.
    private static let uploadLimit = 3 * 1024 * 1024

    package init(policy: FormatPolicy) { self.policy = policy }

    /// Reads an asset's bytes; blocks for some microseconds per kilobyte. May be called from any thread at once.
    ///
    /// Bytes that are JSON must be SJSON; everything else must be SubRip. The name plays no part.
    ///
    /// - Throws: ``CorruptTranscript`` when the bytes are no transcript, with what is wrong and where.
    package func recognise(_ bytes: [UInt8]) throws(CorruptTranscript) -> RecognisedTranscript {
        guard bytes.count <= longestTranscript else {
            throw CorruptTranscript("is \(bytes.count) bytes long; \(longestTranscript) is the most")
        }
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let text = hasMark ? Array(bytes.dropFirst(3)) : bytes
        if let offset = Self.malformation(in: text) {
            throw CorruptTranscript("is not UTF-8 at byte \(offset + bytes.count - text.count)")
        }
        guard !Self.isBlank(text) else { throw CorruptTranscript("holds nothing but blanks") }

        var notes: [String] = []
        if hasMark { notes.append("a byte order mark is left off") }
        if bytes.count > Self.uploadLimit { notes.append("\(bytes.count) bytes are over the upload limit of 3 MiB") }

        guard let first = text.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }), Self.beginsJSON(first) else {
            return try subRip(text, notes: notes)
        }
        do {
            return try sjson(text, notes: notes)
        } catch  where error.isJSON {
            throw CorruptTranscript("is no SJSON: \(error.reason)")
        } catch {
            // The line above the first times may hold anything, even a brace.
            let other = try? subRip(text, notes: notes)  // no SubRip either: JSON's reason says more
            if let other { return other }
            throw CorruptTranscript("is neither SubRip nor JSON: \(error.reason)")
        }
    }

    private func sjson(_ text: [UInt8], notes: [String]) throws(UnreadableJSON) -> RecognisedTranscript {
        let sjson = try SJSON(reading: text)
        if let inequality = sjson.inequality { throw UnreadableJSON(isJSON: true, reason: inequality) }
        var notes = notes
        let (nulls, fractions) = (sjson.nullCount, sjson.fractionCount)
        if nulls > 0 { notes.append("\(nulls) of \(sjson.texts.count) texts are null") }
        if fractions > 0 { notes.append("\(fractions) times are no whole milliseconds") }
        if !sjson.unknownKeys.isEmpty { notes.append("unknown keys: \(Self.list(sjson.unknownKeys))") }
        Self.note(count: sjson.texts.count, inverted: sjson.invertedCount, in: &notes)
        let isRewritten = policy == .sjson && nulls + fractions > 0
        return RecognisedTranscript(format: .sjson, bytes: isRewritten ? sjson.canonical : text, notes: notes)
    }

    private func subRip(_ text: [UInt8], notes: [String]) throws(CorruptTranscript) -> RecognisedTranscript {
        let subRip = try SubRip(parsing: text)
        var notes = notes
        Self.note(count: subRip.count, inverted: subRip.invertedCount, in: &notes)
        switch policy {
        case .keep: return RecognisedTranscript(format: .srt, bytes: text, notes: notes)
        case .sjson: return RecognisedTranscript(format: .sjson, bytes: subRip.sjson, notes: notes)
        }
    }

    private static func note(count: Int, inverted: Int, in notes: inout [String]) {
        if count == 0 { notes.append("there are no cues") }
        if inverted > 0 { notes.append("\(inverted) of \(count) cues end before they start") }
    }

    /// Some names, safe to print on a terminal whatever is in them.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(3).map { name in
            String(name.unicodeScalars.prefix(40).map { $0.escaped(asASCII: true) }.joined())
        }
        return shown.joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
    }

    /// Whether JSON that begins with this byte could also pass for SubRip; all other JSON cannot.
    private static func beginsJSON(_ byte: UInt8) -> Bool { byte == 0x7B || byte == 0x5B || byte == 0x22 }

    private static func isBlank(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { PlainText(bytes: $0).skippingBlanks(0..<$0.count) == $0.count }
    }

    /// Where the first malformed sequence begins, or nil when all is UTF-8.
    private static func malformation(in bytes: [UInt8]) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
        return offset
    }
}
