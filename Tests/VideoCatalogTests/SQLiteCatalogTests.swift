// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MigrationModel
import TestDoubles
import Testing
@testable import VideoCatalog

@Suite struct SQLiteCatalogTests {
    private let course = CourseKey(unchecked: "course-v1:A+B+C")

    @Test func `rows are written as edx-val writes them`() async throws {
        try await withCatalog { catalog, path in
            _ = try await catalog.commit(VideoCatalogContract.commit("v1", ["en": "video-transcripts/a.srt"]))
            let now = "2026-11-23 00:51:54.158667"
            let video: Row = [
                "id": 1, "created": now, "edx_video_id": "v1", "client_video_id": "external-video", "duration": 0.0,
                "status": "external", "error_description": nil,
            ]
            #expect(try rows(path, "edxval_video") == [video])
            let transcript: Row = [
                "id": 1, "created": now, "modified": now, "transcript": "video-transcripts/a.srt",
                "language_code": "en", "provider": "Custom", "file_format": "srt", "video_id": 1,
            ]
            #expect(try rows(path, "edxval_videotranscript") == [transcript])
        }
    }

    @Test func `a file that is made has all tables, the profiles and a log`() async throws {
        try await withCatalog { _, path in
            let file = try DatabaseQueue(path: path)
            let tables = try await file.read {
                try String.fetchAll($0, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            }
            #expect(
                tables == [
                    "celery_utils_failedtask", "django_migrations", "edxval_coursevideo", "edxval_encodedvideo",
                    "edxval_profile", "edxval_thirdpartytranscriptcredentialsstate", "edxval_transcriptpreference",
                    "edxval_video", "edxval_videoimage", "edxval_videotranscript", "sqlite_sequence",
                    "video_config_coursevideotranscriptenabledflag", "video_config_videotranscriptenabledflag",
                ]
            )
            let profiles = try await file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM edxval_profile") }
            #expect(profiles == 7)
            #expect(try await file.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        }
    }

    @Test func `commits are there when the file is opened again`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            try await VideoCatalogContract.commitMany(SQLiteCatalog(path: path, now: { .now }), count: 200)
            let videos = Set((0..<200).map { VideoID(unchecked: "many-\($0)") })
            let found = try await SQLiteCatalog(path: path, now: { .now }).rows(of: videos)
            #expect(found.values.reduce(0) { $0 + $1.count } == 400)
        }
    }

    @Test func `who only reads leaves nothing beside the file, and changes no row of it`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            _ = try await SQLiteCatalog(path: path, now: { .now }).commit(
                VideoCatalogContract.commit("v1", ["en": "a.srt"]))
            func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder) }
            #expect(try names() == ["catalog.sqlite"])
            do {
                let reader = try SQLiteCatalogReader(path: path)
                #expect(try await reader.newestObjects(1) == ["a.srt"])
                let connection = try #require(try reader.opened()).connection
                let failure = await #expect(throws: Failure.self) {
                    try await connection.run("change a row", at: path) {
                        try $0.execute(sql: "DELETE FROM edxval_videotranscript")
                    }
                }
                #expect(failure?.cause.contains("readonly") == true, "\(failure?.cause ?? "it did")")
                #expect(try await reader.newestObjects(1) == ["a.srt"])
            }
            #expect(try names() == ["catalog.sqlite"])
        }
    }

    /// The reader is not the last one to go: the log stays with whoever writes.
    @Test func `a reader that goes leaves a writer its log`() async throws {
        try await withCatalog { catalog, path in
            _ = try await catalog.commit(VideoCatalogContract.commit("v1", ["en": "a.srt"]))
            do { #expect(try await SQLiteCatalogReader(path: path).newestObjects(1) == ["a.srt"]) }
            _ = try await catalog.commit(VideoCatalogContract.commit("v2", ["en": "b.srt"]))
            #expect(try await SQLiteCatalogReader(path: path).newestObjects(1) == ["b.srt"])
        }
    }

    @Test func `a row that Django adds meanwhile wins`() async throws {
        try await withCatalog { catalog, path in
            let django = try DatabaseQueue(path: path)
            _ = try await catalog.commit(VideoCatalogContract.commit("v1", [:]))
            try await django.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO edxval_videotranscript
                            (created, modified, transcript, language_code, provider, file_format, video_id)
                        VALUES ('2026-01-01', '2026-01-01', 'theirs.srt', 'en', 'Cielo24', 'srt', 1)
                        """
                )
            }
            let receipt = try await catalog.commit(
                VideoCatalogContract.commit("v1", ["en": "ours.srt", "fr": "f.srt"])
            )
            #expect(receipt.inserted == ["fr"])
            #expect(receipt.alreadyThere["en"]?.object == "theirs.srt")
            #expect(receipt.alreadyThere["en"]?.provider == "Cielo24")
        }
    }

    @Test func `two writers of the same videos insert each row once`() async throws {
        try await withCatalog { catalog, path in
            let other = try SQLiteCatalog(path: path, now: { .now })
            let receipts = try await withThrowingTaskGroup(of: CommitReceipt.self) { group in
                for number in 0..<100 {
                    let writer = number % 2 == 0 ? catalog : other
                    let video = VideoID(unchecked: "v\(number / 2)")
                    let key = ObjectKey(unchecked: "\(number).srt")
                    group.addTask { try await writer.commit(VideoCatalogContract.commit(video, ["en": key])) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(receipts.filter(\.createdVideo).count == 50)
            #expect(receipts.filter { $0.inserted == ["en"] }.count == 50)
        }
    }

    @Test func `a commit that fails fails alone and changes nothing`() async throws {
        try await withCatalog { catalog, path in
            try await DatabaseQueue(path: path).write { database in
                try database.execute(
                    sql: """
                        CREATE TRIGGER refuse BEFORE INSERT ON edxval_videotranscript WHEN new.language_code = 'xx'
                        BEGIN SELECT raise(ABORT, 'refused'); END
                        """
                )
            }
            let outcomes = await withTaskGroup(of: Failure.Class?.self) { group in
                for number in 0..<20 {
                    let objects: [LanguageCode: ObjectKey] =
                        number == 7 ? ["en": "a", "xx": "b"] : ["en": ObjectKey(unchecked: "\(number)")]
                    let commit = VideoCatalogContract.commit(VideoID(unchecked: "v\(number)"), objects)
                    group.addTask {
                        do {
                            _ = try await catalog.commit(commit)
                            return nil
                        } catch {
                            return Failure(error, "commit", at: "test").class
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.compactMap(\.self) == [.bug])
            #expect(try await catalog.rows(of: ["v7"]).isEmpty)
            #expect(try await catalog.rows(of: Set((0..<20).map { VideoID(unchecked: "v\($0)") })).count == 19)
        }
    }

    @Test func `after a log that cannot be synced nothing is vouched for`() async throws {
        try await withCatalog { catalog, path in
            _ = try await catalog.commit(VideoCatalogContract.commit("v1", ["en": "a.srt"]))
            try FileManager.default.removeItem(atPath: "\(path)-wal")
            for video: VideoID in ["v2", "v3"] {
                try await requireFailure(.ambiguous, "the commit") {
                    _ = try await catalog.commit(VideoCatalogContract.commit(video, ["en": "b.srt"]))
                }
            }
            try await requireFailure(.transient, "the look at its rows") { _ = try await catalog.rows(of: ["v2"]) }
        }
    }

    @Test func `the newest row of a flag counts, whatever clock wrote it`() async throws {
        try await withCatalog { catalog, path in
            let insert = """
                INSERT INTO video_config_coursevideotranscriptenabledflag (change_date, enabled, course_id) VALUES (?, ?, ?)
                """
            let (django, key) = (try DatabaseQueue(path: path), course.text)
            try await django.write { try $0.execute(sql: insert, arguments: ["2026-01-02 00:00:00", true, key]) }
            try await django.write { try $0.execute(sql: insert, arguments: ["2026-01-01 00:00:00.5", false, key]) }
            #expect(try await catalog.flag(of: course).isOn)
            try await django.write { try $0.execute(sql: insert, arguments: ["2099-01-01 00:00:00", false, key]) }
            #expect(try await !catalog.flag(of: course).isOn)
            try await catalog.switchOn(course)
            #expect(try await catalog.flag(of: course).isOn)
        }
    }

    @Test func `a failed task is kept once while it is unresolved`() async throws {
        try await withCatalog { catalog, path in
            let long = String(repeating: "a,", count: 200) + String(repeating: "z", count: 200)
            let task = FailedTask(course: course, exception: long)
            try await catalog.record(task)
            try await catalog.record(task)
            let django = try DatabaseQueue(path: path)
            let rows = try rows(path, "celery_utils_failedtask")
            #expect(rows.count == 1)
            #expect(rows[0]["task_name"] == "mallow.migrate_course")
            #expect(rows[0]["task_id"] == task.id.uuidString.lowercased())
            #expect(rows[0]["args"] == "[\"course-v1:A+B+C\"]")
            #expect(rows[0]["kwargs"] == "{}")
            let ends = String(repeating: "a", count: 127) + "..." + String(repeating: "z", count: 125)
            #expect(rows[0]["exc"] == ends)
            #expect(rows[0]["datetime_resolved"] == nil)
            try await catalog.resolveFailedTasks(of: CourseKey(unchecked: "course-v1:A+B+D"))
            #expect(try await unresolved(django) == 1)
            try await catalog.resolveFailedTasks(of: course)
            #expect(try await unresolved(django) == 0)
            try await catalog.record(task)
            #expect(try await unresolved(django) == 1)
        }
    }

    @Test(arguments: [
        (ResultCode.SQLITE_BUSY, Failure.Class.transient), (.SQLITE_LOCKED, .transient), (.SQLITE_FULL, .transient),
        (.SQLITE_IOERR_WRITE, .transient), (.SQLITE_READONLY_DIRECTORY, .auth), (.SQLITE_CANTOPEN, .auth),
        (.SQLITE_CORRUPT_INDEX, .integrity), (.SQLITE_NOTADB, .bug), (.SQLITE_CONSTRAINT_NOTNULL, .bug),
    ])
    func `a result code has one meaning`(_ code: ResultCode, _ expected: Failure.Class) {
        #expect(Failure(DatabaseError(resultCode: code), sqlite: "commit", at: "a").class == expected)
    }

    @Test(arguments: [
        (0.0, "1970-01-01 00:00:00.000000"), (951_782_400.25, "2000-02-29 00:00:00.250000"),
        (1_795_395_114.158667, "2026-11-23 00:51:54.158667"), (-1, "1969-12-31 23:59:59.000000"),
    ])
    func `times are UTC with microseconds`(_ seconds: Double, _ text: String) {
        #expect(Date(timeIntervalSince1970: seconds).catalogText == text)
    }

    @Test(arguments: [
        ("2018-06-02 10:00:01.250417", "2018-06-02 10:00:01.250418"),
        ("2019-12-31 23:59:59.999999", "2020-01-01 00:00:00.000000"),
        ("2020-02-28 23:59:59.999999", "2020-02-29 00:00:00.000000"),
        ("2100-02-28 23:59:59.999999", "2100-03-01 00:00:00.000000"),
        ("1969-12-31 23:59:59.999999", "1970-01-01 00:00:00.000000"),
        ("2020-01-01 00:00:00", "2020-01-01 00:00:00.000001"), ("2020-01-01 00:00:00.5", "2020-01-01 00:00:00.500001"),
    ])
    func `a microsecond after a time is the next one`(_ text: String, _ next: String) throws {
        #expect(try #require(CatalogTime(text)).next.text == next)
    }

    @Test(arguments: ["", "2020-01-01", "2020-00-01 00:00:00", "2020-01-01 00:00:00.1234567", "2020-01-01 00:00:00Z"])
    func `what is no time is none`(_ text: String) {
        #expect(CatalogTime(text) == nil)
    }

    /// What another program sees in a table.
    private func rows(_ path: String, _ table: String) throws -> [Row] {
        try DatabaseQueue(path: path).read { try Row.fetchAll($0, sql: "SELECT * FROM \(table) ORDER BY id") }
    }

    private func unresolved(_ file: DatabaseQueue) async throws -> Int? {
        try await file.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM celery_utils_failedtask WHERE datetime_resolved IS NULL")
        }
    }

    private func withCatalog(_ body: (SQLiteCatalog, String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            let catalog = try SQLiteCatalog(path: path, now: { Date(timeIntervalSince1970: 1_795_395_114.158667) })
            try await body(catalog, path)
        }
    }
}
