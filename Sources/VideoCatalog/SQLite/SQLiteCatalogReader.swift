// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import MigrationModel
import Synchronization

/// Reads a catalog through a connection that changes no row, which is opened when there is a file.
package final class SQLiteCatalogReader: CatalogReader {
    struct Open {
        let connection: SQLiteConnection
        let shape: CatalogShape
    }

    let place: String
    private let open = Mutex<Open?>(nil)

    init(path: String) throws {
        place = path
        _ = try opened()
    }

    deinit { open.withLock { $0?.connection.close() } }

    package var foldsLanguageCase: Bool { open.withLock { $0?.shape.foldsLanguageCase } ?? false }

    package func rows(of videos: Set<VideoID>) async throws -> [VideoID: [CatalogRow]] {
        guard let open = try opened() else { return [:] }
        return try await open.connection.run("read the catalog", at: "\(videos.count) videos") {
            try $0.rows(of: videos)
        }
    }

    package func rows(withKeys keys: Set<ObjectKey>) async throws -> [CatalogRow] {
        guard let open = try opened() else { return [] }
        return try await open.connection.run("read the catalog", at: "\(keys.count) keys") {
            try $0.readingOneState { try CatalogReading(session: SQLiteSession(database: $0)).rows(withKeys: keys) }
        }
    }

    package func newestObjects(_ count: Int) async throws -> [ObjectKey] {
        guard let open = try opened() else { return [] }
        return try await open.connection.run("read the catalog", at: "its newest rows") {
            try CatalogReading(session: SQLiteSession(database: $0)).newestObjects(count)
        }
    }

    /// A file that is made later will have the flag's tables: until then the flag is off, not missing.
    package func flag(of course: CourseKey) async throws -> FlagState {
        guard let open = try opened() else { return FlagState(isAvailable: true, isOn: false) }
        return try await open.connection.run("read the course's flag", at: course.text) {
            try CatalogReading(session: SQLiteSession(database: $0)).flag(of: course, shape: open.shape)
        }
    }

    /// nil as long as there is no file with tables.
    func opened() throws -> Open? {
        let result: Result<Open?, Failure> = open.withLock { open in
            if let open { return .success(open) }
            guard FileManager.default.fileExists(atPath: place) else { return .success(nil) }
            do {
                open = try Self.open(place)
                return .success(open)
            } catch {
                return .failure(error as? Failure ?? Failure(error, sqlite: "open the catalog", at: place))
            }
        }
        return try result.get()
    }

    private static func open(_ path: String) throws -> Open? {
        var configuration = Configuration()
        configuration.label = "catalog reader"
        configuration.busyMode = .timeout(10)
        // Not a read-only connection: the last one to go takes SQLite's log with it, and one of those cannot.
        let database = try DatabaseQueue(path: path, configuration: configuration)
        let shape = try database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA query_only = 1")
            return try CatalogShape(of: CatalogTables(of: database))
        }
        if shape.isEmpty { return nil }
        if let objection = shape.readingObjection { throw CatalogShape.refusal(objection, at: path) }
        return Open(connection: SQLiteConnection(path: path, database: database, log: nil), shape: shape)
    }
}
