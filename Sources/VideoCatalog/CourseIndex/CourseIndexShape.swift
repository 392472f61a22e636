// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// What the tables of the platform's course index look like, as far as it matters to us. Open edX: section 4.4.
struct CourseIndexShape: Sendable {
    static let table = "split_modulestore_django_splitmodulestorecourseindex"
    static let history = "split_modulestore_django_historicalsplitmodulestorecourseindex"
    /// What a row says; the history has all of it again for each change.
    static let columns = [
        "id", "objectid", "course_id", "org", "draft_version", "published_version", "library_version", "wiki_slug",
        "base_store", "edited_by_id", "edited_on", "last_update",
    ]
    private static let historyColumns =
        columns + ["history_id", "history_date", "history_type", "history_change_reason", "history_user_id"]

    let isThere: Bool
    let keepsHistory: Bool
    /// Why heads cannot be read from it, or nil.
    let readingObjection: String?
    /// Why heads cannot be moved in it, or nil.
    let writingObjection: String?

    init(of tables: CatalogTables) {
        isThere = tables.columns[Self.table] != nil
        keepsHistory = isThere && tables.columns[Self.history] != nil
        let missing = isThere ? tables.missing(Self.columns, in: Self.table) : []
        let missingOfHistory = keepsHistory ? tables.missing(Self.historyColumns, in: Self.history) : []
        let foreign = keepsHistory ? tables.foreign(to: Set(Self.historyColumns), in: Self.history) : []
        readingObjection = missing.isEmpty ? nil : "it has no \(missing.joined(separator: ", no "))"
        let allMissing = missing + missingOfHistory
        writingObjection =
            (allMissing.isEmpty ? nil : "it has no \(allMissing.joined(separator: ", no "))")
            ?? (foreign.isEmpty ? nil : "it wants values that we do not know for \(foreign.joined(separator: ", "))")
    }

    /// Whether a table was among those that it was made of.
    func describes(_ name: String) -> Bool { name == Self.table ? isThere : keepsHistory }

    /// A refusal to use the index in the database at `place`.
    static func refusal(_ objection: String, at place: String) -> Failure {
        Failure(
            .bug, "use the platform's course index", at: place, cause: objection,
            advice: "use a platform whose tables edX's own migrations made, of a release that this program knows"
        )
    }

    /// Somebody wants what only an index has, in a database that has none.
    static func absence(at place: String) -> Failure {
        Failure(
            .bug, "use the platform's course index", at: place, cause: "there is no table \(table)",
            advice: "ask first whether it is there; a platform without it reads its heads in MongoDB"
        )
    }
}
