// SPDX-License-Identifier: Apache-2.0
import Settings
import Yams

extension FileProblem {
    /// What the parser found. Its own descriptions show lines of the file, and secrets with them: they are not used.
    init(_ error: YamlError, in path: String) {
        switch error {
        case .scanner(_, _, let mark, let text) where text.character(at: mark) == "\t":
            self.init(
                path, line: mark.line, column: mark.column, "a tab stands where YAML wants blanks",
                advice: "write blanks, as many as in the lines around")
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            let began = context.map {
                $0.mark.line == mark.line ? "" : " \($0.text) that begins in line \($0.mark.line)"
            }
            self.init(
                path, line: mark.line, column: mark.column, "this is not YAML: \(problem)\(began ?? "")",
                advice: "put the line right, or the one above it")
        case .composer(.some, _, let mark, _):
            self.init(
                path, line: mark.line, column: mark.column, "a second document begins here",
                advice: "keep one, and remove the line ---")
        case .composer(nil, _, let mark, _):
            self.init(
                path, line: mark.line, column: mark.column, "this alias stands for nothing",
                advice: "put the anchor & with the same name before it")
        case .reader(_, let offset, let value, let text):
            let line = offset.map { text.prefix($0).count(where: \.isNewline) + 1 }
            let digits = String(value, radix: 16, uppercase: true)
            let number = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            self.init(path, line: line, "a character cannot stand in YAML: U+\(number)", advice: "remove it")
        case .duplicatedKeysInMapping(_, let context):
            // Not its name: a password without quotes can be a mapping.
            self.init(
                path, line: context.mark.line, column: context.mark.column, "this key is there twice in one mapping",
                advice: "keep the one that is meant, as the platform takes the last")
        case .memory:
            self.init(path, "it is too large, or nested too deep", advice: "give the file that the platform reads")
        case .no, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            self.init(path, "this is not YAML", advice: "put the file right")
        }
    }
}

extension String {
    /// Columns are counted in scalars, both from 1.
    fileprivate func character(at mark: Mark) -> Unicode.Scalar? {
        let lines = split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.indices ~= mark.line - 1 else { return nil }
        return lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1).first
    }
}
