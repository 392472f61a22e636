// SPDX-License-Identifier: Apache-2.0

/// What a transcript's text is. edx-val's `file_format` column and the object's extension hold its raw value.
package enum TranscriptFormat: String, Sendable, Hashable, Codable, CaseIterable {
    /// SubRip.
    case srt
    /// edX's JSON with three arrays: starts, ends, texts.
    case sjson

    /// What django-storages guesses from the extension. Open edX: section 5.3.
    package var contentType: String {
        switch self {
        case .srt: "text/plain"
        case .sjson: "application/octet-stream"
        }
    }
}

/// What is done to a transcript's bytes on the way.
package enum FormatPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// Bytes stay as they are, without a byte order mark.
    case keep
    /// Everything becomes SJSON, as edX's own job stored it.
    case sjson
}

/// A transcript whose bytes were recognised by their content, ready to be stored.
package struct RecognisedTranscript: Sendable, Hashable {
    package let format: TranscriptFormat
    /// What is stored: without a byte order mark, converted if the policy says so.
    package let bytes: [UInt8]
    /// What was tolerated because the player shows it today, for the operator.
    package let notes: [String]

    package init(format: TranscriptFormat, bytes: [UInt8], notes: [String]) {
        self.format = format
        self.bytes = bytes
        self.notes = notes
    }
}

/// What was stored under a key, as the ledger remembers it.
package struct StoredTranscript: Sendable, Hashable {
    package let checksum: Checksum
    package let format: TranscriptFormat
    /// The run that stored it.
    package let run: RunID

    package init(checksum: Checksum, format: TranscriptFormat, run: RunID) {
        self.checksum = checksum
        self.format = format
        self.run = run
    }
}

/// Bytes that are no transcript, and why. Becomes a failure of class `source corrupt`.
package struct CorruptTranscript: Error, Sendable, Hashable, CustomStringConvertible {
    /// A clause that can follow "the transcript ...", such as "is not UTF-8 at byte 17".
    package let reason: String

    package init(_ reason: String) { self.reason = reason }

    package var description: String { reason }
}
