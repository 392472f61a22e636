// SPDX-License-Identifier: Apache-2.0
import Settings
import Yams

/// A value of a settings file with its key and its place. Internal, and gone when the files are read: it may be a secret.
struct Setting {
    /// Such as `DATABASES.default.HOST`.
    let path: String
    /// Of the key.
    let place: Place
    private let node: Node

    init(path: String, place: Place, node: Node) {
        self.path = path
        self.place = place
        self.node = node
    }

    /// What a value is to the platform, which reads YAML 1.1: `yes` is a boolean there, and `3306` a number.
    enum Kind: Hashable, CustomStringConvertible {
        case text, number, boolean, date, nothing, list, mapping
        /// Something that only other programs understand, such as `!vault`; or a password that begins with `!`, which
        /// is why the tag is told to nobody.
        case tagged

        var description: String {
            switch self {
            case .text: "text"
            case .number: "a number"
            case .boolean: "a boolean"
            case .date: "a date"
            case .nothing: "nothing"
            case .list: "a list"
            case .mapping: "a mapping"
            case .tagged: "tagged"
            }
        }
    }

    var kind: Kind {
        switch Tag.Name(rawValue: node.tag.rawValue) {
        case .int, .float: .number
        case .bool: .boolean
        case .timestamp: .date
        case .null: .nothing
        case .seq: .list
        case .map: .mapping
        case .str, .merge, .value: .text
        default: .tagged
        }
    }

    /// What is written, whatever it is to be; nil for lists and mappings. To be compared, and told of nothing secret.
    var written: String? { node.scalar?.string }
    /// Whether nothing stands between quotes, which means none.
    var isEmptyText: Bool { kind == .text && written == "" }
    /// What a number is; nil for what is no whole one. In quotes 010 is ten, without them it is eight.
    var integer: Int? { kind == .number ? node.int : written.flatMap { Int($0) } }
    /// The keys below it; nil where it is no mapping, which is no problem here.
    var inner: Section? { node.mapping.map { Section(self, $0) } }

    func saysSame(as other: Setting) -> Bool { node == other.node }

    var origin: Origin { .written(file: place.file, line: place.line ?? 1, keyPath: path) }

    /// The last part of the path.
    var key: String { String(path[(path.lastIndex(of: ".").map(path.index(after:)) ?? path.startIndex)...]) }
    /// Where to write what is right: an entry of a list has no key.
    private func place(_ preposition: String) -> String { key.hasSuffix("]") ? "there" : "\(preposition) \(key):" }

    /// The entries of a list; empty for what is none.
    var entries: [Setting] {
        node.array().enumerated().map { index, entry in
            let mark = entry.mark
            let place = Place(file: place.file, line: mark?.line ?? place.line, column: mark?.column ?? place.column)
            return Setting(path: "\(path)[\(index)]", place: place, node: entry)
        }
    }
}

// MARK: - As what it should be

extension Setting {
    /// Its text; nil where it is empty, which means none, or no text, which is a problem then. Never for a secret.
    func text(_ findings: inout Findings) -> Found<String>? {
        guard expect(.text, "put it in quotes", &findings), let text = written, !text.isEmpty else {
            return nil
        }
        if text.contains("{{") || text.contains("{%") {
            findings.complain(
                place, "\(path) is a template that is not filled in",
                advice: "give the file as the platform reads it, or write the value")
            return nil
        }
        return Found(text, origin)
    }

    /// Its reference; nil where it is no text, which is a problem then.
    func secret(_ findings: inout Findings) -> SecretReference? {
        guard expect(.text, "put it in quotes", &findings), let text = written else { return nil }
        return SecretReference(file: place.file, line: place.line ?? 1, keyPath: path, isEmpty: text.isEmpty)
    }

    /// Its truth; nil where it is no boolean, which is a problem then.
    func flag(_ findings: inout Findings) -> Found<Bool>? {
        guard expect(.boolean, "write \(key): true or \(key): false, without quotes", &findings) else { return nil }
        return node.bool.map { Found($0, origin) }
    }

    /// Its section; nil where it is no mapping, which is a problem then.
    func section(_ findings: inout Findings) -> Section? {
        guard expect(.mapping, "write keys and values \(place("below"))", &findings) else { return nil }
        return inner
    }

    /// A port, also one in quotes; nil where it is empty, or none, which is a problem then.
    func port(usual: Int, _ findings: inout Findings) -> Found<Int>? {
        let advice = "write a number from 1 to 65535, such as \(key): \(usual)"
        switch kind {
        case .text where isEmptyText: return nil
        case .text, .number:
            guard let port = integer else {
                findings.complain(place, "\(path) is \"\(written ?? "")\", which is no whole number", advice: advice)
                return nil
            }
            guard 1...65_535 ~= port else {
                findings.complain(place, "\(path) is \(port), and there is no such port", advice: advice)
                return nil
            }
            return Found(port, origin)
        case let kind:
            findings.complain(place, "\(path) is \(kind), not a port", advice: advice)
            return nil
        }
    }

    /// Whether it is of a kind; a problem where it is not. What stands there is never told: it may be a secret.
    private func expect(_ expected: Kind, _ advice: String, _ findings: inout Findings) -> Bool {
        let kind = kind
        if kind == expected { return true }
        switch (kind, expected) {
        case (.tagged, _):
            findings.complain(
                place, "\(path) begins with !, which makes it a tag that the platform does not know",
                advice: "put it in quotes, or give the file decrypted and rendered")
        case (.list, .text), (.mapping, .text):
            findings.complain(
                place, "\(path) is \(kind), not text", advice: "write one value in quotes \(place("after"))")
        default:
            findings.complain(place, "\(path) is \(kind), not \(expected)", advice: advice)
        }
        return false
    }
}
