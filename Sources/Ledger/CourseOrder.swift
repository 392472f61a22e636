// SPDX-License-Identifier: Apache-2.0
import GRDB
import MigrationModel

/// In which order courses are shown.
enum CourseOrder {
    /// What needs somebody first: failed, held, retrying, at work, waiting, done; by key where that is the same.
    static func worstFirst(_ db: Database, _ filter: String) throws -> [Int64] {
        // By key there is an index; the few states are cheaper to tell apart here than to sort by there.
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, state FROM course WHERE ?1 = '' OR instr(lower(key || ' ' || title), lower(?1)) > 0 ORDER BY key
                """
        )
        var ranks: [[Int64]] = Array(repeating: [], count: states.count + 1)
        let rows = try Row.fetchCursor(statement, arguments: [filter])
        while let row = try rows.next() {
            let state: String = row[1]
            ranks[states[state] ?? states.count].append(row[0])
        }
        return Array(ranks.joined())
    }

    private static let states: [String: Int] = {
        let order: [CourseState] = [.failed, .held, .retrying, .running, .queued, .pending, .migrated, .empty]
        return Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1.rawValue, $0) })
    }()
}
