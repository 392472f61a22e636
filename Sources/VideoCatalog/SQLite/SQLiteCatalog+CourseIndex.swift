// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

extension SQLiteCatalog {
    /// The platform's course index, where the file has one.
    package var index: any WritableCourseIndex { CatalogIndex(database: self) }
}

extension SQLiteCatalog: WritableIndexedDatabase {
    func indexShape() -> CourseIndexShape { shape.courseIndex }

    func readIndex<Value: Sendable>(
        at place: String, _ body: @escaping @Sendable (CourseIndexReading) throws -> Value
    ) async throws -> Value {
        try await connection.run("read the course index", at: place) {
            try body(CourseIndexReading(session: SQLiteSession(database: $0)))
        }
    }
}

extension SQLiteCatalogReader {
    /// The platform's course index, where the file has one. Nothing can be changed through it.
    package var index: any CourseIndex { CatalogIndex(database: self) }
}

extension SQLiteCatalogReader: IndexedDatabase {
    /// As long as there is no file, there is no index.
    func indexShape() throws -> CourseIndexShape {
        try opened()?.shape.courseIndex ?? CourseIndexShape(of: CatalogTables(columns: [:], uniqueKeys: [:]))
    }

    func readIndex<Value: Sendable>(
        at place: String, _ body: @escaping @Sendable (CourseIndexReading) throws -> Value
    ) async throws -> Value {
        guard let open = try opened() else { throw CourseIndexShape.absence(at: self.place) }
        return try await open.connection.run("read the course index", at: place) {
            try body(CourseIndexReading(session: SQLiteSession(database: $0)))
        }
    }
}
