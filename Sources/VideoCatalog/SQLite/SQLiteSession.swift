// SPDX-License-Identifier: Apache-2.0
import GRDB

/// SQLite as a ``CatalogSession``.
struct SQLiteSession: CatalogSession {
    let database: Database

    var larger: String { "max" }

    func rows(_ sql: String, _ values: [CatalogValue]) throws -> [[CatalogValue]] {
        let cursor = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: Self.arguments(values))
        var rows: [[CatalogValue]] = []
        while let row = try cursor.next() {
            rows.append(
                row.databaseValues.map { value in
                    switch value.storage {
                    case .int64(let number): .integer(number)
                    case .string(let text): .text(text)
                    case .null, .double, .blob: .null  // no column that is asked for holds one
                    }
                })
        }
        return rows
    }

    func insert(_ sql: String, _ values: [CatalogValue]) throws -> Int64? {
        do {
            try database.cachedStatement(sql: sql).execute(arguments: Self.arguments(values))
            return database.lastInsertedRowID
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
            return nil
        }
    }

    func update(_ sql: String, _ values: [CatalogValue]) throws -> Int {
        try database.cachedStatement(sql: sql).execute(arguments: Self.arguments(values))
        return database.changesCount
    }

    private static func arguments(_ values: [CatalogValue]) -> StatementArguments {
        StatementArguments(
            values.map { value -> (any DatabaseValueConvertible)? in
                switch value {
                case .null: nil
                case .integer(let number): number
                case .text(let text): text
                }
            })
    }
}
