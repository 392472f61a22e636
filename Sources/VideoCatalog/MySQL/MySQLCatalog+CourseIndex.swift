// SPDX-License-Identifier: Apache-2.0
#if MySQL
import MariaDB
package import MigrationModel

extension MySQLCatalog {
    /// The platform's course index, where the database has one.
    package var index: any WritableCourseIndex { CatalogIndex(database: self) }
}

extension MySQLCatalog: WritableIndexedDatabase {
    var place: String { reader.place }

    func indexShape() async throws -> CourseIndexShape {
        try await reader.indexShape(with: [CourseIndexShape.table, CourseIndexShape.history])
    }

    func readIndex<Value: Sendable>(
        at place: String, _ body: @escaping @Sendable (CourseIndexReading) throws -> Value
    ) async throws -> Value {
        try await reader.readIndex(at: place, body)
    }

    /// A change whose COMMIT was not answered still holds its row, and a read that wants to share it waits for that one, as
    /// long as for every other lock.
    func readSettledIndex<Value: Sendable>(
        of course: CourseKey, _ body: @escaping @Sendable (CourseIndexReading) throws -> Value
    ) async throws -> Value {
        try await reader.run("read the course index", at: course.text) { [lost] connection in
            lost.end(on: connection)
            try connection.query(Self.sharedHeads, [.text(course.text)])
            return try body(CourseIndexReading(session: MySQLSession(connection: connection)))
        }
    }

    /// Shares a course's row when nobody else is about to change it: the row itself, and not only what an index has of it.
    private static let sharedHeads =
        "SELECT max(last_update) FROM \(CourseIndexShape.table) WHERE course_id = ? LOCK IN SHARE MODE"
}

extension MySQLCatalogReader {
    /// The platform's course index, where the database has one. Nothing can be changed through it.
    package var index: any CourseIndex { CatalogIndex(database: self) }
}

extension MySQLCatalogReader: IndexedDatabase {
    func indexShape() async throws -> CourseIndexShape { try await indexShape(with: [CourseIndexShape.table]) }

    func readIndex<Value: Sendable>(
        at place: String, _ body: @escaping @Sendable (CourseIndexReading) throws -> Value
    ) async throws -> Value {
        try await run("read the course index", at: place) {
            try body(CourseIndexReading(session: MySQLSession(connection: $0)))
        }
    }

    /// A server describes no table that the user has no right to. One that it did not describe is asked for, so that an
    /// index which the platform goes by is never taken for one that is not there.
    ///
    /// - Parameter tables: whose absence must be certain; the second matters where the first is there.
    /// - Throws: ``Failure``, of class `auth` where the user may not know.
    fileprivate func indexShape(with tables: [String]) async throws -> CourseIndexShape {
        let known = shape.courseIndex
        if tables.allSatisfy(known.describes) { return known }
        return try await run("look for the course index", at: place) { connection in
            var shape = known
            for table in tables where !shape.describes(table) {
                guard try connection.hasTable(table) else { break }
                // The platform was upgraded after the catalog had been opened.
                shape = try CatalogShape(of: CatalogTables(of: connection)).courseIndex
            }
            return shape
        }
    }
}

extension ServerConnection {
    private static let noSuchTable: UInt32 = 1146

    /// - Throws: ``ServerError``, also where the user may not know.
    fileprivate func hasTable(_ name: String) throws(ServerError) -> Bool {
        do throws(ServerError) {
            try query("SELECT 1 FROM \(name) LIMIT 1")
            return true
        } catch {
            if error.code == Self.noSuchTable { return false }
            throw error
        }
    }
}
#endif
