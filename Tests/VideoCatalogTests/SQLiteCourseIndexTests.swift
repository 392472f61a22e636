// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MigrationModel
import TestDoubles
import Testing
import VideoCatalog

/// The course index in an SQLite file, as far as an index in general has no say in it.
@Suite struct SQLiteCourseIndexTests {
    private let course = CourseKey(unchecked: "course-v1:A+B+C")
    private let insert = """
        INSERT INTO split_modulestore_django_splitmodulestorecourseindex VALUES
        (7, 'c1', 'course-v1:A+B+C', 'A', 'd1', 'p1', '', 'slug', 'mongodb', 4, '2018-01-01 00:00:00',
        '2018-06-02 10:00:01');
        """

    @Test func `a move is written as Django writes it`() async throws {
        try await withFile(insert) { path in
            let index = try SQLiteCatalog(path: path, now: { CourseIndexContract.now }).index
            // Django leaves the fraction out where it is none.
            var heads = try #require(try await index.heads(of: course))
            #expect(heads.lastUpdate == "2018-06-02 10:00:01")
            (heads.draft, heads.published) = ("d2", nil)
            #expect(try await index.move(to: heads))
            let now = "2026-11-23 00:51:54.158667"
            let row: Row = [
                "id": 7, "objectid": "c1", "course_id": "course-v1:A+B+C", "org": "A", "draft_version": "d2",
                "published_version": "", "library_version": "", "wiki_slug": "slug", "base_store": "mongodb",
                "edited_by_id": -1, "edited_on": now, "last_update": now,
            ]
            #expect(try rows(path, "split_modulestore_django_splitmodulestorecourseindex") == [row])
            let change: Row = [
                "id": 7, "objectid": "c1", "course_id": "course-v1:A+B+C", "org": "A", "draft_version": "d2",
                "published_version": "", "library_version": "", "wiki_slug": "slug", "base_store": "mongodb",
                "edited_by_id": -1, "edited_on": now, "last_update": now, "history_id": 1, "history_date": now,
                "history_change_reason": nil, "history_type": "~", "history_user_id": nil,
            ]
            #expect(try rows(path, "split_modulestore_django_historicalsplitmodulestorecourseindex") == [change])
        }
    }

    @Test func `times are compared to the letter and not by what they mean`() async throws {
        try await withFile(insert) { path in
            let index = try SQLiteCatalog(path: path, now: { .now }).index
            let heads = IndexedHeads(
                course: course, draft: "d2", published: nil, lastUpdate: "2018-06-02 10:00:01.000000")
            #expect(try await !index.move(to: heads))
        }
    }

    @Test func `a move under what is no time is refused`() async throws {
        try await withFile(insert) { path in
            let index = try SQLiteCatalog(path: path, now: { .now }).index
            for text in ["", "2018-06-02", "2018-06-02T10:00:01Z", "2018-13-02 10:00:01"] {
                let heads = IndexedHeads(course: course, draft: "d2", published: nil, lastUpdate: text)
                try await requireFailure(.bug, "a move under \"\(text)\"") { _ = try await index.move(to: heads) }
            }
        }
    }

    @Test func `a history that refuses a row takes the move back`() async throws {
        let trigger = """
            CREATE TRIGGER refuse BEFORE INSERT ON split_modulestore_django_historicalsplitmodulestorecourseindex
            BEGIN SELECT raise(ABORT, 'refused'); END;
            """
        try await withFile(insert + trigger) { path in
            let index = try SQLiteCatalog(path: path, now: { .now }).index
            let heads = try #require(try await index.heads(of: course))
            let moved = IndexedHeads(course: course, draft: "d2", published: nil, lastUpdate: heads.lastUpdate)
            try await requireFailure(.bug, "the move") { _ = try await index.move(to: moved) }
            #expect(try await index.heads(of: course) == heads)
        }
    }

    @Test func `an index of another shape is refused with the difference, and the catalog is not`() async throws {
        let change = """
            ALTER TABLE split_modulestore_django_splitmodulestorecourseindex DROP COLUMN draft_version;
            ALTER TABLE split_modulestore_django_splitmodulestorecourseindex DROP COLUMN base_store;
            """
        try await withFile(change) { path in
            let catalog = try SQLiteCatalog(path: path, now: { .now })
            let reader = try SQLiteCatalog.reader(path: path)
            for index: any CourseIndex in [catalog.index, reader.index] {
                let failure = try await #require(throws: Failure.self) { _ = try await index.isThere() }
                #expect(failure.class == .bug)
                let table = "split_modulestore_django_splitmodulestorecourseindex"
                #expect(failure.cause == "it has no column \(table).base_store, no column \(table).draft_version")
                try await requireFailure(.bug, "asking for heads") { _ = try await index.heads(of: course) }
            }
            _ = try await catalog.commit(VideoCatalogContract.commit("v1", ["en": "a.srt"]))
            #expect(try await reader.rows(of: ["v1"])["v1"]?.map(\.object) == ["a.srt"])
        }
    }

    @Test(arguments: [
        ("DROP COLUMN history_type", "history_type"),
        ("RENAME COLUMN history_user_id TO changed_by", "history_user_id"),
    ])
    func `a history of another shape is refused to who would write it, and to nobody else`(
        _ change: String, _ column: String
    ) async throws {
        let table = "split_modulestore_django_historicalsplitmodulestorecourseindex"
        try await withFile(insert + "ALTER TABLE \(table) \(change)") { path in
            #expect(try await SQLiteCatalog.reader(path: path).index.heads(of: course)?.draft == "d1")
            let index = try SQLiteCatalog(path: path, now: { .now }).index
            let failure = try await #require(throws: Failure.self) { _ = try await index.isThere() }
            #expect(failure.cause == "it has no column \(table).\(column)")
        }
    }

    @Test func `a reader of no file finds no index, until there is one`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            let index = try SQLiteCatalog.reader(path: path).index
            #expect(try await !index.isThere())
            try await requireFailure(.bug, "asking for all heads") { _ = try await index.allHeads() }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            _ = try IndexedDatabasePlatform(path: path)
            #expect(try await index.isThere())
            #expect(try await index.allHeads() == [])
        }
    }

    /// What another program sees in a table.
    private func rows(_ path: String, _ table: String) throws -> [Row] {
        try DatabaseQueue(path: path).read { try Row.fetchAll($0, sql: "SELECT * FROM \(table) ORDER BY id") }
    }

    /// With edx-val's tables and the index's, and then with what `sql` does.
    private func withFile(_ sql: String, _ body: (String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            _ = try IndexedDatabasePlatform(path: path)
            try await DatabaseQueue(path: path).writeWithoutTransaction { try $0.execute(sql: sql) }
            try await body(path)
        }
    }
}
