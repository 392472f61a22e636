// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

/// Which structures are a course's heads. Open edX: section 4.1.
struct SplitHeads: Sendable, Hashable {
    /// nil where the heads are known from SQL.
    let id: ObjectID?
    let organization, course, run: String
    let draft, published: ObjectID?
    /// Milliseconds since 1970; what a change is made under.
    let lastUpdate: Int64?
    /// A library has one head of its own, and no transcripts to migrate.
    let isLibrary: Bool

    /// - Throws: ``BrokenDocument``.
    init(_ document: DocumentView) throws {
        func text(_ name: String) throws -> String { try document[name]?.text ?? "" }
        id = try document["_id"]?.objectID
        lastUpdate = try document["last_update"]?.date
        (organization, course, run) = (try text("org"), try text("course"), try text("run"))
        let versions = try document["versions"]?.document
        draft = try versions?["draft-branch"]?.objectID
        published = try versions?["published-branch"]?.objectID
        isLibrary = try versions?["library"] != nil
    }

    /// What an author's save makes another one.
    var version: String { [draft, published].map { $0?.description ?? "none" }.joined(separator: " ") }

    /// The key as the parts make it, which may be none.
    var uncheckedKey: CourseKey { CourseKey(unchecked: "course-v1:\(organization)+\(course)+\(run)") }
}

/// A course of split, as its structures have it.
struct SplitCourse: Sendable {
    let documents: any Documents
    let course: CourseKey

    /// Two queries: the heads, and both structures.
    ///
    /// - Throws: ``Failure``.
    func outline() async throws -> CourseOutline {
        let heads = try await heads()
        let (published, draft) = try await graphs(of: heads)
        return BlockGraph.outline(published: published, draft: draft, version: heads.version)
    }

    /// - Throws: ``Failure``, too where there is no such course.
    func heads() async throws -> SplitHeads {
        let question = Question.heads(of: course)
        let found = try await documents.ask(question, into: [SplitHeads]()) { $0.append(try SplitHeads($1)) }
        guard let heads = found.first else { throw failure(question, "there is no such course") }
        guard found.count == 1 else { throw failure(question, "there are \(found.count) courses of this key") }
        return heads
    }

    /// - Throws: ``Failure``, too where a structure is not there or cannot be understood.
    func graphs(of heads: SplitHeads) async throws -> (published: BlockGraph?, draft: BlockGraph?) {
        let ids = Set([heads.draft, heads.published].compactMap(\.self))
        guard !ids.isEmpty else { throw failure(.heads(of: course), "it has neither a draft nor a published head") }
        let question = Question.structures(ids.sorted())
        let structures = try await documents.ask(question, into: [ObjectID: BlockGraph]()) { [course] found, document in
            guard let id = try document["_id"]?.objectID else { return }
            found[id] = try Self.graph(of: document, course, at: "\(course), structure \(id)")
        }
        func graph(_ id: ObjectID?, _ head: String) throws -> BlockGraph? {
            guard let id else { return nil }
            guard let graph = structures[id] else {
                throw failure(question, "the structure \(id) of its \(head) head is not there")
            }
            return graph
        }
        return (try graph(heads.published, "published"), try graph(heads.draft, "draft"))
    }

    private func failure(_ question: Question, _ cause: String) -> Failure {
        .stored("read course", at: "\(course) in \(documents.place(of: question))", cause: cause)
    }

    // MARK: - A structure

    /// - Throws: ``Failure`` where the way through the course cannot be understood: videos would be missed in silence.
    private static func graph(of structure: DocumentView, _ course: CourseKey, at place: String) throws -> BlockGraph {
        guard let root = try key(try structure["root"], course) else {
            throw Failure.stored("read course", at: place, cause: "its root is no pair of type and id")
        }
        guard let list = try structure["blocks"]?.array else {
            throw Failure.stored("read course", at: place, cause: "its blocks are no list")
        }
        var blocks: [UsageKey: BlockGraph.Block] = [:]
        try list.forEach { element in
            guard let document = element.value.document else {
                throw Failure.stored(
                    "read course", at: place, cause: "block \(element.name) is \(element.value.kind), not a document")
            }
            var type, id: String?
            var fields: DocumentView?
            try document.forEach { element in
                switch element.name {
                case "block_type": type = element.value.text
                case "block_id": id = element.value.text
                case "fields": fields = element.value.document
                default: break
                }
            }
            guard let type, let id else {
                throw Failure.stored("read course", at: place, cause: "block \(element.name) has no type or no id")
            }
            let key = UsageKey(course: course, type: type, block: id)
            guard blocks[key] == nil else {
                throw Failure.stored("read course", at: place, cause: "\(key) stands in it twice")
            }
            blocks[key] = try block(type, fields, key, course, at: place)
        }
        return BlockGraph(root: root, blocks: blocks)
    }

    private static func block(
        _ type: String, _ fields: DocumentView?, _ key: UsageKey, _ course: CourseKey, at place: String
    ) throws -> BlockGraph.Block {
        if VideoDocument.types.contains(type) {
            if let objection = BlockPath.objection(to: key.block.isEmpty ? "" : key.block) {
                throw Failure.stored(
                    "read video", at: place, cause: "\(key) has an id that cannot be taken: \(objection)")
            }
            return BlockGraph.Block(video: try VideoDocument(fields))
        }
        guard let value = try fields?["children"], !value.isNull else { return BlockGraph.Block() }
        var children: [UsageKey] = []
        guard let list = value.array else {
            throw Failure.stored(
                "read course", at: place, cause: "the children of \(key) are \(value.kind), not a list")
        }
        try list.forEach { element in
            guard let child = try Self.key(element.value, course) else {
                throw Failure.stored(
                    "read course", at: place, cause: "child \(element.name) of \(key) is no pair of type and id")
            }
            children.append(child)
        }
        return BlockGraph.Block(children: children)
    }

    /// `[type, id]`.
    private static func key(_ value: Value?, _ course: CourseKey) throws -> UsageKey? {
        guard let pair = value?.array, let type = try pair["0"]?.text, let id = try pair["1"]?.text else { return nil }
        return UsageKey(course: course, type: type, block: id)
    }
}
#endif
