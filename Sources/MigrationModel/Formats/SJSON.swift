// SPDX-License-Identifier: Apache-2.0

/// A transcript in edX's JSON: three arrays of starts, ends and texts.
///
/// Open edX: section 2.5. Its arrays may have unequal lengths here: whether that is an error is for others to say.
package struct SJSON: Sendable, Hashable {
    /// In milliseconds.
    package let starts: [Double]
    /// In milliseconds.
    package let ends: [Double]
    /// nil where the file says null.
    package let texts: [String?]
    /// Keys of the object that mean nothing to us, sorted.
    package let unknownKeys: [String]

    /// The largest number that is taken for a time: every whole number up to it is exact.
    static let longestTime = 9_007_199_254_740_992.0

    /// Reads the three arrays; blocks for about 10 nanoseconds per byte.
    ///
    /// - Parameter bytes: valid UTF-8 without a byte order mark.
    /// - Throws: ``CorruptTranscript`` that names the array and the index that is wrong.
    package init(parsing bytes: [UInt8]) throws(CorruptTranscript) {
        do {
            try self.init(reading: bytes)
        } catch {
            throw CorruptTranscript("is no SJSON: \(error.reason)")
        }
    }

    /// As ``init(parsing:)``, but says whether the bytes are JSON at all.
    init(reading bytes: [UInt8]) throws(UnreadableJSON) {
        let file = try SJSONFile(reading: bytes)
        for (name, times) in [("start", file.start), ("end", file.end)] {
            if let index = times.firstIndex(where: { $0.magnitude > Self.longestTime }) {
                throw UnreadableJSON(isJSON: true, reason: "\(name)[\(index)] is too large for a time")
            }
        }
        (starts, ends, texts, unknownKeys) = (file.start, file.end, file.text, file.unknownKeys)
    }

    /// Why the arrays do not go together, or nil when they do.
    package var inequality: String? {
        let isEqual = starts.count == ends.count && ends.count == texts.count
        return isEqual ? nil : "start has \(starts.count) entries, end \(ends.count), text \(texts.count)"
    }

    /// How many texts are null.
    package var nullCount: Int { texts.count { $0 == nil } }

    /// How many times are no whole number of milliseconds.
    package var fractionCount: Int { (starts + ends).count { $0 != $0.rounded(.towardZero) } }

    /// How many cues end before they start.
    package var invertedCount: Int { zip(starts, ends).count { $0 > $1 } }

    /// The same as one line in the platform's own spelling: null is "", fractions are cut off, other keys left out.
    ///
    /// - Precondition: the arrays have equal lengths.
    package var canonical: [UInt8] {
        precondition(inequality == nil, "arrays of unequal lengths are no transcript")
        var writer = SJSONWriter(capacity: texts.count * 64)
        return writer.line(count: texts.count, start: { Int(starts[$0]) }, end: { Int(ends[$0]) }) { index, writer in
            writer.append(escaping: (texts[index] ?? "").utf8)
        }
    }

    /// The same as SubRip, as the platform's converter prints it.
    ///
    /// Open edX: cues count from 0, times below zero print as zero, fractions are cut off, a null text is the word
    /// `None`, and arrays of unequal lengths give nothing at all (section 2.5).
    package var subRip: [UInt8] {
        guard inequality == nil else { return [] }
        var output: [UInt8] = []
        for index in texts.indices {
            let (start, end) = (Self.clock(starts[index]), Self.clock(ends[index]))
            output.append(contentsOf: "\(index)\n\(start) --> \(end)\n\(texts[index] ?? "None")\n\n".utf8)
        }
        return output
    }

    /// `HH:MM:SS,mmm`.
    private static func clock(_ time: Double) -> String {
        let milliseconds = max(0, Int(time))
        let seconds = milliseconds / 1000
        let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, to: 2) }
        return parts.joined(separator: ":") + "," + padded(milliseconds % 1000, to: 3)
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// Writes SJSON exactly as Python's `json.dumps` does.
struct SJSONWriter {
    private var output: [UInt8] = []

    init(capacity: Int) { output.reserveCapacity(capacity) }

    /// One object in one line, texts as `appendText` appends them.
    mutating func line(
        count: Int,
        start: (Int) -> Int,
        end: (Int) -> Int,
        appendText: (Int, inout SJSONWriter) -> Void
    ) -> [UInt8] {
        list("{\"start\": [", count) { index, writer in writer.append(start(index)) }
        list("], \"end\": [", count) { index, writer in writer.append(end(index)) }
        list("], \"text\": [", count) { index, writer in
            writer.output.append(0x22)
            appendText(index, &writer)
            writer.output.append(0x22)
        }
        output.append(contentsOf: "]}".utf8)
        return output
    }

    /// Appends text within a string: everything but printable ASCII is escaped.
    ///
    /// - Parameter utf8: valid UTF-8.
    mutating func append(escaping utf8: some Sequence<UInt8>) {
        var bytes = utf8.makeIterator()
        while let byte = bytes.next() {
            switch byte {
            case 0x22, 0x5C:
                output.append(0x5C)
                output.append(byte)
            case 0x20...0x7E: output.append(byte)
            case 0x08: output.append(contentsOf: "\\b".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0x0A: output.append(contentsOf: "\\n".utf8)
            case 0x0C: output.append(contentsOf: "\\f".utf8)
            case 0x0D: output.append(contentsOf: "\\r".utf8)
            case 0..<0x80: append(unit: UInt32(byte))
            default:
                let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
                var scalar = UInt32(byte) & (0xFF >> UInt32(length + 1))
                for _ in 1..<length { scalar = scalar << 6 | UInt32(bytes.next() ?? 0) & 0x3F }
                if scalar > 0xFFFF {
                    append(unit: 0xD800 + (scalar - 0x10000) >> 10)
                    append(unit: 0xDC00 + (scalar - 0x10000) & 0x3FF)
                } else {
                    append(unit: scalar)
                }
            }
        }
    }

    private mutating func list(_ opening: String, _ count: Int, append: (Int, inout SJSONWriter) -> Void) {
        output.append(contentsOf: opening.utf8)
        for index in 0..<count {
            if index > 0 { output.append(contentsOf: ", ".utf8) }
            append(index, &self)
        }
    }

    private mutating func append(_ number: Int) { output.append(contentsOf: String(number).utf8) }

    private mutating func append(unit: UInt32) {
        output.append(contentsOf: "\\u".utf8)
        for shift: UInt32 in [12, 8, 4, 0] {
            let digit = UInt8(truncatingIfNeeded: unit >> shift & 0xF)
            output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}
