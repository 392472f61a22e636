// SPDX-License-Identifier: Apache-2.0
#if MySQL
import Foundation
package import MariaDB
package import MigrationModel

/// The reading half of a ``MySQLCatalog``. It has no method that inserts.
package struct MySQLCatalogReader: CatalogReader {
    let shape: CatalogShape
    /// How the database is named in a failure.
    let place: String
    private let pool: ConnectionPool

    /// Looks at the tables of a database; blocks for as long as that takes.
    ///
    /// - Parameter width: how many connections there may be.
    /// - Throws: ``Failure``; also for tables that cannot be read as edx-val's.
    package init(
        _ address: ServerAddress, password: String?, width: Int, deadlines: ServerDeadlines = ServerDeadlines()
    )
        throws
    {
        let place = "mysql://\(address.user)@\(address.host):\(address.port)/\(address.database)"
        let pool = ConnectionPool(address, password: password, width: width, deadlines: deadlines)
        do {
            shape = try pool.runBlocking { CatalogShape(of: try CatalogTables(of: $0)) }
        } catch {
            throw Failure(error, mysql: "open the catalog", at: place)
        }
        self.place = place
        self.pool = pool
        if let objection = shape.readingObjection { throw CatalogShape.refusal(objection, at: place) }
    }

    package var foldsLanguageCase: Bool { shape.foldsLanguageCase }

    package func rows(of videos: Set<VideoID>) async throws -> [VideoID: [CatalogRow]] {
        try await read("\(videos.count) videos") { try $0.rows(of: videos) }
    }

    package func rows(withKeys keys: Set<ObjectKey>) async throws -> [CatalogRow] {
        try await read("\(keys.count) keys") { try $0.rows(withKeys: keys) }
    }

    package func newestObjects(_ count: Int) async throws -> [ObjectKey] {
        try await read("its newest rows") { try $0.newestObjects(count) }
    }

    package func flag(of course: CourseKey) async throws -> FlagState {
        try await read(course.text) { [shape] in try $0.flag(of: course, shape: shape) }
    }

    func read<Value: Sendable>(
        _ place: String, _ body: @escaping @Sendable (CatalogReading) throws -> Value
    ) async throws -> Value {
        try await run("read the catalog", at: place) { try body(CatalogReading(session: MySQLSession(connection: $0))) }
    }

    /// Runs `body` on a connection; what it throws becomes a ``Failure``.
    func run<Value: Sendable>(
        _ what: String, at place: String, _ body: @escaping @Sendable (ServerConnection) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.run(body)
        } catch {
            throw error as? Failure ?? Failure(error, mysql: what, at: place)
        }
    }

    /// The same on the caller's own thread, which it blocks.
    func runBlocking<Value>(_ what: String, at place: String, _ body: (ServerConnection) throws -> Value) throws
        -> Value
    {
        do {
            return try pool.runBlocking(body)
        } catch {
            throw error as? Failure ?? Failure(error, mysql: what, at: place)
        }
    }
}
#endif
