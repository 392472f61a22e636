// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

/// The blocks of one head of a course, and what its root reaches. Open edX: sections 2.7 and 4.
struct BlockGraph: Sendable {
    struct Block: Sendable {
        var children: [UsageKey] = []
        /// What a video says; nil for any other block.
        var video: VideoDocument?
    }

    let root: UsageKey
    let blocks: [UsageKey: Block]

    /// What the root reaches, each once, in whatever order the course has; its stack is its own, so that neither depth nor
    /// circles harm.
    func walk() -> (reached: Set<UsageKey>, missing: [UsageKey]) {
        var reached: Set<UsageKey> = [root]
        var missing: [UsageKey] = []
        var open = [root]
        while let next = open.popLast() {
            guard let block = blocks[next] else {
                missing.append(next)
                continue
            }
            for child in block.children.reversed() where reached.insert(child).inserted { open.append(child) }
        }
        return (reached, missing.sorted())
    }

    /// The blocks that a block names.
    ///
    /// - Parameters:
    ///   - value: what stands there for them.
    ///   - form: what each of them must be, for a sentence.
    ///   - child: reads one; nil where it is none.
    /// - Throws: ``Failure`` where one cannot be told: what hangs under it would be missed in silence.
    static func children(
        _ value: Value, of key: UsageKey, at place: String, each form: String, _ child: (Value) throws -> UsageKey?
    ) throws -> [UsageKey] {
        guard let list = value.array else {
            throw Failure.stored(
                "read course", at: place, cause: "the children of \(key) are \(value.kind), not a list")
        }
        var children: [UsageKey] = []
        try list.forEach { element in
            guard let found = try child(element.value) else {
                throw Failure.stored("read course", at: place, cause: "child \(element.name) of \(key) is no \(form)")
            }
            children.append(found)
        }
        return children
    }

    /// The course's videos from both heads.
    ///
    /// - Parameter published: nil for a course that was never published.
    static func outline(published: BlockGraph?, draft: BlockGraph?, version: String? = nil) -> CourseOutline {
        let (published, draft) = (Head(published), Head(draft))
        var videos: [VideoBlock] = []
        for key in Set(published.reached.keys).union(draft.reached.keys).sorted() {
            let (seen, edited) = (published.reached[key], draft.reached[key])
            // A draft that says the same is none.
            let other = edited?.fields == seen?.fields ? nil : edited
            let notes = (seen?.notes ?? []) + (other?.notes ?? []).filter { seen?.notes.contains($0) != true }
            videos.append(VideoBlock(usageKey: key, published: seen?.fields, draft: other?.fields, notes: notes))
        }
        // What one head alone has is there: the old modulestore has one document for both heads of what is not a unit.
        let missing = Set(published.missing).subtracting(draft.blocks).union(
            Set(draft.missing).subtracting(published.blocks)
        ).sorted()
        return CourseOutline(
            videos: videos, unreachable: published.videos.union(draft.videos).count - videos.count,
            notes: missing.map { "the course names \($0), which is not there" }, version: version)
    }

    /// What one head has; nothing where there is no such head.
    private struct Head {
        /// Whether the root reaches them or not.
        var videos: Set<UsageKey> = []
        var reached: [UsageKey: VideoDocument] = [:]
        var missing: [UsageKey] = []
        var blocks: Dictionary<UsageKey, Block>.Keys = [:].keys

        init(_ graph: BlockGraph?) {
            guard let graph else { return }
            let walk = graph.walk()
            missing = walk.missing
            blocks = graph.blocks.keys
            for (key, block) in graph.blocks {
                guard let video = block.video else { continue }
                videos.insert(key)
                if walk.reached.contains(key) { reached[key] = video }
            }
        }
    }
}
#endif
