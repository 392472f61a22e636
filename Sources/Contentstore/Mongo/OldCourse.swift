// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

/// A course of the old modulestore: one document per block and revision. Open edX: section 4.3.
struct OldCourse: Sendable {
    let documents: any Documents
    let course: CourseKey

    /// One query. Runs of one course share its blocks; the root tells them apart.
    ///
    /// - Throws: ``Failure``.
    func outline() async throws -> CourseOutline {
        let question = Question.oldBlocks(of: course)
        let found = try await documents.ask(question, into: Blocks()) { [course] blocks, document in
            try blocks.take(document, of: course)
        }
        let root = UsageKey(course: course, type: "course", block: course.parts.run)
        guard found.published[root] != nil else {
            throw Failure.stored(
                "read course", at: "\(course) in \(documents.place(of: question))", cause: "there is no such course")
        }
        let published = BlockGraph(root: root, blocks: found.published)
        guard !found.drafts.isEmpty else { return BlockGraph.outline(published: published, draft: nil) }
        let draft = BlockGraph(root: root, blocks: found.published.merging(found.drafts) { $1 })
        return BlockGraph.outline(published: published, draft: draft)
    }

    /// Both heads' documents as they come.
    private struct Blocks: Sendable {
        var published: [UsageKey: BlockGraph.Block] = [:]
        var drafts: [UsageKey: BlockGraph.Block] = [:]

        mutating func take(_ document: DocumentView, of course: CourseKey) throws {
            guard let id = try OldBlockID(document, of: course) else { return }
            let block = try Self.block(id.type, document, id.key, course)
            if id.isDraft { drafts[id.key] = block } else { published[id.key] = block }
        }

        /// Open edX: a video that nobody has saved for long may have its settings in its content.
        private static func holdsXML(_ document: DocumentView) throws -> Bool {
            guard let data = try document["definition"]?.document?["data"] else { return false }
            let text = try data.text ?? data.document?["data"]?.text ?? ""
            return text.contains("<video")
        }

        private static func block(
            _ type: String, _ document: DocumentView, _ key: UsageKey, _ course: CourseKey
        ) throws -> BlockGraph.Block {
            if VideoDocument.types.contains(type) {
                var video = try VideoDocument(try document["metadata"])
                if try Self.holdsXML(document) {
                    video.note("it has settings as XML in its definition, which are not read: save it in Studio")
                }
                return BlockGraph.Block(video: video)
            }
            guard let definition = try document["definition"]?.document else {
                throw Failure.stored("read course", at: "\(course)", cause: "\(key) has no definition")
            }
            guard let value = try definition["children"] else { return BlockGraph.Block() }
            let children = try BlockGraph.children(value, of: key, at: "\(course)", each: "key of a block") {
                $0.text.flatMap { try? UsageKey($0) }  // one that is none is told with its place
            }
            return BlockGraph.Block(children: children)
        }
    }
}
#endif
