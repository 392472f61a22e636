// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization

/// Knows which export holds which course.
///
/// Every method blocks, and may be called from any thread.
final class ExportLocator: Sendable {
    private struct Known {
        var exports: [CourseKey: Export] = [:]
        var paths: Set<String> = []
        /// Reading an archive's name means reading all of it; done once for each state of its file.
        var archives: [String: (identity: FileIdentity, head: CourseHead)] = [:]
    }

    private let path: String
    private let limits: ExportLimits
    private let temporary: TemporaryPlace
    private let known = Mutex(Known())

    init(path: String, limits: ExportLimits, temporary: TemporaryPlace) {
        self.path = path
        self.limits = limits
        self.temporary = temporary
    }

    /// Everything that should hold a course, sorted by the names' bytes. None of them is looked into.
    ///
    /// - Throws: ``Failure`` when there is nothing at the path, or it cannot be listed.
    func exports() throws -> [Export] {
        let name = URL(fileURLWithPath: path).lastPathComponent
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure.export("list courses", at: path, errno: errno) }
        if status.st_mode & S_IFMT != S_IFDIR {
            guard Export.isArchive(name) else {
                throw Failure.export("list courses", at: path, cause: "it is neither a folder nor a .tar.gz")
            }
            return [Export(name: name, path: path, kind: .archive)]
        }
        if Export.isRoot(path) { return [Export(name: name, path: path, kind: .folder)] }
        let folder = try SafeFolder(path: path, name: name)
        let entries = try (folder.entries(of: "") ?? []).sorted { left, right in
            left.name.isBytewiseBefore(right.name)
        }
        return entries.compactMap { entry in
            if entry.name.hasPrefix(".") { return nil }
            let inner = "\(path)/\(entry.name)"
            if Export.isArchive(entry.name) { return Export(name: entry.name, path: inner, kind: .archive) }
            switch entry.kind {
            case .folder: return Export(name: entry.name, path: inner, kind: .folder)
            case .link: return isFolder(inner) ? Export(name: entry.name, path: inner, kind: .folder) : nil
            case .file, .other: return nil
            }
        }
    }

    /// Which course an export holds, read anew but for archives that did not change.
    ///
    /// - Throws: ``Failure`` when it cannot be understood.
    func head(of export: Export) throws -> CourseHead {
        switch export.kind {
        case .folder:
            return try readHead(in: export.path, export)
        case .archive:
            let archive = Archive(path: export.path, name: export.name, limits: limits)
            let identity = try archive.identity()
            let isSettled = identity.isSettled(for: limits.settlingSeconds)
            if let (seen, head) = known.withLock({ $0.archives[export.path] }), seen == identity { return head }
            let folder = try temporary.makeFolder()
            try archive.unpackHead(into: folder)
            let head = try withExtendedLifetime(folder) { try readHead(in: folder.path, export) }
            known.withLock { $0.archives[export.path] = isSettled ? (identity, head) : nil }
            return head
        }
    }

    /// Remembers where a course was found.
    func remember(_ course: CourseKey, in export: Export) {
        known.withLock { known in
            known.exports[course] = export
            known.paths.insert(export.path)
        }
    }

    /// The export that holds a course; looks through the exports until it is found, new ones first.
    ///
    /// - Throws: ``Failure`` when none does.
    func export(of course: CourseKey) throws -> Export {
        if let export = known.withLock({ $0.exports[course] }) { return export }
        let exports = try exports()
        let paths = known.withLock { $0.paths }
        for export in exports where !paths.contains(export.path) {
            if try look(for: course, in: export) { return export }
        }
        for export in exports where paths.contains(export.path) {
            if try look(for: course, in: export) { return export }
        }
        let cause = "none of the \(exports.count) exports in \(path) can be read as it"
        throw Failure.export("find course", at: "\(course)", cause: cause)
    }

    /// Forgets where a course was: its export is another course's now.
    func forget(_ course: CourseKey) { known.withLock { $0.exports[course] = nil } }

    private func look(for course: CourseKey, in export: Export) throws -> Bool {
        let key: CourseKey
        do {
            key = try head(of: export).summary.key
        } catch let failure as Failure where !failure.class.isRetryable {
            return false
        }
        let isFirst = known.withLock { $0.exports[key] == nil }
        if isFirst { remember(key, in: export) }
        return key == course
    }

    private func readHead(in path: String, _ export: Export) throws -> CourseHead {
        var cache = BlockFileCache()
        let root = try Export.root(in: path, name: export.name)
        return try CourseHead.read(root, cache: &cache, limits: limits)
    }

    private func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
