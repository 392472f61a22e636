// SPDX-License-Identifier: Apache-2.0

/// The tables of a catalog as a database describes them, whichever it is.
struct CatalogTables: Sendable {
    struct Column: Sendable {
        let name: String
        let isInteger: Bool
        /// Whether a row cannot be inserted without a value for it.
        let wantsValue: Bool
    }

    /// What a unique key is over.
    struct UniqueKey: Sendable {
        let columns: Set<String>
        /// Those in which it takes letters of either case for the same.
        let folding: Set<String>
    }

    /// By table.
    let columns: [String: [Column]]
    /// By table.
    let uniqueKeys: [String: [UniqueKey]]

    /// Those of `names` that a table which is there lacks, as an objection tells them.
    func missing(_ names: [String], in table: String) -> [String] {
        Set(names).subtracting(columns[table, default: []].map(\.name)).sorted().map { "column \(table).\($0)" }
    }

    /// The columns of a table that want a value and are none of `names`.
    func foreign(to names: Set<String>, in table: String) -> [String] {
        columns[table, default: []].filter { $0.wantsValue && !names.contains($0.name) }.map { "\(table).\($0.name)" }
    }
}
