// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Foundation
import Mongo
import MigrationModel
import Synchronization
package import Threading

/// The collections of a platform in a dump: the folder that `mongodump` writes for a database, or the one around it. For
/// rehearsals on a copy, without a server.
package final class DumpDocuments: Documents {
    private let folder: String
    private let collections: Collections
    private let pool: BlockingPool
    /// Made when a collection is first asked, and again when its file is another one.
    private let indexes = Mutex<[String: (identity: FileIdentity, index: DumpIndex)]>([:])

    /// Looks for the collections; blocks for a moment.
    ///
    /// - Throws: ``Failure`` where there are none.
    package init(path: String, collections: Collections, pool: BlockingPool) throws {
        self.collections = collections
        self.pool = pool
        folder = try Self.folder(at: path, collections)
    }

    func place(of question: Question) -> String { path(of: question) }

    func ask<Value: Sendable>(
        _ question: Question, into value: Value, _ body: @escaping @Sendable (inout Value, DocumentView) throws -> Void
    ) async throws -> Value {
        try await pool.run { [self] in
            var value = value
            do {
                try answer(question) { try body(&value, $0) }
            } catch let broken as BrokenDocument {
                throw Failure.stored("read dump", at: place(of: question), cause: "\(broken)")
            }
            return value
        }
    }

    // MARK: - Answers

    /// A collection that was not dumped is empty, as on a server.
    private func answer(_ question: Question, _ body: (DocumentView) throws -> Void) throws {
        _ = try DumpFile.open(path(of: question)) { file in
            switch question {
            case .allHeads: try file.scan { try body($1) }
            case .heads(let course): try find([.text(course.text)], in: file, by: Self.key, body)
            case .oldCourses:
                try file.scan { _, document in
                    if try document["_id"]?.document?["category"]?.text == "course" { try body(document) }
                }
            case .anyFile: try find(anyIn: file, body)
            case .structures(let ids, _), .titles(let ids, _):
                try find(ids.map(Term.objectID), in: file, by: Self.identity, body)
            case .oldBlocks(let course):
                let (organization, name, _) = course.parts
                try find([Self.namespace(organization, name)], in: file, by: Self.namespace, body)
            case .files(let ids): try find(ids, in: file, by: Self.identity, body)
            case .chunks(let ids, _): try find(ids, in: file, by: Self.owner, body)
            }
        }
    }

    /// - Parameter terms: as for an index; what it says decides whether a document is one of those that are wanted.
    private func find(
        _ wanted: [Term], in file: DumpFile, by terms: @escaping (DocumentView) throws -> (Term, order: Int)?,
        _ body: (DocumentView) throws -> Void
    ) throws {
        let index = try index(of: file, by: terms)
        for term in wanted {
            for offset in index.offsets(of: term) {
                try file.read(at: offset) { document in
                    if try terms(document)?.0 == term { try body(document) }
                }
            }
        }
    }

    private func find(anyIn file: DumpFile, _ body: (DocumentView) throws -> Void) throws {
        if !file.isEmpty { try file.read(at: 0, body) }
    }

    private func index(
        of file: DumpFile, by terms: (DocumentView) throws -> (Term, order: Int)?
    ) throws -> DumpIndex {
        // Whoever comes meanwhile waits for it: a second scan would make nothing faster.
        try indexes.withLock { indexes in
            if let (identity, index) = indexes[file.path], identity == file.identity { return index }
            let index = try DumpIndex(file, by: terms)
            indexes[file.path] = (file.identity, index)
            return index
        }
    }

    // MARK: - Terms

    private static func identity(_ document: DocumentView) throws -> (Term, order: Int)? {
        try document["_id"].flatMap(Term.init).map { ($0, 0) }
    }

    private static func key(_ heads: DocumentView) throws -> (Term, order: Int)? {
        (.text(try SplitHeads.key(of: heads).text), 0)
    }

    private static func owner(_ chunk: DocumentView) throws -> (Term, order: Int)? {
        guard let term = try chunk["files_id"].flatMap(Term.init) else { return nil }
        return (term, try chunk["n"]?.integer ?? 0)
    }

    private static func namespace(_ block: DocumentView) throws -> (Term, order: Int)? {
        guard let id = try block["_id"]?.document, try id["tag"]?.text == "i4x",
            let organization = try id["org"]?.text, let course = try id["course"]?.text
        else { return nil }
        return (namespace(organization, course), 0)
    }

    private static func namespace(_ organization: String, _ course: String) -> Term {
        .text("\(organization)/\(course)")
    }

    // MARK: - Where it is

    private func path(of question: Question) -> String { "\(folder)/\(collections.name(question)).bson" }

    private static func folder(at path: String, _ collections: Collections) throws -> String {
        func holds(_ folder: String) -> Bool {
            [Question.allHeads, .oldCourses].contains {
                FileManager.default.fileExists(atPath: "\(folder)/\(collections.name($0)).bson")
            }
        }
        if holds(path) { return path }
        let inner = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []  // none: the sentence is below
        let folders = inner.sorted().map { "\(path)/\($0)" }.filter(holds)
        if folders.count == 1 { return folders[0] }
        let isPacked = inner.contains { $0.hasSuffix(".bson.gz") }
        let cause =
            isPacked
            ? "its collections are packed"
            : folders.isEmpty
                ? "neither \(collections.name(.allHeads)).bson nor \(collections.name(.oldCourses)).bson is in it"
                : "it holds \(folders.count) databases with courses"
        throw Failure(
            .sourceCorrupt, "open dump", at: path, cause: cause,
            advice: isPacked ? "run gunzip on them" : "name the folder that mongodump wrote for the platform's database"
        )
    }
}
#endif
