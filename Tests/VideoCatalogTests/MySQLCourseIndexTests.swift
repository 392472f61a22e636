// SPDX-License-Identifier: Apache-2.0
#if MySQL
import Foundation
import MariaDB
import MigrationModel
import TestDoubles
import Testing
import VideoCatalog

/// The course index on a real server, which `Tests/mysql/database.py` has started, as far as an index in general has no say
/// in it.
@Suite struct MySQLCourseIndexTests {
    private static let table = "split_modulestore_django_splitmodulestorecourseindex"
    private static let history = "split_modulestore_django_historicalsplitmodulestorecourseindex"
    private let course = CourseKey(unchecked: "course-v1:A+B+C")

    @Test func `times are told and written to the microsecond`() async throws {
        try await withIndex { address, password, other in
            let index = try MySQLCatalog(address, password: password, width: 2, now: { CourseIndexContract.now }).index
            var heads = try #require(try await index.heads(of: course))
            #expect(heads.lastUpdate == "2018-06-02 10:00:01.000000")
            heads.draft = "d2"
            #expect(try await index.move(to: heads))
            let now = "2026-11-23 00:51:54.158667"
            for table in [Self.table, Self.history] {
                let times = try other.query("SELECT CAST(edited_on AS CHAR), CAST(last_update AS CHAR) FROM \(table)")
                #expect(times == [[.text(now), .text(now)]])
            }
            let dates = try other.query("SELECT CAST(history_date AS CHAR), history_type FROM \(Self.history)")
            #expect(dates == [[.text(now), "~"]])
        }
    }

    @Test func `a key that only the collation takes for a course's is not that course`() async throws {
        try await withIndex { address, password, other in
            try other.execute(
                "ALTER TABLE \(Self.table) MODIFY course_id varchar(255) COLLATE utf8mb4_unicode_ci NOT NULL")
            let index = try MySQLCatalog(address, password: password, width: 2, now: { .now }).index
            let heads = try #require(try await index.heads(of: course))
            for name in ["course-v1:a+B+C", "course-v1:\u{C0}+B+C"] {
                let found = try other.query("SELECT id FROM \(Self.table) WHERE course_id = ?", [.text(name)])
                #expect(found.count == 1, "the database takes \(name) for it")
                let key = CourseKey(unchecked: name)
                #expect(try await index.heads(of: key) == nil)
                let moved = IndexedHeads(course: key, draft: "d2", published: nil, lastUpdate: heads.lastUpdate)
                #expect(try await !index.move(to: moved))
            }
            #expect(try await index.heads(of: course) == heads)
        }
    }

    @Test func `nobody is told of old heads while a dead engine's move may still be committed`() async throws {
        try await withIndex { address, password, dead in
            let catalog = try MySQLCatalog(
                address, password: password, width: 2, deadlines: ServerDeadlines(lock: 1), now: { .now })
            let reader = try MySQLCatalogReader(address, password: password, width: 1).index
            let heads = try #require(try await catalog.index.heads(of: course))
            try dead.execute("START TRANSACTION")
            try dead.execute("UPDATE \(Self.table) SET draft_version = 'd2', last_update = now(6) WHERE id = 7")
            try await requireFailure(.transient, "a look at its heads") {
                _ = try await catalog.index.heads(of: course)
            }
            try await requireFailure(.transient, "a move") { _ = try await catalog.index.move(to: heads) }
            #expect(try await reader.heads(of: course) == heads, "plans wait for nobody")
            try dead.execute("COMMIT")
            #expect(try await catalog.index.heads(of: course)?.draft == "d2")
            #expect(try await !catalog.index.move(to: heads))
        }
    }

    @Test func `a user who may not know whether there is an index is told so`() async throws {
        try await withIndex { address, password, other in
            let database = address.database
            let user = "u_\(database)"
            try other.execute("CREATE USER \(user)@'127.0.0.1' IDENTIFIED BY 'its own'")
            for table in ["edxval_video", "edxval_videotranscript"] {
                try other.execute("GRANT SELECT, INSERT ON \(database).\(table) TO \(user)@'127.0.0.1'")
            }
            let limited = ServerAddress(
                host: address.host, port: address.port, user: user, database: database, encryption: address.encryption)
            func index() throws -> any WritableCourseIndex {
                let catalog = try MySQLCatalog(limited, password: "its own", width: 1, now: { Date() })
                return catalog.index
            }
            func requireRefusal(naming table: String, _ index: any CourseIndex) async throws {
                let failure = try await #require(throws: Failure.self) { _ = try await index.isThere() }
                #expect(failure.class == .auth)
                #expect(failure.cause.contains(table), "\(failure.cause)")
            }
            try await requireRefusal(naming: Self.table, try index())
            try other.execute("GRANT SELECT, UPDATE ON \(database).\(Self.table) TO \(user)@'127.0.0.1'")
            try await requireRefusal(naming: Self.history, try index())
            #expect(
                try await MySQLCatalogReader(limited, password: "its own", width: 1).index.isThere(),
                "who only reads has nothing to do with the history")
            try other.execute("GRANT SELECT, INSERT ON \(database).\(Self.history) TO \(user)@'127.0.0.1'")
            let allowed = try index()
            #expect(try await allowed.move(to: try #require(try await allowed.heads(of: course))))
            try other.execute("DROP USER \(user)@'127.0.0.1'")
        }
    }

    @Test func `a right that is missing is named by a trial, before anything is to be moved`() async throws {
        try await withIndex { address, password, other in
            let database = address.database
            let user = "u_\(database)"
            try other.execute("CREATE USER \(user)@'127.0.0.1' IDENTIFIED BY 'its own'")
            for (rights, table) in [
                ("SELECT, INSERT", "edxval_video"), ("SELECT, INSERT", "edxval_videotranscript"),
                ("SELECT", Self.table), ("SELECT", Self.history),
            ] {
                try other.execute("GRANT \(rights) ON \(database).\(table) TO \(user)@'127.0.0.1'")
            }
            let limited = ServerAddress(host: address.host, port: address.port, user: user, database: database)
            let index = try MySQLCatalog(limited, password: "its own", width: 1, now: { Date() }).index
            let before = try await index.heads(of: course)
            for (right, table) in [("UPDATE", Self.table), ("INSERT", Self.history)] {
                let failure = try await #require(throws: Failure.self) { try await index.tryOut() }
                #expect(failure.class == .auth)
                #expect(failure.cause.contains(right) && failure.cause.contains("`\(table)`"), "\(failure.cause)")
                // A part of a table's columns is no right to all that is written.
                let part = right == "UPDATE" ? " (draft_version)" : " (id)"
                try other.execute("GRANT \(right)\(part) ON \(database).\(table) TO \(user)@'127.0.0.1'")
                try await requireFailure(.auth, "a trial") { try await index.tryOut() }
                try other.execute("GRANT \(right) ON \(database).\(table) TO \(user)@'127.0.0.1'")
            }
            try await index.tryOut()
            #expect(try await index.heads(of: course) == before)
            #expect(try other.query("SELECT id FROM \(Self.history)").isEmpty)
            try other.execute("DROP USER \(user)@'127.0.0.1'")
        }
    }

    @Test func `an index of another shape is refused with the difference, and the catalog is not`() async throws {
        try await withIndex { address, password, other in
            try other.execute("ALTER TABLE \(Self.history) ADD COLUMN region varchar(9) NOT NULL")
            func catalog() throws -> MySQLCatalog {
                try MySQLCatalog(address, password: password, width: 1, now: { .now })
            }
            let wants = try await #require(throws: Failure.self) { _ = try await catalog().index.isThere() }
            #expect(wants.cause == "it wants values that we do not know for \(Self.history).region")
            let reader = try MySQLCatalogReader(address, password: password, width: 1)
            #expect(try await reader.index.heads(of: course)?.draft == "d1")
            try other.execute("ALTER TABLE \(Self.table) DROP COLUMN last_update")
            let later = try MySQLCatalogReader(address, password: password, width: 1).index
            let lacks = try await #require(throws: Failure.self) { _ = try await later.allHeads() }
            #expect(lacks.cause == "it has no column \(Self.table).last_update")
            #expect(try await catalog().commit(VideoCatalogContract.commit("v1", ["en": "a.srt"])).createdVideo)
        }
    }

    /// With one course in the index; the connection is somebody else's.
    private func withIndex(_ body: (ServerAddress, String, ServerConnection) async throws -> Void) async throws {
        try await withDatabase { address, password in
            _ = try IndexedDatabasePlatform(address, password: password)
            let other = try ServerConnection(address, password: password, deadlines: ServerDeadlines())
            try other.execute(
                "INSERT INTO \(Self.table) VALUES (7, 'c1', 'course-v1:A+B+C', 'A', 'd1', 'p1', '', 'slug', 'mongodb', "
                    + "4, '2018-01-01 00:00:00', '2018-06-02 10:00:01')")
            try await body(address, password, other)
        }
    }
}
#endif
