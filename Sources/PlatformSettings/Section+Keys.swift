// SPDX-License-Identifier: Apache-2.0
import Settings

extension Section {
    /// The text of a key; nil where it is missing, empty, or a problem.
    func text(_ key: String, _ findings: inout Findings) -> Found<String>? { self[key]?.text(&findings) }

    /// The mapping of a key; nil where it is missing or a problem.
    func section(_ key: String, _ findings: inout Findings) -> Section? { self[key]?.section(&findings) }

    /// The text of a key that must be there.
    ///
    /// - Parameter example: what to write.
    func required(_ key: String, example: String, _ findings: inout Findings) -> Found<String>? {
        guard let setting = self[key] else {
            complain(missing: key, advice: "write for example \(key): \(example)", &findings)
            return nil
        }
        if setting.isEmptyText {
            findings.complain(
                setting.place, "\(setting.path) is empty", advice: "write for example \(key): \(example)")
        }
        return setting.text(&findings)
    }

    /// Says that a key is missing, and which one was perhaps meant.
    func complain(missing key: String, advice: String, _ findings: inout Findings) {
        let near = keys.filter { $0 != key }.nearest(to: key)
        findings.complain(
            place, "\(path(of: key)) is missing",
            advice: near.map { written in
                let line = self[written]?.place.line.map { " in line \($0)" } ?? ""
                return "perhaps \(written)\(line) is meant to be \(key)"
            } ?? advice)
    }

    /// The value of a key that has several spellings; a problem where two of them say different things.
    func either(_ spellings: [String], _ findings: inout Findings) -> Setting? {
        let written = spellings.compactMap { self[$0] }
        guard let first = written.first else { return nil }
        if let other = written.dropFirst().first(where: { !$0.saysSame(as: first) }) {
            findings.complain(
                other.place, "\(other.path) says something else than \(first.path) in line \(first.place.line ?? 1)",
                advice: "keep one of them")
        }
        return first
    }
}
