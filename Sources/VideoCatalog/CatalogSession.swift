// SPDX-License-Identifier: Apache-2.0

/// A value of a statement or of a row, in whichever database.
enum CatalogValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)

    /// nil for what is no integer.
    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    /// nil for what is no text.
    var text: String? { if case .text(let value) = self { value } else { nil } }
}

/// A database with edx-val's tables, in the middle of one of its states or of one transaction. Its calls block.
protocol CatalogSession {
    /// The function that gives the larger of two values.
    var larger: String { get }

    /// The rows that a statement brings, whose parameters stand as `?`; none for one that brings none.
    @discardableResult
    func rows(_ sql: String, _ values: [CatalogValue]) throws -> [[CatalogValue]]

    /// Inserts one row.
    ///
    /// - Returns: the number that the database gave it; nil when a unique key has one like it, and nothing was inserted.
    func insert(_ sql: String, _ values: [CatalogValue]) throws -> Int64?

    /// Changes rows.
    ///
    /// - Returns: how many the statement's condition found.
    func update(_ sql: String, _ values: [CatalogValue]) throws -> Int
}
