// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// Finds the videos of one export, in both heads. Open edX: section 7.1.
///
/// The published head is what the root reaches. The draft head is what it reaches when every block with a file under
/// `drafts/` is that file, and every file there that names a parent hangs under it.
struct OutlineReader {
    let folder: SafeFolder
    let course: CourseKey
    let limits: ExportLimits
    var cache: BlockFileCache
    private var notes: [String] = []

    init(folder: SafeFolder, course: CourseKey, limits: ExportLimits, cache: BlockFileCache) {
        self.folder = folder
        self.course = course
        self.limits = limits
        self.cache = cache
    }

    /// Reads everything once. Blocks.
    ///
    /// - Throws: ``Failure`` when a file that the root reaches cannot be read or understood.
    mutating func outline() throws -> CourseOutline {
        let published = try reach(nil)
        let drafts = try DraftFiles.read(folder, cache: &cache, limits: limits)
        let draft = try drafts.map { try reach($0) }
        let videos = merged(published, draft)
        let unreachable = try countUnreached(by: [published, draft].compactMap(\.self))
        if let drafts, let draft { note(drafts, unreached: draft) }
        return CourseOutline(videos: videos, unreachable: unreachable, notes: notes)
    }

    private mutating func reach(_ drafts: DraftFiles?) throws -> BlockWalk {
        var walk = BlockWalk(folder: folder, limits: limits, drafts: drafts)
        try walk.walk(from: course.parts.run, cache: &cache)
        for text in walk.notes where !notes.contains(text) { notes.append(text) }
        return walk
    }

    private func merged(_ published: BlockWalk, _ draft: BlockWalk?) -> [VideoBlock] {
        let blocks = Set(published.videos.keys).union(draft.map { Set($0.videos.keys) } ?? [])
        let videos = blocks.compactMap { block -> VideoBlock? in
            let seen = published.videos[block]
            let edited = draft?.videos[block].flatMap { $0.isFromDrafts || seen == nil ? $0 : nil }
            guard let named = seen ?? edited else { return nil }
            var notes = seen?.notes ?? []
            for note in edited?.notes ?? [] where !notes.contains(note) { notes.append(note) }
            return VideoBlock(
                usageKey: UsageKey(course: course, type: named.type, block: named.block),
                published: seen?.fields,
                draft: edited?.fields,
                notes: notes
            )
        }
        return videos.sorted { $0.usageKey < $1.usageKey }
    }

    private func countUnreached(by walks: [BlockWalk]) throws -> Int {
        var unreached: Set<BlockPath> = []
        for type in BlockFile.videoTypes {
            for place in [type, "drafts/\(type)"] {
                for entry in try folder.entries(of: place) ?? [] where entry.name.hasSuffix(".xml") {
                    let block = BlockPath(type: type, block: String(entry.name.dropLast(".xml".count)))
                    if !walks.contains(where: { $0.videos[block] != nil }) { unreached.insert(block) }
                }
            }
        }
        return unreached.count
    }

    private mutating func note(_ drafts: DraftFiles, unreached draft: BlockWalk) {
        for (parent, roots) in drafts.roots.sorted(by: { $0.key < $1.key }) where !draft.reached.contains(parent) {
            let files = roots.map(\.draftFile).joined(separator: ", ")
            notes.append("\(files) would hang under \(parent), which the course does not reach")
        }
        notes.append(contentsOf: drafts.notes)
    }
}
