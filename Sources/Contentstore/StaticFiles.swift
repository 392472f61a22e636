// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// The files under `static/` of one export by the names that the contentstore would give them. Open edX: section 3.4.
///
/// A link to a file is a file; a link to a folder is not followed, so that no link can lead in circles.
struct StaticFiles: Sendable {
    /// The first file of each name, in byte-wise order of the paths inside `static/`.
    private var first: [AssetName: String] = [:]
    /// How many more files clean to a name, and the first of them.
    private var others: [AssetName: (count: Int, path: String)] = [:]

    /// Lists everything under `static/`, which need not exist. Blocks.
    ///
    /// - Throws: ``Failure`` when a folder cannot be listed, leads out of the export, or there is too much.
    init(_ folder: SafeFolder, limits: ExportLimits) throws {
        var paths: [String] = []
        var folders = ["static"]
        var count = 0
        while let next = folders.popLast() {
            guard next.utf8.count(where: { $0 == UInt8(ascii: "/") }) < limits.staticDepth else {
                let cause = "folders stand inside each other over \(limits.staticDepth) deep"
                throw Failure.export("list assets", at: folder.place(next), cause: cause)
            }
            for entry in try folder.entries(of: next) ?? [] where entry.isText {
                count += 1
                let path = "\(next)/\(entry.name)"
                if entry.kind == .folder { folders.append(path) } else { paths.append(path) }
            }
            guard count <= limits.staticFiles else {
                let cause = "it holds over \(limits.staticFiles) files"
                throw Failure.export("list assets", at: folder.place("static"), cause: cause)
            }
        }
        for path in paths.sorted(by: { $0.isBytewiseBefore($1) }) { append(path) }
    }

    /// Where the asset lies, from the export's root; nil when there is none.
    func path(of name: AssetName) -> String? { first[name] }

    /// Which file was taken for a name that several have; nil when only one has it.
    func note(on name: AssetName) -> String? {
        guard let taken = first[name], let (count, path) = others[name] else { return nil }
        let rest = count > 1 ? " and \(count - 1) more" : ""
        return "\(taken), \(path)\(rest) are all called \(name); \(taken) was taken, the first in order of paths"
    }

    private mutating func append(_ path: String) {
        let name = AssetName(cleaning: String(path.dropFirst("static/".count)))
        if first[name] == nil {
            first[name] = path
        } else {
            others[name] = (others[name].map { $0.count + 1 } ?? 1, others[name]?.path ?? path)
        }
    }
}
