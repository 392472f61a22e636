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
    /// As it stands there, whatever it is: what a change is made under. nil where nothing does.
    let lastUpdate: Term?
    /// The same as SQL says it; nil where the heads are known from MongoDB.
    let indexed: IndexedHeads?
    /// A library has one head of its own, and no transcripts to migrate.
    let isLibrary: Bool

    /// - Throws: ``Failure`` where a head is none; ``BrokenDocument``.
    init(_ document: DocumentView) throws {
        id = try document["_id"]?.objectID
        lastUpdate = try document["last_update"].flatMap(Term.init)
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
#endif
