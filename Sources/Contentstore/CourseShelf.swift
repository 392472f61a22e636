// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Synchronization

/// What is kept of one course between calls: parsed files, the archive's unpacked folder, where assets lie.
///
/// Calls about one course wait for each other; nothing kept is believed without a look at the file's state. Every method
/// blocks.
final class CourseShelf: Sendable {
    private struct Kept {
        var cache = BlockFileCache()
        /// Without identity when the archive had changed so lately that another change would not show.
        var unpacked: (identity: FileIdentity?, folder: TemporaryFolder)?
        var assets: StaticFiles?
    }

    private let course: CourseKey
    private let locator: ExportLocator
    private let temporary: TemporaryPlace
    private let limits: ExportLimits
    private let kept = Mutex(Kept())

    init(course: CourseKey, locator: ExportLocator, temporary: TemporaryPlace, limits: ExportLimits) {
        self.course = course
        self.locator = locator
        self.temporary = temporary
        self.limits = limits
    }

    /// How many XML files were parsed since the shelf was made.
    var parses: Int { kept.withLock { $0.cache.parses } }

    /// See ``CourseSource/outline(of:)``.
    func outline() throws -> CourseOutline {
        try kept.withLock { kept in
            let root = try open(&kept)
            let head = try CourseHead.read(root, cache: &kept.cache, limits: limits)
            guard head.summary.key == course else {
                locator.forget(course)
                let cause = "it holds \(head.summary.key) now"
                throw Failure.export("read course", at: "\(course) in \(root.place("course.xml"))", cause: cause)
            }
            var reader = OutlineReader(folder: root, course: course, limits: limits, cache: kept.cache)
            kept.cache = BlockFileCache()
            defer { kept.cache = reader.cache }
            return try reader.outline()
        }
    }

    /// See ``CourseSource/assets(_:of:)``.
    func assets(_ names: Set<AssetName>) throws -> AssetListing {
        try kept.withLock { kept in
            let root = try open(&kept)
            let files = try StaticFiles(root, limits: limits)
            kept.assets = files
            var assets: [AssetName: Asset] = [:]
            var notes: [AssetName: String] = [:]
            for name in names {
                guard let path = files.path(of: name), let length = length(of: path, in: root) else { continue }
                assets[name] = Asset(name: name, length: length)
                notes[name] = files.note(on: name)
            }
            return AssetListing(assets: assets, notes: notes)
        }
    }

    /// See ``CourseSource/content(of:in:)``.
    func content(of assets: [Asset]) throws -> [AssetName: Result<[UInt8], Failure>] {
        let (root, files, unpacked) = try kept.withLock { kept in
            let root = try open(&kept)
            let files = try kept.assets ?? StaticFiles(root, limits: limits)
            kept.assets = files
            return (root, files, kept.unpacked?.folder)
        }
        var contents: [AssetName: Result<[UInt8], Failure>] = [:]
        for asset in assets { contents[asset.name] = content(of: asset.name, root, files) }
        withExtendedLifetime(unpacked) {}
        return contents
    }

    /// Lets go of everything kept, the unpacked folder with it.
    func empty() { kept.withLock { $0 = Kept() } }

    private func content(of name: AssetName, _ root: SafeFolder, _ files: StaticFiles) -> Result<[UInt8], Failure> {
        do {
            guard
                let path = files.path(of: name),
                let (bytes, _) = try root.bytes(of: path, atMost: longestTranscript)
            else {
                let place = root.place(files.path(of: name) ?? "static/\(name)")
                return .failure(.export("read asset", at: place, cause: "the file is no longer there"))
            }
            return .success(bytes)
        } catch {
            return .failure(Failure(error, "read asset", at: "\(name) of \(course)"))
        }
    }

    /// In bytes; nil when the file is gone. One that cannot be read is there all the same: reading it will say why.
    private func length(of path: String, in root: SafeFolder) -> Int? {
        do {
            return try root.identity(of: path)?.length
        } catch {
            return 0
        }
    }

    /// The course's root; unpacks an archive that is not unpacked or has changed since.
    private func open(_ kept: inout Kept) throws -> SafeFolder {
        let export = try locator.export(of: course)
        guard export.kind == .archive else { return try Export.root(in: export.path, name: export.name) }
        let archive = Archive(path: export.path, name: export.name, limits: limits)
        let identity = try archive.identity()
        let isSettled = identity.isSettled(for: limits.settlingSeconds)
        if let (seen, folder) = kept.unpacked, seen == identity {
            return try Export.root(in: folder.path, name: export.name)
        }
        kept = Kept()
        let folder = try temporary.makeFolder()
        try archive.unpack(into: folder)
        kept.unpacked = (isSettled ? identity : nil, folder)
        return try Export.root(in: folder.path, name: export.name)
    }
}
