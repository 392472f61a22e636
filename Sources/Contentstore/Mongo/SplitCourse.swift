// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

/// Which structures are a course's heads. Open edX: section 4.1.
struct SplitHeads: Sendable, Hashable {
    /// nil where the heads are known from SQL.
    let id: ObjectID?
    /// As its parts make it, which may be none.
    let key: CourseKey
    let draft, published: ObjectID?
    /// Milliseconds since 1970; what a change is made under.
    let lastUpdate: Int64?
    /// The same as SQL says it; nil where the heads are known from MongoDB.
    let indexed: IndexedHeads?
    /// A library has one head of its own, and no transcripts to migrate.
    let isLibrary: Bool

    /// - Throws: ``Failure`` where a head is none; ``BrokenDocument``.
    init(_ document: DocumentView) throws {
        id = try document["_id"]?.objectID
        lastUpdate = try document["last_update"]?.date
        let key = try Self.key(of: document)
        let versions = try document["versions"]?.document
        // A head that cannot be read is not a head that is not there: its videos would be left behind in silence.
        func head(_ branch: String) throws -> ObjectID? {
            guard let value = try versions?[branch] else { return nil }
            guard let id = value.objectID else {
                throw Failure.stored(
                    "read course", at: "\(key)", cause: "its \(branch) is \(value.kind), not an ObjectId")
            }
            return id
        }
        draft = try head("draft-branch")
        published = try head("published-branch")
        isLibrary = try versions?["library"] != nil
        (self.key, indexed) = (key, nil)
    }

    /// - Throws: ``Failure`` where a head is none.
    init(_ heads: IndexedHeads) throws {
        func head(_ text: String?) throws -> ObjectID? {
            guard let text else { return nil }
            guard let id = ObjectID(hexadecimal: text) else {
                throw Failure.stored(
                    "read course", at: "\(heads.course) in the SQL index",
                    cause: "its head \(text.debugDescription) is no ObjectId")
            }
            return id
        }
        (id, key, lastUpdate, indexed, isLibrary) = (nil, heads.course, nil, heads, false)
        draft = try head(heads.draft)
        published = try head(heads.published)
    }

    /// Which course a document is about.
    ///
    /// - Throws: ``BrokenDocument``.
    static func key(of document: DocumentView) throws -> CourseKey {
        let parts = try ["org", "course", "run"].map { try document[$0]?.text ?? "" }
        return CourseKey(unchecked: "course-v1:" + parts.joined(separator: "+"))
    }

    /// What an author's save makes another one.
    var version: String { [draft, published].map { $0?.description ?? "none" }.joined(separator: " ") }

}

/// A course of split, as its structures have it.
struct SplitCourse: Sendable {
    let documents: any Documents
    /// Where newer releases say which structures are its heads; nil for none.
    var index: (any CourseIndex)?
    let course: CourseKey

    /// Two queries: the heads, and both structures.
    ///
    /// - Throws: ``Failure``.
    func outline() async throws -> CourseOutline {
        let heads = try await heads()
        let (published, draft) = try await graphs(of: heads)
        return BlockGraph.outline(published: published, draft: draft, version: heads.version)
    }

    /// From SQL where the platform reads them there. Open edX: section 4.4.
    ///
    /// - Throws: ``Failure``, too where there is no such course.
    func heads() async throws -> SplitHeads {
        guard let index, try await index.isThere() else { return try await ownHeads() }
        guard let heads = try await index.heads(of: course) else {
            throw Failure.stored("read course", at: "\(course) in the SQL index", cause: "there is no such course")
        }
        return try SplitHeads(heads)
    }

    /// From MongoDB, which has them in every release.
    func ownHeads() async throws -> SplitHeads {
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
            // What is no document is no block: a server does not even send it.
            guard let document = element.value.document else { return }
            var type, id: String?
            var fields: Value?
            try document.forEach { element in
                switch element.name {
                case "block_type": type = element.value.text
                case "block_id": id = element.value.text
                case "fields": fields = element.value
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
        guard blocks[root] != nil else {
            throw Failure.stored("read course", at: place, cause: "its root \(root) is not among its blocks")
        }
        return BlockGraph(root: root, blocks: blocks)
    }

    private static func block(
        _ type: String, _ fields: Value?, _ key: UsageKey, _ course: CourseKey, at place: String
    ) throws -> BlockGraph.Block {
        if VideoDocument.types.contains(type) {
            if let objection = BlockPath.objection(to: key.block.isEmpty ? "" : key.block) {
                throw Failure.stored(
                    "read video", at: place, cause: "\(key) has an id that cannot be taken: \(objection)")
            }
            return BlockGraph.Block(video: try VideoDocument(fields))
        }
        guard let value = try fields?.document?["children"] else { return BlockGraph.Block() }
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
