// SPDX-License-Identifier: Apache-2.0

/// A SubRip text, read as strictly and as leniently as the platform reads it.
///
/// Open edX: SRT is what pysrt takes when it raises on the first error (section 2.5). Lines and blanks are those of
/// Python's text: eleven line ends, among them U+2028, and the blanks of all of Unicode.
package struct SubRip: Sendable, Hashable {
    /// One cue with its text copied out.
    package struct Cue: Sendable, Hashable {
        /// In milliseconds. Below zero only when the text itself says so.
        package let start: Int
        /// In milliseconds; may lie before the start.
        package let end: Int
        /// Without the blanks at the ends of lines.
        package let lines: [String]
    }

    private let bytes: [UInt8]
    private let found: [FoundCue]

    /// Reads a text; blocks for some nanoseconds per byte.
    ///
    /// A text of blanks alone has no cues and is no error here.
    ///
    /// - Parameter bytes: valid UTF-8 without a byte order mark.
    /// - Throws: ``CorruptTranscript`` with the line, counted from 1, of the first cue that is none.
    package init(parsing bytes: [UInt8]) throws(CorruptTranscript) {
        self.bytes = bytes
        found = try bytes.withUnsafeBufferPointer { (buffer) throws(CorruptTranscript) in
            try SubRipScanner(bytes: PlainText(bytes: buffer)).cues()
        }
    }

    /// How many cues there are.
    package var count: Int { found.count }

    /// How many cues end before they start.
    package var invertedCount: Int { found.count { $0.start > $0.end } }

    /// The cues in the order of the text, copied out at each call.
    package var cues: [Cue] {
        bytes.withUnsafeBufferPointer { buffer in
            let text = PlainText(bytes: buffer)
            return found.map { cue in
                let lines = text.lines(in: cue.body).map { String(decoding: buffer[$0], as: UTF8.self) }
                return Cue(start: cue.start, end: cue.end, lines: lines)
            }
        }
    }

    /// The same cues as the platform's converter prints them: one line of SJSON, several lines of a cue joined by a
    /// space; numbers, positions and the order of cues as in the text.
    package var sjson: [UInt8] {
        bytes.withUnsafeBufferPointer { buffer in
            let text = PlainText(bytes: buffer)
            var writer = SJSONWriter(capacity: bytes.count + bytes.count / 4 + 64)
            return writer.line(
                count: found.count,
                start: { found[$0].start },
                end: { found[$0].end }
            ) { index, writer in
                for (number, line) in text.lines(in: found[index].body).enumerated() {
                    if number > 0 { writer.append(escaping: CollectionOfOne(0x20)) }
                    writer.append(escaping: buffer[line])
                }
            }
        }
    }
}

/// A cue whose text still lies in the bytes.
private struct FoundCue: Sendable, Hashable {
    let start: Int
    let end: Int
    /// The lines of text, with their line ends.
    let body: Range<Int>
}

/// Finds cues: runs of lines between blank lines.
private struct SubRipScanner {
    let bytes: PlainText

    func cues() throws(CorruptTranscript) -> [FoundCue] {
        var cues: [FoundCue] = []
        cues.reserveCapacity(bytes.count / 48)
        var block = Block()
        var (position, number) = (0, 0)
        while position < bytes.count {
            let line = bytes.line(at: position)
            number += 1
            if bytes.skippingBlanks(line.content) == line.content.upperBound {
                if block.count > 0 { cues.append(try cue(of: block)) }
                block = Block()
            } else {
                block.add(line, number: number)
            }
            position = line.next
        }
        if block.count > 0 { cues.append(try cue(of: block)) }
        return cues
    }

    /// Lines without a blank one between them.
    private struct Block {
        var count = 0
        /// Of the first line, in the whole text.
        var number = 0
        var first = 0..<0
        var second = 0..<0
        /// Where the third line begins, or the block ends.
        var third = 0
        var end = 0

        mutating func add(_ line: PlainText.Line, number: Int) {
            switch count {
            case 0: (first, self.number) = (line.content, number)
            case 1: (second, third) = (line.content, line.next)
            default: break
            }
            count += 1
            end = line.next
        }
    }

    private func cue(of block: Block) throws(CorruptTranscript) -> FoundCue {
        guard block.count > 1 else { throw corrupt(block.number, "one line alone is no cue") }
        let hasIndex = bytes.arrow(in: block.first) == nil
        let number = hasIndex ? block.number + 1 : block.number
        let times = hasIndex ? block.second : block.first
        guard let arrow = bytes.arrow(in: times) else { throw corrupt(number, "there is no --> between two times") }
        guard bytes.arrow(in: arrow + 3..<times.upperBound) == nil else {
            throw corrupt(number, "there is more than one -->")
        }

        let start = try time(in: times.lowerBound..<arrow, number)
        // What follows the first space after the end time is its position on the screen.
        let tail = bytes.skippingBlanks(arrow + 3..<times.upperBound)
        let end = try time(in: tail..<(bytes.first(0x20, in: tail..<times.upperBound) ?? times.upperBound), number)
        return FoundCue(start: start, end: end, body: (hasIndex ? block.third : block.second.lowerBound)..<block.end)
    }

    /// Milliseconds; nothing at all is 0, as is a part that does not begin with a number.
    private func time(in untrimmed: Range<Int>, _ number: Int) throws(CorruptTranscript) -> Int {
        let range = bytes.trimmed(untrimmed)
        if range.isEmpty { return 0 }
        if let plain = plainTime(in: range) { return plain }
        var total: Int? = 0
        var parts = 0
        var begin = range.lowerBound
        for index in range.lowerBound...range.upperBound where index == range.upperBound || isSeparator(bytes[index]) {
            if parts < 4 { total = Self.sum(total, number: bytes.number(in: begin..<index), times: Self.units[parts]) }
            parts += 1
            begin = index + 1
        }
        guard parts == 4 else { throw corrupt(number, "a time has \(parts) parts instead of 4") }
        guard let total else { throw corrupt(number, "a time is too large") }
        return total
    }

    /// A time as nearly every text writes it, `00:00:00,000`; nil for all other ways to write one.
    private func plainTime(in range: Range<Int>) -> Int? {
        let start = range.lowerBound
        guard range.count == 12, isSeparator(bytes[start + 2]), isSeparator(bytes[start + 5]),
            isSeparator(bytes[start + 8])
        else { return nil }
        var isPlain = true
        func digit(_ offset: Int) -> Int {
            let digit = bytes[start + offset] &- 0x30
            isPlain = isPlain && digit < 10
            return Int(digit)
        }
        let hours = digit(0) * 10 + digit(1)
        let minutes = digit(3) * 10 + digit(4)
        let seconds = digit(6) * 10 + digit(7)
        let milliseconds = digit(9) * 100 + digit(10) * 10 + digit(11)
        return isPlain ? ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds : nil
    }

    /// Of hours, minutes, seconds and milliseconds, in milliseconds.
    private static let units = [3_600_000, 60_000, 1000, 1]

    private static func sum(_ total: Int?, number: Int?, times unit: Int) -> Int? {
        guard let total, let number else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        let (sum, overflows) = total.addingReportingOverflow(product)
        return overflow || overflows ? nil : sum
    }

    private func isSeparator(_ byte: UInt8) -> Bool { byte == 0x3A || byte == 0x2C || byte == 0x2E }

    private func corrupt(_ line: Int, _ reason: String) -> CorruptTranscript {
        CorruptTranscript("is not SubRip at line \(line): \(reason)")
    }
}
