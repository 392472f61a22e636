// SPDX-License-Identifier: Apache-2.0
#if MySQL
import MariaDB

/// MySQL or MariaDB as a ``CatalogSession``.
struct MySQLSession: CatalogSession {
    /// A unique key has such a row.
    static let duplicate: UInt32 = 1062

    let connection: ServerConnection

    var larger: String { "greatest" }

    func rows(_ sql: String, _ values: [CatalogValue]) throws -> [[CatalogValue]] {
        try connection.query(sql, values.map(\.ofServer)).map { $0.map(CatalogValue.init) }
    }

    func insert(_ sql: String, _ values: [CatalogValue]) throws -> Int64? {
        do throws(ServerError) {
            try connection.query(sql, values.map(\.ofServer))
            return connection.lastInsertedID
        } catch {
            if error.code == Self.duplicate { return nil }
            throw error
        }
    }

    func update(_ sql: String, _ values: [CatalogValue]) throws -> Int {
        try connection.query(sql, values.map(\.ofServer))
        return connection.matchedRows
    }
}

extension CatalogValue {
    fileprivate init(_ value: ServerValue) {
        self =
            switch value {
            case .null: .null
            case .integer(let number): .integer(number)
            case .text(let text): .text(text)
            }
    }

    fileprivate var ofServer: ServerValue {
        switch self {
        case .null: .null
        case .integer(let number): .integer(number)
        case .text(let text): .text(text)
        }
    }
}
#endif
