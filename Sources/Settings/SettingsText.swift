// SPDX-License-Identifier: Apache-2.0
package import TOMLKit

/// The text of a file that an operator wrote, parsed.
package struct SettingsText {
    package let table: TOMLTable
    /// In which line each key stands.
    package let lines: KeyLines

    /// - Parameter place: the file's path, for messages.
    /// - Throws: ``FileProblem`` for what is not UTF-8 or not TOML, with line and column.
    package init(_ bytes: [UInt8], at place: String) throws(FileProblem) {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw FileProblem(place, "the file is not UTF-8 text", advice: "save it as UTF-8, or leave it out")
        }
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let start = error.source.begin
            throw FileProblem(
                place, line: start.line, column: start.column, "this is not TOML: \(error.description)",
                advice: "put the line right"
            )
        } catch {
            throw FileProblem(place, "this is not TOML: \(error)", advice: "put the file right")
        }
        lines = KeyLines(text)
    }
}
