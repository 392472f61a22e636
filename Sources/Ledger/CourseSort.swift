// SPDX-License-Identifier: Apache-2.0
import GRDB
import MigrationModel

/// In which order courses are shown.
package enum CourseSort: String, Sendable, Hashable, CaseIterable {
    /// What needs somebody first: failed, held, retrying, at work, waiting, done.
    case worstFirst = "worst first"
    case key = "by key"
    case title = "by title"
    /// The most videos first.
    case size = "largest first"
    /// The most videos that are neither verified nor waived first.
    case left = "most left first"
    case retries = "most retries first"

    /// The one after it, the first after the last.
    package var next: CourseSort {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    /// The ids of the courses whose key or title has a text in it. What is the same is in order of keys.
    func courses(_ db: Database, _ filter: String) throws -> [Int64] {
        // By key there is an index; the few states are cheaper to tell apart here than to sort by there.
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, state FROM course WHERE ?1 = '' OR instr(lower(key || ' ' || title), lower(?1)) > 0
                ORDER BY \(columns)key
                """
        )
        guard self == .worstFirst else { return try Int64.fetchAll(statement, arguments: [filter]) }
        var ranks: [[Int64]] = Array(repeating: [], count: Self.states.count + 1)
        let rows = try Row.fetchCursor(statement, arguments: [filter])
        while let row = try rows.next() {
            let state: String = row[1]
            ranks[Self.states[state] ?? Self.states.count].append(row[0])
        }
        return Array(ranks.joined())
    }

    private var columns: String {
        switch self {
        case .worstFirst, .key: ""
        case .title: "title COLLATE NOCASE, "
        case .size: "pending + migrating + verified + rolled_back + failed + waived_videos DESC, "
        case .left: "pending + migrating + rolled_back + failed DESC, "
        case .retries: "retries DESC, rollbacks DESC, "
        }
    }

    private static let states: [String: Int] = {
        let order: [CourseState] = [.failed, .held, .retrying, .running, .queued, .pending, .migrated, .empty]
        return Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1.rawValue, $0) })
    }()
}
