// SPDX-License-Identifier: Apache-2.0

/// Which structures are a split course's heads, as the platform's SQL says. Open edX: section 4.4.
package struct IndexedHeads: Sendable, Hashable {
    package let course: CourseKey
    /// 24 hexadecimal digits each; nil for a head that the course does not have.
    package var draft, published: String?
    /// When the row was last written, exactly as the database says it: what a change is made under.
    package let lastUpdate: String

    package init(course: CourseKey, draft: String?, published: String?, lastUpdate: String) {
        (self.course, self.draft, self.published, self.lastUpdate) = (course, draft, published, lastUpdate)
    }
}

/// The index of split courses that newer releases keep in SQL, and read instead of the one in MongoDB.
///
/// Every method may be called again and from any task; none blocks the caller's thread. Errors are ``Failure``; of class
/// `bug` where the platform has no index and is asked for heads all the same.
package protocol CourseIndex: Sendable {
    /// Whether the platform has one. A release that has none reads MongoDB's.
    ///
    /// - Throws: ``Failure`` where that cannot be known, and where it has one whose columns are not those that we know.
    func isThere() async throws -> Bool

    /// All courses, without libraries, in the order of their keys' bytes. By one query.
    func allHeads() async throws -> [IndexedHeads]

    /// One course; nil where it has no row.
    func heads(of course: CourseKey) async throws -> IndexedHeads?
}

/// The same for cut-over, which alone may move heads.
package protocol WritableCourseIndex: CourseIndex {
    /// Makes `heads.draft` and `heads.published` the course's heads if nobody has written its row since `heads.lastUpdate`,
    /// and keeps the change in the table's history as the platform does. One transaction.
    ///
    /// - Returns: false where somebody has: nothing was changed.
    /// - Throws: ``Failure``, of class `ambiguous` when the answer to the commit was lost: read, then decide. What
    ///   ``heads(of:)`` of a writable index says, no change can still alter that was begun before.
    func move(to heads: IndexedHeads) async throws -> Bool

    /// Tries what a move writes, on no row.
    ///
    /// - Throws: ``Failure``, of class `auth` where a right is missing, which its cause names.
    func tryOut() async throws
}
