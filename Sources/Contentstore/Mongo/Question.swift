// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

/// All that is ever asked of a platform's collections: one query to a server each, however much it is about.
enum Question: Sendable {
    /// The heads of every course and library of split.
    case allHeads
    /// Those of one course.
    case heads(of: CourseKey)
    /// Structures with what is needed of their blocks; from the primary where another member may not have them yet.
    case structures([ObjectID], isFresh: Bool = false)
    /// Structures with their course blocks alone, for the titles; from the primary as above.
    case titles([ObjectID], isFresh: Bool = false)
    /// The course blocks of the old modulestore.
    case oldCourses
    /// Every block of an old course, of all its runs.
    case oldBlocks(of: CourseKey)
    /// What the contentstore says of assets.
    case files([Term])
    /// Any one of them: whether this is a contentstore at all.
    case anyFile
    /// Their bytes, of each file in order; from the primary as above.
    case chunks([Term], isFresh: Bool = false)
}

/// A platform's collections: on a server, or in a dump of it.
protocol Documents: Sendable {
    /// Hands every document that answers to `body`, on a thread that may block, and returns what came of them all.
    ///
    /// - Throws: ``Failure`` from the place; what `body` throws.
    func ask<Value: Sendable>(
        _ question: Question, into value: Value, _ body: @escaping @Sendable (inout Value, DocumentView) throws -> Void
    ) async throws -> Value

    /// Where something stands, for a failure: `edxapp.fs.chunks`.
    func place(of question: Question) -> String
}
#endif
