// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// A row of the platform's course index, with everything that stands there.
package struct CourseIndexRow: Sendable, Hashable {
    /// `course-v1:` or `library-v1:`.
    package let key: String
    /// Hexadecimal digits, or none.
    package var draft, published, library: String
    package let objectID, organization, wikiSlug, baseStore: String
    package var editor: Int64?
    /// Microseconds since 1970.
    package var editedOn, lastUpdate: Int64

    /// A row as the platform makes it: a library has one head of its own.
    package init(
        _ key: String, draft: String = "", published: String = "", library: String = "", objectID: String,
        organization: String = "AcmeX", wikiSlug: String = "AcmeX.Bio1.2018_T1", baseStore: String = "mongodb",
        editor: Int64? = 4, editedOn: Int64 = 1_511_918_959_112_345, lastUpdate: Int64
    ) {
        self.key = key
        (self.draft, self.published, self.library) = (draft, published, library)
        (self.objectID, self.organization) = (objectID, organization)
        (self.wikiSlug, self.baseStore) = (wikiSlug, baseStore)
        (self.editor, self.editedOn, self.lastUpdate) = (editor, editedOn, lastUpdate)
    }
}

/// What the index's history says of one change.
package struct CourseIndexChange: Sendable, Hashable {
    /// The row as it was after it.
    package let row: CourseIndexRow
    /// Microseconds since 1970.
    package let date: Int64
    /// `+`, `~` or `-`.
    package let type: String
    package let reason: String?
    package let user: Int64?

    package init(row: CourseIndexRow, date: Int64, type: String, reason: String?, user: Int64?) {
        (self.row, self.date, self.type, self.reason, self.user) = (row, date, type, reason, user)
    }
}

/// A platform whose course index is put to the proof: what it does there and sees by itself, without the code under test.
package protocol IndexedPlatform: Sendable {
    /// Opens the index as a run does; its clock stands at ``CourseIndexContract/now``.
    func index() throws -> any WritableCourseIndex

    /// Opens it as somebody does who only reads.
    func reader() throws -> any CourseIndex

    /// Adds a row, as for a course that was just made.
    func insert(_ row: CourseIndexRow) async throws

    /// Moves heads and stamps the time, as a save in Studio does: whatever its row says.
    func save(_ row: CourseIndexRow) async throws

    /// All rows in the order in which they were inserted.
    func rows() async throws -> [CourseIndexRow]

    /// All changes, oldest first.
    func history() async throws -> [CourseIndexChange]

    /// Is from now on of a release that has no index, or keeps no history of it.
    func drop(historyAlone: Bool) async throws
}
