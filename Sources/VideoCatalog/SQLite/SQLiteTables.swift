// SPDX-License-Identifier: Apache-2.0
import GRDB

extension CatalogTables {
    /// Looks at the schema of an SQLite file; reads no rows.
    init(of database: Database) throws {
        let tables = try String.fetchAll(
            database,
            sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        )
        var columns: [String: [Column]] = [:]
        var keys: [String: [UniqueKey]] = [:]
        for table in tables {
            columns[table] = try database.columns(in: table).map { column in
                Column(
                    name: column.name, isInteger: column.type.uppercased().contains("INT"),
                    wantsValue: column.isNotNull && column.defaultValueSQL == nil
                )
            }
            keys[table] = try Self.uniqueKeys(of: table, in: database)
        }
        self.init(columns: columns, uniqueKeys: keys)
    }

    private static func uniqueKeys(of table: String, in database: Database) throws -> [UniqueKey] {
        let names = try String.fetchAll(
            database, sql: "SELECT name FROM pragma_index_list(?) WHERE \"unique\" = 1 AND partial = 0",
            arguments: [table]
        )
        return try names.compactMap { name in
            let parts = try Row.fetchAll(
                database, sql: "SELECT name, coll FROM pragma_index_xinfo(?) WHERE key = 1", arguments: [name])
            let columns = parts.compactMap { $0["name"] as String? }
            // An expression has no name, and an index over one keeps something else unique.
            guard columns.count == parts.count else { return nil }
            let folding = parts.filter { ($0["coll"] as String?)?.uppercased() == "NOCASE" }
            return UniqueKey(columns: Set(columns), folding: Set(folding.compactMap { $0["name"] as String? }))
        }
    }
}
