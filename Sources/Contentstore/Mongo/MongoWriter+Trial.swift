// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
package import MigrationModel

extension MongoWriter {
    /// In the modulestores that have courses, and in the SQL index where the platform has one.
    package func tryOut() async throws -> [WriteTrial] {
        let isIndexed = try await index?.isThere() ?? false
        let (old, split) = try await documents.write("try to write", to: .structures([]), canChange: false) {
            [documents] client, collections in
            let trials = Trials(client: client, collections: collections, documents: documents)
            return (try trials.ofOld(), try trials.ofSplit(isIndexed: isIndexed))
        }
        guard isIndexed, let index, !split.isEmpty else { return split + old }
        return try await split + [Self.trial(of: index)] + old
    }

    private static func trial(of index: any WritableCourseIndex) async throws -> WriteTrial {
        let right = "UPDATE on the SQL course index, INSERT on its history"
        do {
            try await index.tryOut()
            return WriteTrial(right: right, refusal: nil)
        } catch let failure as Failure where failure.class == .auth {
            return WriteTrial(right: right, refusal: failure.cause)
        }
    }

    /// Those that are made in MongoDB. A server looks at rights before it looks for what is to be written, or at it.
    private struct Trials {
        let client: MongoClient
        let collections: Collections
        let documents: ServerDocuments

        /// - Parameter isIndexed: whether SQL has the heads; MongoDB's own may not be kept then.
        func ofSplit(isIndexed: Bool) throws -> [WriteTrial] {
            let (heads, structures) = (Question.allHeads, Question.structures([]))
            // Libraries are never written to.
            let hasHeads = try isThere(["versions.library": ["$exists": .flag(false)]], in: heads)
            guard try hasHeads || (isIndexed && isThere([:], in: structures)) else { return [] }
            let insert = try trial("insert", structures) { try client.tryInsert(into: collections.name(structures)) }
            return hasHeads ? [insert, try update(heads)] : [insert]
        }

        func ofOld() throws -> [WriteTrial] {
            // Nor are the platform's own templates.
            let isCourse: Fields = ["_id.category": .text("course"), "_id.course": ["$ne": .text("templates")]]
            return try isThere(isCourse, in: .oldCourses) ? [update(.oldCourses)] : []
        }

        /// What no document has for its name finds none.
        private func update(_ question: Question) throws -> WriteTrial {
            try trial("update", question) {
                _ = try client.set(
                    ["edited_by": .integer(StructureCopy.editor)], where: ["_id": .objectID(ObjectID.make())],
                    in: collections.name(question))
            }
        }

        private func isThere(_ filter: Fields, in question: Question) throws -> Bool {
            var find = MongoClient.Find(collections.name(question), filter, projection: ["_id": 1], isFresh: true)
            find.limit = 1
            var isThere = false
            try client.find(find) { _ in isThere = true }
            return isThere
        }

        private func trial(_ action: String, _ question: Question, _ body: () throws -> Void) throws -> WriteTrial {
            let right = "\(action) on \(documents.place(of: question))"
            do {
                try body()
                return WriteTrial(right: right, refusal: nil)
            } catch let error as MongoError where error.isUnauthorized {
                return WriteTrial(right: right, refusal: Failure.cause(of: error))
            } catch is MongoClient.StoredAnyway {
                throw Failure(
                    .bug, "try to write", at: documents.place(of: question),
                    cause: "the server has stored a document whose _id is an empty list, as no MongoDB does",
                    advice: "remove that document; run with --no-write-back")
            }
        }
    }
}
#endif
