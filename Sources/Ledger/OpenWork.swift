// SPDX-License-Identifier: Apache-2.0
package import Foundation
import GRDB

/// What is neither committed nor proven absent. While an engine lives, it has it in hand; else it is for the next run or
/// `mallow recover` to settle.
package struct OpenWork: Sendable, Hashable {
    /// Videos' transactions.
    package let transactions: Int
    /// Objects that are removed, and whose PUT might still arrive.
    package let watched: Int
    /// When the last of those was found to be one; nil where there is none.
    package let watchedSince: Date?

    package static let none = OpenWork(transactions: 0, watched: 0, watchedSince: nil)

    private init(transactions: Int, watched: Int, watchedSince: Date?) {
        (self.transactions, self.watched, self.watchedSince) = (transactions, watched, watchedSince)
    }

    /// Whether the intent `i` is neither committed nor proven absent. An index has the same words; those of ledgers
    /// before step 17 had others, so where such a one may be asked, SQLite chooses its way.
    static let isOpen = "(i.state = 'open' OR i.state = 'stored' OR i.state = 'watched')"

    /// Reads only what is open, by an index of its own.
    init(_ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT count(DISTINCT owner), total(state = 'watched'), max(iif(state = 'watched', written, NULL))
                FROM intent i INDEXED BY intent_open WHERE \(Self.isOpen)
                """
        )
        guard let row = try Row.fetchOne(statement) else {
            self = .none
            return
        }
        self.init(
            transactions: row[0], watched: row[1],
            watchedSince: (row[2] as Double?).map { Date(timeIntervalSince1970: $0) })
    }
}
