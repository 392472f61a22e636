// SPDX-License-Identifier: Apache-2.0
#if MySQL
import MariaDB

extension CatalogTables {
    /// The tables of the platform that are worth a look: it has hundreds.
    private static let ours = ["edxval", "video_config", "celery_utils", "split_modulestore_django"]
        .map { "table_name LIKE '\($0)%'" }.joined(separator: " OR ")

    /// Looks at the schema of the database that a connection is on; reads no rows.
    init(of connection: ServerConnection) throws(ServerError) {
        let described = try connection.query(
            """
            SELECT table_name, column_name, data_type, is_nullable, column_default, extra, collation_name
            FROM information_schema.columns WHERE table_schema = DATABASE()
            AND (\(Self.ours))
            """)
        var columns: [String: [Column]] = [:]
        var folding: Set<[String]> = []
        for row in described {
            let (table, name) = (row[0].text ?? "", row[1].text ?? "")
            columns[table, default: []].append(
                Column(
                    name: name, isInteger: row[2].text?.contains("int") ?? false,
                    wantsValue: row[3].text == "NO" && row[4] == .null
                        && row[5].text?.contains("auto_increment") == false
                ))
            if row[6].text.map(Self.foldsCase) ?? false { folding.insert([table, name]) }
        }
        let parts = try connection.query(
            """
            SELECT table_name, index_name, column_name, sub_part FROM information_schema.statistics
            WHERE table_schema = DATABASE() AND non_unique = 0
            AND (\(Self.ours))
            """)
        var keys: [String: [String: [[ServerValue]]]] = [:]
        for part in parts { keys[part[0].text ?? "", default: [:]][part[1].text ?? "", default: []].append(part) }
        let uniqueKeys = keys.map { table, indexes in
            let known = indexes.values.compactMap { parts -> UniqueKey? in
                // An index over an expression, or over the beginning of a column, keeps something else unique.
                guard parts.allSatisfy({ $0[2].text != nil && $0[3] == .null }) else { return nil }
                let names = Set(parts.compactMap { $0[2].text })
                return UniqueKey(columns: names, folding: names.filter { folding.contains([table, $0]) })
            }
            return (table, known)
        }
        self.init(columns: columns, uniqueKeys: Dictionary(uniqueKeysWithValues: uniqueKeys))
    }

    /// Whether a collation takes letters of either case for the same: `_ci` in its name says so.
    private static func foldsCase(_ collation: String) -> Bool { collation.lowercased().contains("_ci") }
}
#endif
