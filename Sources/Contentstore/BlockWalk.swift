// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// A video that a walk came to.
struct ReachedVideo {
    let type: String
    let block: String
    let fields: VideoFields
    /// Whether what it says stands in a file under `drafts/`.
    let isFromDrafts: Bool
    let notes: [String]
}

/// One way through an export from its root, along one head.
///
/// Its stack is its own, so no depth of blocks can exhaust the thread's; a block named twice is walked once.
struct BlockWalk {
    /// A file, and where it lies.
    private struct Source {
        let file: BlockFile
        let path: String
        let isFromDrafts: Bool
    }

    /// An element that is still to be looked at.
    private struct Step {
        let source: Source
        let index: Int
        let depth: Int
        /// The block that the element stands in.
        let owner: BlockPath

        var element: BlockFile.Element { source.file.elements[index] }
    }

    private(set) var videos: [BlockPath: ReachedVideo] = [:]
    /// Every block with a name.
    private(set) var reached: Set<BlockPath> = []
    private(set) var notes: [String] = []
    private let folder: SafeFolder
    private let limits: ExportLimits
    /// nil for the published head.
    private let drafts: DraftFiles?
    private var steps: [Step] = []
    private var unnamed: [BlockPath: Int] = [:]

    init(folder: SafeFolder, limits: ExportLimits, drafts: DraftFiles?) {
        self.folder = folder
        self.limits = limits
        self.drafts = drafts
    }

    /// Goes through everything that the course's root reaches. Blocks.
    ///
    /// - Throws: ``Failure`` when a file cannot be understood, or when there is too much of anything.
    mutating func walk(from run: String, cache: inout BlockFileCache) throws {
        guard let file = try cache.file("course.xml", in: folder, limits: limits) else {
            throw Failure.export("read export", at: folder.place(""), cause: "there is no course.xml in it")
        }
        let source = Source(file: file, path: "course.xml", isFromDrafts: false)
        steps = [Step(source: source, index: 0, depth: 1, owner: BlockPath(type: "course", block: run))]
        while let step = steps.popLast() { try take(step, &cache) }
    }

    private mutating func take(_ step: Step, _ cache: inout BlockFileCache) throws {
        let element = step.element
        guard step.depth <= limits.blockDepth else {
            throw failure("read course", at: step, "blocks stand inside each other over \(limits.blockDepth) deep")
        }
        guard let name = element.urlName else {
            if let video = element.video {
                record(video, element, unnamedIn: step)
            } else {
                push(element.children, of: step.source, under: step.owner, depth: step.depth)
            }
            return
        }
        if BlockFile.leafTypes.contains(element.type) { return }
        if let objection = BlockPath.objection(to: name) {
            throw failure("read course", at: step, "url_name \(name.debugDescription) cannot be taken: \(objection)")
        }
        let block = BlockPath(type: element.type, block: name)
        guard reached.insert(block).inserted else { return }
        guard reached.count <= limits.blocks else {
            throw failure("read course", at: step, "it has over \(limits.blocks) blocks")
        }
        try enter(block, name, at: step, &cache)
        hangDrafts(under: block, depth: step.depth)
    }

    /// Takes what a block says from its file where it has one, else from where it is named.
    private mutating func enter(
        _ block: BlockPath,
        _ name: String,
        at step: Step,
        _ cache: inout BlockFileCache
    ) throws {
        var said = step
        var missing: [String] = []
        if let source = try source(of: block, &cache) {
            said = Step(source: source, index: 0, depth: step.depth, owner: block)
        } else if step.element.children.isEmpty, step.source.path == "course.xml", step.index == 0 {
            throw failure("read course", at: step, "there is no file \(block.file), and no course in this one")
        } else if step.element.children.isEmpty, step.element.isBare {
            missing = ["\(place(of: step)): there is no file \(block.file), and nothing else says what the block is"]
        }
        let type = step.element.type
        if BlockFile.videoTypes.contains(type) {
            guard let video = said.element.video else {
                throw failure("read video", at: said, "the root is <\(said.element.type)>, not <\(type)>")
            }
            record(video, type: type, name: name, at: block, said.source, notes: missing)
        } else {
            notes.append(contentsOf: missing)
            push(said.element.children, of: said.source, under: block, depth: step.depth)
        }
    }

    private func source(of block: BlockPath, _ cache: inout BlockFileCache) throws -> Source? {
        if drafts != nil, let file = try cache.file(block.draftFile, in: folder, limits: limits) {
            return Source(file: file, path: block.draftFile, isFromDrafts: true)
        }
        return try cache.file(block.file, in: folder, limits: limits).map { file in
            Source(file: file, path: block.file, isFromDrafts: false)
        }
    }

    /// Goes on to the drafts that say that a block is their parent, as if it named them.
    private mutating func hangDrafts(under block: BlockPath, depth: Int) {
        for draft in (drafts?.roots[block] ?? []).reversed() {
            let source = Source(file: BlockFile(pointerTo: draft), path: draft.draftFile, isFromDrafts: true)
            steps.append(Step(source: source, index: 0, depth: depth + 1, owner: block))
        }
    }

    private mutating func push(_ children: [Int], of source: Source, under owner: BlockPath, depth: Int) {
        for child in children.reversed() {
            steps.append(Step(source: source, index: child, depth: depth + 1, owner: owner))
        }
    }

    private mutating func record(
        _ video: VideoXML,
        type: String,
        name: String,
        at block: BlockPath,
        _ source: Source,
        notes: [String]
    ) {
        let own = video.notes.map { "\(folder.place(source.path, line: $0.line)): \($0.text)" }
        videos[block] = ReachedVideo(
            type: type,
            block: name,
            fields: video.fields,
            isFromDrafts: source.isFromDrafts,
            notes: notes + own
        )
    }

    /// A video without a name gets one from where it stands, the same at every reading.
    private mutating func record(_ video: VideoXML, _ element: BlockFile.Element, unnamedIn step: Step) {
        let number = unnamed[step.owner, default: 0] + 1
        unnamed[step.owner] = number
        let digest = Checksum(of: Array("\(step.owner)/\(number)".utf8)).hexadecimal.prefix(12)
        let name = "\(element.type)_\(digest)"
        let block = BlockPath(type: element.type, block: name)
        reached.insert(block)
        let note = "this video has no url_name; it is called \(name), after \(step.owner) and its number in it"
        record(video, type: element.type, name: name, at: block, step.source, notes: ["\(place(of: step)): \(note)"])
    }

    private func place(of step: Step) -> String { folder.place(step.source.path, line: step.element.line) }

    private func failure(_ what: String, at step: Step, _ cause: String) -> Failure {
        Failure.export(what, at: place(of: step), cause: cause)
    }
}
