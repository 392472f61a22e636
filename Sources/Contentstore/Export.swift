// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// One thing that should hold a course.
struct Export: Sendable, Hashable {
    enum Kind: Sendable { case folder, archive }

    /// Its name among the others, as the operator sees it.
    let name: String
    let path: String
    let kind: Kind

    /// What Studio's archives end in, and what people make of it.
    static func isArchive(_ name: String) -> Bool { name.hasSuffix(".tar.gz") || name.hasSuffix(".tgz") }

    /// The folder inside `path` that is the course's root, opened: `path` itself, or the only folder in it that can be.
    ///
    /// Open edX: archives hold one folder, which holds the course (section 7.1). Blocks.
    ///
    /// - Throws: ``Failure`` when `path` cannot be opened or listed.
    static func root(in path: String, name: String) throws -> SafeFolder {
        let folder = try SafeFolder(path: path, name: name)
        if isRoot(path) { return folder }
        let inner = try folder.entries(of: "")?.filter { $0.kind == .folder && isRoot("\(path)/\($0.name)") } ?? []
        guard inner.count == 1 else { return folder }
        return try SafeFolder(path: "\(path)/\(inner[0].name)", name: "\(name)/\(inner[0].name)")
    }

    /// Whether a folder says that it is a course or library. What it says need not be true.
    static func isRoot(_ path: String) -> Bool {
        var status = stat()
        return lstat("\(path)/course.xml", &status) == 0 || lstat("\(path)/library.xml", &status) == 0
    }
}
