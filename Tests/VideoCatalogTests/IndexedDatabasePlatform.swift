// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MigrationModel
import TestDoubles
@testable import VideoCatalog

#if MySQL
import MariaDB
#endif

/// A platform with its course index in a database, which it uses with statements of its own.
struct IndexedDatabasePlatform: IndexedPlatform {
    /// How a database makes a time of the microseconds that a parameter is, and microseconds of a column.
    private let time: String
    private let microseconds: @Sendable (String) -> String
    private let openIndex: @Sendable () throws -> any WritableCourseIndex
    private let openReader: @Sendable () throws -> any CourseIndex
    private let ask: @Sendable (String, [CatalogValue]) throws -> [[CatalogValue]]

    /// In a new file at `path`.
    init(path: String) throws {
        time = "strftime('%Y-%m-%d %H:%M:%S', ?1 / 1000000, 'unixepoch') || printf('.%06d', ?1 % 1000000)"
        microseconds = { "strftime('%s', substr(\($0), 1, 19)) * 1000000 + substr(\($0), 21, 6)" }
        openIndex = { try SQLiteCatalog(path: path, now: { CourseIndexContract.now }).index }
        openReader = { try SQLiteCatalog.reader(path: path).index }
        ask = { sql, values in
            try DatabaseQueue(path: path).write { try SQLiteSession(database: $0).rows(sql, values) }
        }
        // It makes edx-val's tables.
        _ = try SQLiteCatalog(path: path, now: { .now })
        for statement in CourseIndexTables.sqlite { _ = try ask(statement, []) }
    }

    #if MySQL
    /// In a database that has edx-val's tables.
    init(_ address: ServerAddress, password: String) throws {
        time = "CAST(TIMESTAMP'1970-01-01 00:00:00' + INTERVAL ? MICROSECOND AS CHAR)"
        microseconds = { "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', \($0))" }
        openIndex = {
            try MySQLCatalog(address, password: password, width: 8, now: { CourseIndexContract.now }).index
        }
        openReader = { try MySQLCatalogReader(address, password: password, width: 2).index }
        ask = { sql, values in
            let connection = try ServerConnection(address, password: password, deadlines: ServerDeadlines())
            return try MySQLSession(connection: connection).rows(sql, values)
        }
        for statement in CourseIndexTables.mysql { _ = try ask(statement, []) }
    }
    #endif

    func index() throws -> any WritableCourseIndex { try openIndex() }
    func reader() throws -> any CourseIndex { try openReader() }

    func insert(_ row: CourseIndexRow) throws {
        _ = try ask(
            """
            INSERT INTO split_modulestore_django_splitmodulestorecourseindex
                (objectid, course_id, org, draft_version, published_version, library_version, wiki_slug, base_store,
                edited_by_id, edited_on, last_update)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(row.objectID), .text(row.key), .text(row.organization), .text(row.draft), .text(row.published),
                .text(row.library), .text(row.wikiSlug), .text(row.baseStore),
                row.editor.map(CatalogValue.integer) ?? .null, try text(row.editedOn), try text(row.lastUpdate),
            ])
    }

    func save(_ row: CourseIndexRow) throws {
        _ = try ask(
            """
            UPDATE split_modulestore_django_splitmodulestorecourseindex
            SET draft_version = ?, published_version = ?, last_update = ? WHERE course_id = ?
            """, [.text(row.draft), .text(row.published), try text(row.lastUpdate), .text(row.key)])
    }

    func rows() throws -> [CourseIndexRow] {
        try ask(
            "SELECT \(columns) FROM split_modulestore_django_splitmodulestorecourseindex ORDER BY id", []
        ).map(CourseIndexRow.init)
    }

    func history() throws -> [CourseIndexChange] {
        try ask(
            """
            SELECT \(columns), \(microseconds("history_date")), history_type, history_change_reason, history_user_id
            FROM split_modulestore_django_historicalsplitmodulestorecourseindex ORDER BY history_id
            """, []
        ).map { values in
            CourseIndexChange(
                row: CourseIndexRow(values), date: values[11].integer ?? 0, type: values[12].text ?? "",
                reason: values[13].text, user: values[14].integer)
        }
    }

    func drop(historyAlone: Bool) throws {
        _ = try ask("DROP TABLE split_modulestore_django_historicalsplitmodulestorecourseindex", [])
        if !historyAlone { _ = try ask("DROP TABLE split_modulestore_django_splitmodulestorecourseindex", []) }
    }

    private var columns: String {
        "course_id, draft_version, published_version, library_version, objectid, org, wiki_slug, base_store, "
            + "edited_by_id, \(microseconds("edited_on")), \(microseconds("last_update"))"
    }

    private func text(_ microseconds: Int64) throws -> CatalogValue {
        try ask("SELECT \(time)", [.integer(microseconds)])[0][0]
    }
}

extension CourseIndexRow {
    fileprivate init(_ values: [CatalogValue]) {
        func text(_ index: Int) -> String { values[index].text ?? "" }
        self.init(
            text(0), draft: text(1), published: text(2), library: text(3), objectID: text(4),
            organization: text(5), wikiSlug: text(6), baseStore: text(7), editor: values[8].integer,
            editedOn: values[9].integer ?? 0, lastUpdate: values[10].integer ?? 0)
    }
}
