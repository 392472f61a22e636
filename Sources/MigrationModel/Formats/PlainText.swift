// SPDX-License-Identifier: Apache-2.0

/// Valid UTF-8 in memory with what Python calls a line, a blank and a number.
///
/// The platform's rules are written in Python's terms, so whoever follows them needs the same terms. It works on bytes
/// because a `String` for each line would cost more than everything else.
struct PlainText {
    let bytes: UnsafeBufferPointer<UInt8>

    var count: Int { bytes.count }

    subscript(index: Int) -> UInt8 { bytes[index] }

    /// A line without its line end, and where the next one begins.
    struct Line {
        let content: Range<Int>
        let next: Int
    }

    /// The line that begins at `position`.
    func line(at position: Int) -> Line {
        var index = skippingPlain(from: position)
        while index < bytes.count {
            let byte = bytes[index]
            // Nothing else can begin a line end.
            if byte < 0x20 || byte == 0xC2 || byte == 0xE2 {
                let length = lineEnd(at: index)
                if length > 0 { return Line(content: position..<index, next: index + length) }
            }
            // A text of other scripts has hardly eight in a row.
            index = byte < 0x80 ? skippingPlain(from: index + 1) : index + 1
        }
        return Line(content: position..<index, next: index)
    }

    /// A place no later than the next byte that can begin a line end, eight looked at at once: past ASCII but for control
    /// characters, up to the last seven bytes.
    private func skippingPlain(from position: Int) -> Int {
        let (highBits, blanks) = (0x8080_8080_8080_8080 as UInt64, 0x2020_2020_2020_2020 as UInt64)
        let memory = UnsafeRawBufferPointer(bytes)
        var index = position
        while index + 8 <= bytes.count {
            let eight = UInt64(littleEndian: memory.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            // Taking a blank from each leaves a highest bit in the first that is less; what it borrows is behind that.
            let found = (eight | (eight &- blanks)) & highBits
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        return index
    }

    /// The lines of `range`, each without the blanks at its end.
    func lines(in range: Range<Int>) -> some Sequence<Range<Int>> {
        sequence(state: range.lowerBound) { position -> Range<Int>? in
            guard position < range.upperBound else { return nil }
            let line = line(at: position)
            position = line.next
            return line.content.lowerBound..<trimmedEnd(line.content)
        }
    }

    /// Where the first character of `range` is that is no blank; its end when there is none.
    func skippingBlanks(_ range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound {
            let length = blank(at: index, before: range.upperBound)
            if length == 0 { break }
            index += length
        }
        return index
    }

    /// `range` without the blanks at both ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        let start = skippingBlanks(range)
        return start..<trimmedEnd(start..<range.upperBound)
    }

    /// Where `-->` first stands in `range`.
    func arrow(in range: Range<Int>) -> Int? {
        guard range.count >= 3 else { return nil }
        for index in range.lowerBound..<range.upperBound - 2
        where bytes[index] == 0x2D && bytes[index + 1] == 0x2D && bytes[index + 2] == 0x3E {
            return index
        }
        return nil
    }

    /// Where `byte` first stands in `range`.
    func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
        range.first { bytes[$0] == byte }
    }

    /// The number that Python's `int` reads, else the one that the digits in front make, else 0; nil when it is too
    /// large for any time.
    func number(in range: Range<Int>) -> Int? {
        var value = 0
        for index in range {
            let digit = bytes[index] &- 0x30
            guard digit < 10, range.count < 18 else { return writtenNumber(in: range) }
            value = value * 10 + Int(digit)
        }
        return value
    }

    /// Numbers with signs, blanks, underscores or digits of other scripts.
    private func writtenNumber(in range: Range<Int>) -> Int? {
        let scalars = Array(String(decoding: bytes[range], as: UTF8.self).unicodeScalars)
        // Unicode's white space lacks U+001C...U+001F, and so do the blanks that int() passes over.
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        let content = scalars.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        let isNegative = content.first == "-"
        let body = isNegative || content.first == "+" ? Array(content.dropFirst()) : Array(content)
        let pieces = body.split(separator: "_", omittingEmptySubsequences: false)
        if pieces.allSatisfy({ piece in !piece.isEmpty && piece.allSatisfy { Self.digit($0) != nil } }) {
            return Self.value(of: pieces.joined(), isNegative: isNegative)
        }
        return Self.value(of: scalars.prefix { Self.digit($0) != nil }, isNegative: false)
    }

    private static func value(of digits: some Sequence<Unicode.Scalar>, isNegative: Bool) -> Int? {
        var value = 0
        for digit in digits.lazy.compactMap(Self.digit) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(digit)
            if overflow || overflows { return nil }
            value = sum
        }
        return isNegative ? -value : value
    }

    private static func digit(_ scalar: Unicode.Scalar) -> Int? {
        guard scalar.properties.numericType == .decimal else { return nil }
        return scalar.properties.numericValue.map { Int($0) }
    }

    /// How many bytes the line end at `index` has; 0 when there is none.
    private func lineEnd(at index: Int) -> Int {
        switch bytes[index] {
        case 0x0D: index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
        case 0x0A, 0x0B, 0x0C, 0x1C, 0x1D, 0x1E: 1
        case 0xC2: index + 1 < bytes.count && bytes[index + 1] == 0x85 ? 2 : 0
        case 0xE2:
            index + 2 < bytes.count && bytes[index + 1] == 0x80 && (0xA8...0xA9).contains(bytes[index + 2]) ? 3 : 0
        default: 0
        }
    }

    private func trimmedEnd(_ range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound {
            var start = end - 1
            while start > range.lowerBound, bytes[start] & 0xC0 == 0x80 { start -= 1 }
            if blank(at: start, before: end) != end - start { break }
            end = start
        }
        return end
    }

    /// How many bytes the blank at `index` has; 0 when there is none.
    private func blank(at index: Int, before end: Int) -> Int {
        switch bytes[index] {
        case 0x09...0x0D, 0x1C...0x20: return 1
        case 0xC2:
            guard end - index >= 2 else { return 0 }
            return bytes[index + 1] == 0x85 || bytes[index + 1] == 0xA0 ? 2 : 0
        case 0xE1...0xE3:
            guard end - index >= 3 else { return 0 }
            switch (bytes[index], bytes[index + 1], bytes[index + 2]) {
            case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF),
                (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
                return 3
            default: return 0
            }
        default: return 0
        }
    }
}
