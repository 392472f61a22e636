// SPDX-License-Identifier: Apache-2.0

/// In which line of a TOML text each key stands, for texts that were parsed without error.
///
/// The TOML library keeps no positions of values. Keys of our files stand at the beginning of a line, at the top or
/// below a `[table]`; that is all that is looked for.
package struct KeyLines: Sendable {
    private var lines: [String: Int] = [:]

    package init(_ text: String) {
        var table = ""
        var open: Quotes?
        let lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if let quotes = open {
                if quotes.count(in: line) > 0 { open = nil }
                continue
            }
            open = Quotes.all.first { $0.count(in: line) % 2 == 1 }
            let content = line.drop(while: Self.isBlank)
            if content.first == UInt8(ascii: "[") {
                table = Self.key(content.dropFirst().prefix { $0 != UInt8(ascii: "]") })
                self.lines[table] = self.lines[table] ?? index + 1
            } else if let equals = Self.equals(in: content) {
                let key = Self.key(content[..<equals])
                let path = table.isEmpty ? key : "\(table)/\(key)"
                self.lines[path] = self.lines[path] ?? index + 1
            }
        }
    }

    /// The line of a key, of a `table/key`, or of a `[table]`; from 1.
    package subscript(key: String) -> Int? { lines[key] }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0D].contains(byte) }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    private static func key(_ text: ArraySlice<UInt8>) -> String {
        String(decoding: text.filter { !isBlank($0) && !isQuote($0) }, as: UTF8.self)
    }

    /// The sign between key and value: the first one outside of quotes.
    private static func equals(in text: ArraySlice<UInt8>) -> Int? {
        var quote: UInt8?
        for (index, byte) in zip(text.indices, text) {
            if byte == quote {
                quote = nil
            } else if quote == nil {
                if byte == UInt8(ascii: "#") { return nil }
                if byte == UInt8(ascii: "=") { return index }
                if isQuote(byte) { quote = byte }
            }
        }
        return nil
    }
}

/// What begins and ends a text of several lines.
private struct Quotes {
    static let all = [Quotes(sign: UInt8(ascii: "\"")), Quotes(sign: UInt8(ascii: "'"))]

    /// Three of it.
    let sign: UInt8

    /// How often it stands in a line.
    func count(in line: ArraySlice<UInt8>) -> Int {
        var (count, run) = (0, 0)
        for byte in line {
            run = byte == sign ? run + 1 : 0
            if run == 3 { (count, run) = (count + 1, 0) }
        }
        return count
    }
}
