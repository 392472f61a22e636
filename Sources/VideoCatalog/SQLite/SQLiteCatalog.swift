// SPDX-License-Identifier: Apache-2.0
package import Foundation
import GRDB
package import MigrationModel

/// edx-val's tables in an SQLite file. An object's key is the `transcript` column as it stands.
///
/// Other programs, Django first of all, may use the file at the same time: whoever waits more than ten seconds for
/// their locks gets a `transient` failure. Each video is one transaction; a commit has returned only when it survives a
/// power cut.
package final class SQLiteCatalog: VideoCatalog {
    package let foldsLanguageCase: Bool
    let place: String
    let connection: SQLiteConnection
    let shape: CatalogShape
    private let now: @Sendable () -> Date

    /// Opens the catalog at `path`; blocks.
    ///
    /// A file that is missing or has no tables is made: edx-val's tables, both tables of the course flag and the one of
    /// failed tasks. One that is there is looked at first, and refused if rows of ours would not fit. A file that is in
    /// another journal mode than WAL is left in it; it then costs a sync for each commit.
    ///
    /// - Parameter now: the time that goes into `created`, `modified` and `change_date`.
    /// - Throws: ``Failure``; nothing was written to a file that had tables.
    package init(path: String, now: @escaping @Sendable () -> Date) throws {
        do {
            let database = try DatabaseQueue(path: path, configuration: Self.configuration)
            shape = try Self.prepare(database, path)
            let isLogged = try Self.setDurability(database)
            connection = SQLiteConnection(
                path: path,
                database: database,
                log: isLogged ? try WriteAheadLog(ofDatabaseAt: path) : nil
            )
        } catch {
            throw error as? Failure ?? Failure(error, sqlite: "open the catalog", at: path)
        }
        foldsLanguageCase = shape.foldsLanguageCase
        place = path
        self.now = now
    }

    deinit { connection.close() }

    /// A reader of the catalog at `path` that could not write if it tried: its connection is read-only.
    ///
    /// As long as there is no file, it reads as an empty catalog, and none is made. Blocks.
    ///
    /// - Throws: ``Failure``.
    package static func reader(path: String) throws -> SQLiteCatalogReader {
        try SQLiteCatalogReader(path: path)
    }

    package func rows(of videos: Set<VideoID>) async throws -> [VideoID: [CatalogRow]] {
        try await connection.run("read the catalog", at: "\(videos.count) videos") {
            try $0.rows(of: videos)
        }
    }

    package func rows(withKeys keys: Set<ObjectKey>) async throws -> [CatalogRow] {
        try await connection.run("read the catalog", at: "\(keys.count) keys") {
            try $0.readingOneState { try CatalogReading(session: SQLiteSession(database: $0)).rows(withKeys: keys) }
        }
    }

    package func newestObjects(_ count: Int) async throws -> [ObjectKey] {
        try await connection.run("read the catalog", at: "its newest rows") {
            try CatalogReading(session: SQLiteSession(database: $0)).newestObjects(count)
        }
    }

    package func flag(of course: CourseKey) async throws -> FlagState {
        try await connection.run("read the course's flag", at: course.text) { [shape] in
            try CatalogReading(session: SQLiteSession(database: $0)).flag(of: course, shape: shape)
        }
    }

    package func commit(_ video: VideoCommit) async throws -> CommitReceipt {
        try await write("commit the video", at: video.video.text) { try $0.commit(video) }
    }

    package func switchOn(_ course: CourseKey) async throws {
        guard shape.hasFlags else { throw CatalogShape.noFlag(of: course) }
        try await write("switch the course's flag on", at: course.text) { try $0.switchOn(course) }
    }

    /// Keeps a failed task where `reapply_tasks` lists it. Does nothing where the platform has no table for it: the
    /// ledger keeps it anyway.
    package func record(_ task: FailedTask) async throws {
        guard shape.hasFailedTasks else { return }
        try await write("record the failed task", at: task.course.text) { try $0.record(task) }
    }

    /// Stamps a course's failed tasks resolved. Does nothing where the platform has no table for them.
    package func resolveFailedTasks(of course: CourseKey) async throws {
        guard shape.hasFailedTasks else { return }
        try await write("resolve failed tasks", at: course.text) { try $0.resolveFailedTasks(of: course) }
    }

    func write<Value: Sendable>(
        _ what: String,
        at place: String,
        _ body: @escaping @Sendable (CatalogWriting) throws -> Value
    ) async throws -> Value {
        try await connection.run(what, at: place, effect: true) { [shape, now] database in
            try database.writing(what, at: place) {
                try body(CatalogWriting(session: SQLiteSession(database: $0), shape: shape, now: now()))
            }
        }
    }

    // MARK: - Opening

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "catalog"
        configuration.busyMode = .timeout(10)
        return configuration
    }

    private static func prepare(_ database: DatabaseQueue, _ path: String) throws -> CatalogShape {
        let found = try database.read { try CatalogShape(of: CatalogTables(of: $0)) }
        if let objection = found.isEmpty ? nil : found.writingObjection {
            throw CatalogShape.refusal(objection, at: path)
        }
        guard found.isEmpty else { return found }
        try database.writeWithoutTransaction { database in
            _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.inTransaction(.immediate) {
                // Another process may have made it by now.
                if try CatalogShape(of: CatalogTables(of: database)).isEmpty { try SQLiteSchema.make(in: database) }
                return .commit
            }
        }
        let made = try database.read { try CatalogShape(of: CatalogTables(of: $0)) }
        if let objection = made.writingObjection { throw CatalogShape.refusal(objection, at: path) }
        return made
    }

    /// Sets how far SQLite itself goes to make commits durable, and reads it back.
    ///
    /// - Returns: whether the file has a write-ahead log, which we then sync ourselves. Without one, a commit is the
    ///   removal of a journal, and only `EXTRA` makes that durable too.
    private static func setDurability(_ database: DatabaseQueue) throws -> Bool {
        try database.writeWithoutTransaction { database in
            let isLogged = try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal"
            let level = isLogged ? 1 : 3
            try database.execute(sql: "PRAGMA synchronous = \(level)")
            let set = try Int.fetchOne(database, sql: "PRAGMA synchronous")
            precondition(set == level, "SQLite took another synchronous level than it was given")
            // Of this connection alone: 32 MB of pages in memory, and a checkpoint every 32 MB of log.
            try database.execute(sql: "PRAGMA cache_size = -32768")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 8000")
            return isLogged
        }
    }
}

extension Database {
    /// Runs `body` in a transaction that holds the write lock from its beginning.
    ///
    /// - Throws: ``Failure`` of class `ambiguous` when COMMIT itself failed for another reason than a lock.
    fileprivate func writing<Value>(_ what: String, at place: String, _ body: (Database) throws -> Value) throws
        -> Value
    {
        // Statements that are kept: for three rows, to compile them anew would be as much work as to write.
        try cachedStatement(sql: "BEGIN IMMEDIATE").execute()
        let value: Value
        do {
            value = try body(self)
        } catch {
            rollBackIfOpen()
            throw error
        }
        do {
            try cachedStatement(sql: "COMMIT").execute()
            return value
        } catch {
            rollBackIfOpen()
            let failure = Failure(error, sqlite: what, at: place)
            if (error as? DatabaseError)?.resultCode == .SQLITE_BUSY { throw failure }
            throw Failure(
                .ambiguous,
                what,
                at: place,
                cause: failure.cause,
                safe: "the catalog is whole",
                advice: "the rows are looked for before anything else is done"
            )
        }
    }

    /// The rows of videos, all as they are at the same moment.
    func rows(of videos: Set<VideoID>) throws -> [VideoID: [CatalogRow]] {
        let reading = CatalogReading(session: SQLiteSession(database: self))
        if CatalogReading.isOneQuestion(about: videos) { return try reading.rows(of: videos) }
        return try readingOneState { _ in try reading.rows(of: videos) }
    }

    /// Runs `body`, all of whose queries see the same state.
    func readingOneState<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try beginTransaction(.deferred)
        defer { rollBackIfOpen() }
        return try body(self)
    }

    private func rollBackIfOpen() {
        if isInsideTransaction { try? rollback() }  // else it stays open, and the next one's BEGIN says so
    }
}
