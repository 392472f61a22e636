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
}
