// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

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
    private func ownHeads() async throws -> SplitHeads {
        guard let heads = try await ownHeadsIfAny() else {
            throw failure(.heads(of: course), "there is no such course")
        }
        return heads
    }

    /// The same; nil where there is no such course.
    func ownHeadsIfAny() async throws -> SplitHeads? {
        let question = Question.heads(of: course)
        let found = try await documents.ask(question, into: [SplitHeads]()) { $0.append(try SplitHeads($1)) }
        guard let heads = found.first else { return nil }
        guard found.count == 1 else { throw failure(question, "there are \(found.count) courses of this key") }
        return heads
    }

    /// - Throws: ``Failure``, too where a structure is not there or cannot be understood.
    func graphs(of heads: SplitHeads) async throws -> (published: BlockGraph?, draft: BlockGraph?) {
        let ids = Set([heads.draft, heads.published].compactMap(\.self))
        guard !ids.isEmpty else { throw failure(.heads(of: course), "it has neither a draft nor a published head") }
        var structures = try await structures(.structures(ids.sorted()))
        let missing = ids.subtracting(structures.keys)
        // A member that lags may not have what somebody has saved just now.
        if !missing.isEmpty {
            structures.merge(try await self.structures(.structures(missing.sorted(), isFresh: true))) { $1 }
        }
        func graph(_ id: ObjectID?, _ head: String) throws -> BlockGraph? {
            guard let id else { return nil }
            guard let graph = structures[id] else {
                throw failure(.structures([]), "the structure \(id) of its \(head) head is not there")
            }
            return graph
        }
        return (try graph(heads.published, "published"), try graph(heads.draft, "draft"))
    }

    private func structures(_ question: Question) async throws -> [ObjectID: BlockGraph] {
        try await documents.ask(question, into: [:]) { [course] found, document in
            guard let id = try document["_id"]?.objectID else { return }
            found[id] = try Self.graph(of: document, course, at: "\(course), structure \(id)")
        }
    }

    private func failure(_ question: Question, _ cause: String) -> Failure {
        .stored(
            "read course", at: "\(course) in \(documents.place(of: question))", cause: cause,
            advice: "look whether Studio shows the course, and whether --source names its database and collection=")
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
            var fields, defaults: Value?
            try document.forEach { element in
                switch element.name {
                case "block_type": type = element.value.text
                case "block_id": id = element.value.text
                case "fields": fields = element.value
                case "defaults": defaults = element.value
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
            blocks[key] = try block(type, id, fields, defaults, key, course, at: place)
        }
        guard blocks[root] != nil else {
            throw Failure.stored("read course", at: place, cause: "its root \(root) is not among its blocks")
        }
        return BlockGraph(root: root, blocks: blocks)
    }

    private static func block(
        _ type: String, _ id: String, _ fields: Value?, _ defaults: Value?, _ key: UsageKey, _ course: CourseKey,
        at place: String
    ) throws -> BlockGraph.Block {
        if VideoDocument.types.contains(type) {
            if let objection = BlockPath.objection(to: id) {
                throw Failure.stored(
                    "read video", at: place, cause: "\(key) has an id that cannot be taken: \(objection)")
            }
            return BlockGraph.Block(video: try VideoDocument(fields, defaults: defaults))
        }
        guard let value = try fields?.document?["children"] else { return BlockGraph.Block() }
        let children = try BlockGraph.children(value, of: key, at: place, each: "pair of type and id") {
            try Self.key($0, course)
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
