// SPDX-License-Identifier: Apache-2.0
import Yams

/// A mapping of a settings file, or what two files make together at their top. Internal, and gone when the files are
/// read: it holds secrets.
struct Section {
    /// A mapping, and the file that it stands in.
    struct Part {
        let file: String
        let mapping: Node.Mapping
    }

    /// Such as `DATABASES.default`; empty at the top.
    let path: String
    let place: Place
    /// A key that stands in several is the first one's.
    private let parts: [Part]

    /// - Parameter parts: the files of one service, not empty; where two have a key at their top, the first has it.
    init(top parts: [Part]) {
        guard let first = parts.first else { preconditionFailure("a service has at least one file") }
        path = ""
        place = Place(file: first.file)
        self.parts = parts
    }

    init(_ setting: Setting, _ mapping: Node.Mapping) {
        path = setting.path
        place = setting.place
        parts = [Part(file: setting.place.file, mapping: mapping)]
    }

    /// Where a key stands; the section's own place for one that does not.
    func place(of key: String) -> Place {
        for part in parts {
            guard let (written, _) = part.mapping.entry(key) else { continue }
            return Place(file: part.file, line: written.mark?.line ?? place.line, column: written.mark?.column)
        }
        return place
    }

    /// The value of a key; nil where it is missing or null, which is the same to the platform.
    subscript(key: String) -> Setting? {
        for part in parts {
            guard let (_, value) = part.mapping.entry(key) else { continue }
            let place = place(of: key)
            let setting = Setting(path: path(of: key), place: place, node: value)
            return setting.kind == .nothing ? nil : setting
        }
        return nil
    }

    /// What a key of this mapping is called in messages.
    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// The keys that are written here, in their order.
    var keys: [String] { parts.flatMap { $0.mapping.compactMap { $0.key.scalar?.string } } }
}

extension Node.Mapping {
    /// A key as it is written and its value. What `<<:` merges in counts where the key itself is not there.
    fileprivate func entry(_ key: String) -> (key: Node, value: Node)? {
        if let own = first(where: { $0.key.scalar?.string == key }) { return own }
        for (name, value) in self where name.tag.rawValue == Tag.Name.merge.rawValue {
            let merged = value.mapping.map { [$0] } ?? value.array().compactMap(\.mapping)
            for mapping in merged {
                if let found = mapping.entry(key) { return found }
            }
        }
        return nil
    }
}
