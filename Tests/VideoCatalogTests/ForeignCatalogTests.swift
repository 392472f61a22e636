// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MigrationModel
import TestDoubles
import Testing
@testable import VideoCatalog

/// Catalog files that somebody else made.
@Suite struct ForeignCatalogTests {
    private let videos = """
        CREATE TABLE edxval_video (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, created datetime NOT NULL,
        edx_video_id varchar(100) NOT NULL UNIQUE, client_video_id varchar(255) NOT NULL, duration real NOT NULL,
        status varchar(255) NOT NULL);
        """
    private let transcripts = """
        CREATE TABLE edxval_videotranscript (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, created datetime NOT NULL,
        modified datetime NOT NULL, transcript varchar(255) NULL, language_code varchar(50) NOT NULL,
        provider varchar(30) NOT NULL, file_format varchar(20) NOT NULL,
        video_id integer NULL REFERENCES edxval_video (id) DEFERRABLE INITIALLY DEFERRED);
        """
    private let key = "CREATE UNIQUE INDEX one ON edxval_videotranscript (video_id, language_code);"

    @Test func `an older file without flags, tasks and error_description is used as it is`() async throws {
        try await withFile(videos + transcripts + key) { path in
            let catalog = try SQLiteCatalog(path: path, now: { .now })
            _ = try await catalog.commit(VideoCatalogContract.commit("v1", ["en": "a.srt"]))
            let course = CourseKey(unchecked: "course-v1:A+B+C")
            #expect(try await catalog.flag(of: course) == FlagState(isAvailable: false, isOn: false))
            try await requireFailure(.bug, "switching on") { try await catalog.switchOn(course) }
            try await catalog.record(FailedTask(course: course, exception: "x"))
            try await catalog.resolveFailedTasks(of: course)
            let file = try DatabaseQueue(path: path)
            #expect(try await file.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
            #expect(try await file.read { try $0.tableExists("celery_utils_failedtask") } == false)
        }
    }

    /// Open edX: of rows for the whole platform the newest one counts, by date and then by number.
    @Test(
        arguments: [
            ([], .off), ([("2018-01-01", true, false)], .byCourse), ([("2018-01-01", true, true)], .allCourses),
            ([("2018-01-01", false, true)], .off),
            ([("2018-01-02", true, true), ("2018-01-01", false, false)], .allCourses),
            ([("2018-01-01", true, true), ("2018-01-01", true, false)], .byCourse),
        ] as [([(String, Bool, Bool)], FlagState.Platform)])
    func `the platform's own flag is what its newest row says`(
        _ rows: [(day: String, enabled: Bool, forAll: Bool)], _ platform: FlagState.Platform
    ) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            let catalog = try SQLiteCatalog(path: path, now: { .now })
            for row in rows {
                try await DatabaseQueue(path: path).write {
                    try $0.execute(
                        sql: """
                            INSERT INTO video_config_videotranscriptenabledflag
                            (change_date, enabled, enabled_for_all_courses) VALUES (?, ?, ?)
                            """, arguments: [row.day, row.enabled, row.forAll])
                }
            }
            let course = CourseKey(unchecked: "course-v1:A+B+C")
            #expect(
                try await catalog.flag(of: course) == FlagState(isAvailable: true, isOn: false, platform: platform))
        }
    }

    @Test func `a file without a log is left without one and keeps its promises`() async throws {
        // The first few: each commit is synced for itself here, and the others make many.
        for promise in VideoCatalogContract.cases.prefix(4) {
            try await withTemporaryFolder { folder in
                let path = "\(folder)/catalog.sqlite"
                _ = try SQLiteCatalog(path: path, now: { .now })
                try await DatabaseQueue(path: path).writeWithoutTransaction {
                    _ = try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE")
                }
                let catalog = try SQLiteCatalog(path: path, now: { .now })
                try await promise.verify(catalog)
                #expect(!FileManager.default.fileExists(atPath: "\(path)-wal"))
            }
        }
    }

    @Test(arguments: [
        ("CREATE TABLE other (id integer)", "it has no table edxval_video"),
        ("ALTER TABLE edxval_video DROP COLUMN status", "it has no column edxval_video.status"),
        ("DROP INDEX one", "unique on edxval_videotranscript (video_id, language_code)"),
    ])
    func `a file that does not fit is refused with the difference`(_ change: String, _ difference: String) async throws
    {
        let base = change.hasPrefix("CREATE") ? "" : videos + transcripts + key
        try await withFile(base + change) { path in
            let before = try Data(contentsOf: URL(filePath: path))
            let failure = try #require(throws: Failure.self) { try SQLiteCatalog(path: path, now: { .now }) }
            #expect(failure.class == .bug)
            #expect(failure.cause.contains(difference), "\(failure.cause)")
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
    }

    @Test func `a column that wants a value we do not know is named`() async throws {
        let changed = videos.replacingOccurrences(of: "status varchar", with: "owner text NOT NULL, status varchar")
        try await withFile(changed + transcripts + key) { path in
            let failure = try #require(throws: Failure.self) { try SQLiteCatalog(path: path, now: { .now }) }
            #expect(failure.cause.contains("edxval_video.owner"), "\(failure.cause)")
            // A dry run may still read it.
            #expect(try await SQLiteCatalog.reader(path: path).rows(of: ["v1"]).isEmpty)
        }
    }

    @Test func `a file from before transcripts had a foreign key is refused`() async throws {
        let old = transcripts.replacingOccurrences(of: "video_id integer NULL", with: "video_id varchar(255) NULL")
        try await withFile(videos + old + key) { path in
            let failure = try #require(throws: Failure.self) { try SQLiteCatalog.reader(path: path) }
            #expect(failure.cause.contains("integer column edxval_videotranscript.video_id"), "\(failure.cause)")
        }
    }

    @Test func `a language key that folds case is noticed and obeyed`() async throws {
        let folding = transcripts.replacingOccurrences(of: "varchar(50)", with: "varchar(50) COLLATE NOCASE")
        try await withFile(videos + folding + key) { path in
            let catalog = try SQLiteCatalog(path: path, now: { .now })
            #expect(catalog.foldsLanguageCase)
            _ = try await catalog.commit(VideoCatalogContract.commit("v1", ["zh-CN": "a.srt"]))
            let receipt = try await catalog.commit(VideoCatalogContract.commit("v1", ["zh-cn": "b.srt"]))
            #expect(receipt.inserted == [])
            #expect(receipt.alreadyThere["zh-cn"]?.language == "zh-CN")
        }
    }

    @Test func `what is no database is refused and left alone`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            let text = Data(String(repeating: "this is no database at all\n", count: 200).utf8)
            try text.write(to: URL(filePath: path))
            let failure = try #require(throws: Failure.self) { try SQLiteCatalog(path: path, now: { .now }) }
            #expect(failure.class == .bug)
            #expect(try Data(contentsOf: URL(filePath: path)) == text)
        }
    }

    @Test func `a reader of no file reads nothing and makes none`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            let reader = try SQLiteCatalog.reader(path: path)
            #expect(try await reader.rows(of: ["v1"]).isEmpty)
            #expect(try await reader.rows(withKeys: ["k"]).isEmpty)
            let course = CourseKey(unchecked: "course-v1:A+B+C")
            #expect(try await reader.flag(of: course) == FlagState(isAvailable: true, isOn: false))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)

            let catalog = try SQLiteCatalog(path: path, now: { .now })
            _ = try await catalog.commit(VideoCatalogContract.commit("v1", ["en": "a.srt"]))
            #expect(try await reader.rows(of: ["v1"])["v1"]?.map(\.object) == ["a.srt"])
            try await catalog.switchOn(course)
            #expect(try await reader.flag(of: course).isOn)
        }
    }

    private func withFile(_ sql: String, _ body: (String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            try await DatabaseQueue(path: path).writeWithoutTransaction { try $0.execute(sql: sql) }
            try await body(path)
        }
    }
}
