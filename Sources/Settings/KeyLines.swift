// SPDX-License-Identifier: Apache-2.0

/// In which line of a TOML text each key stands, for texts that were parsed without error.
///
/// The TOML library keeps no positions of values. Keys of our files stand at the beginning of a line, at the top or
/// below a `[table]`; that is all that is looked for.
package struct KeyLines: Sendable {
    private var lines: [String: Int] = [:]

    package init(_ text: String) {
        var table = ""
        var open: String?
        // CR LF is one Character: splitting by isNewline counts both kinds of line ends once.
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if let quote = open {
                if line.contains(quote) { open = nil }
                continue
            }
            open = [#"""""#, "'''"].first { line.components(around: $0) % 2 == 0 }
            let content = line.drop(while: \.isWhitespace)
            if content.first == "[" {
                table = Self.key(content.dropFirst().prefix { $0 != "]" })
                lines[table] = lines[table] ?? index + 1
            } else if let equals = Self.equals(in: content) {
                let key = Self.key(content[..<equals])
                let path = table.isEmpty ? key : "\(table)/\(key)"
                lines[path] = lines[path] ?? index + 1
            }
        }
    }

    /// The line of a key, of a `table/key`, or of a `[table]`; from 1.
    package subscript(key: String) -> Int? { lines[key] }

    private static func key(_ text: some StringProtocol) -> String {
        String(text.filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" })
    }

    /// The sign between key and value: the first one outside of quotes.
    private static func equals(in text: Substring) -> Substring.Index? {
        var quote: Character?
        for index in text.indices {
            let character = text[index]
            if character == quote {
                quote = nil
            } else if quote == nil {
                if character == "#" { return nil }
                if character == "=" { return index }
                if character == "\"" || character == "'" { quote = character }
            }
        }
        return nil
    }
}

extension Substring {
    /// Into how many pieces `separator` cuts the text.
    fileprivate func components(around separator: String) -> Int {
        var (count, rest) = (1, self)
        while let found = rest.firstRange(of: separator) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
