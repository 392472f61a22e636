// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// The files under `drafts/` of one export, by where they hang.
struct DraftFiles {
    /// Drafts that name their parent, by it. Where among its children they stand decides nothing here.
    private(set) var roots: [BlockPath: [BlockPath]] = [:]
    private(set) var notes: [String] = []

    /// Reads the root element of every draft that may hold a video; nil when there are no drafts. Blocks.
    ///
    /// - Throws: ``Failure`` when a draft cannot be understood: it might be where videos hang.
    static func read(
        _ folder: SafeFolder,
        cache: inout BlockFileCache,
        limits: ExportLimits
    ) throws -> DraftFiles? {
        guard let types = try folder.entries(of: "drafts") else { return nil }
        var drafts = DraftFiles()
        var blocks: [BlockPath] = []
        for type in types where type.kind != .file && type.isText && !BlockFile.leafTypes.contains(type.name) {
            for entry in try folder.entries(of: "drafts/\(type.name)") ?? [] where entry.isText {
                guard entry.name.hasSuffix(".xml"), !entry.name.hasPrefix(".") else { continue }
                blocks.append(BlockPath(type: type.name, block: String(entry.name.dropLast(".xml".count))))
            }
        }
        for block in blocks.sorted() {
            guard let file = try cache.file(block.draftFile, in: folder, limits: limits) else { continue }
            drafts.append(block, file, folder)
        }
        return drafts
    }

    private mutating func append(_ block: BlockPath, _ file: BlockFile, _ folder: SafeFolder) {
        let names = ["parent_url", "parent_sequential_url"]
        guard let url = names.lazy.compactMap({ file.rootAttributes[$0] }).first else { return }
        if let parent = Self.parent(url) {
            roots[parent, default: []].append(block)
        } else {
            let place = folder.place(block.draftFile, line: file.elements[0].line)
            notes.append("\(place): \(url.debugDescription) names no parent; this draft hangs nowhere")
        }
    }

    /// Open edX: the old form may end in `@draft`.
    private static func parent(_ url: String) -> BlockPath? {
        do {
            let key = try UsageKey(url)
            let id = url.hasPrefix("i4x://") ? String(key.block.prefix { $0 != "@" }) : key.block
            return BlockPath(type: key.type, block: id)
        } catch {
            return nil
        }
    }
}
