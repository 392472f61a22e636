// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel
import Synchronization

/// A complete course index in memory, without faults, and the platform's own hands on it. Nothing in it ever waits.
///
/// It tells times as microseconds since 1970, in digits.
package final class MemoryCourseIndex: WritableCourseIndex {
    private struct Contents {
        var isThere: Bool
        var keepsHistory: Bool
        var rows: [CourseIndexRow]
        var history: [CourseIndexChange] = []
    }

    private let state: Mutex<Contents>
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - rows: what is there at first.
    ///   - isThere: whether the platform has an index at all.
    ///   - now: the time that moves are stamped with.
    package init(_ rows: [CourseIndexRow] = [], isThere: Bool = true, now: @escaping @Sendable () -> Date) {
        state = Mutex(Contents(isThere: isThere, keepsHistory: isThere, rows: rows))
        self.now = now
    }

    package func isThere() async throws -> Bool { state.withLock(\.isThere) }

    package func allHeads() async throws -> [IndexedHeads] {
        try contents().rows.filter { $0.key.utf8.starts(with: "course-v1:".utf8) }.map(IndexedHeads.init)
            .sorted { $0.course < $1.course }
    }

    package func heads(of course: CourseKey) async throws -> IndexedHeads? {
        try contents().rows.first { $0.isOf(course) }.map(IndexedHeads.init)
    }

    package func move(to heads: IndexedHeads) async throws -> Bool {
        _ = try contents()
        let now = Int64((now().timeIntervalSince1970 * 1_000_000).rounded())
        return state.withLock { contents in
            guard
                let index = contents.rows.firstIndex(where: {
                    $0.isOf(heads.course) && "\($0.lastUpdate)" == heads.lastUpdate
                })
            else { return false }
            var row = contents.rows[index]
            (row.draft, row.published, row.editor) = (heads.draft ?? "", heads.published ?? "", -1)
            row.lastUpdate = max(now, row.lastUpdate + 1)
            row.editedOn = row.lastUpdate
            contents.rows[index] = row
            if contents.keepsHistory {
                contents.history.append(
                    CourseIndexChange(row: row, date: row.lastUpdate, type: "~", reason: nil, user: nil))
            }
            return true
        }
    }

    package func tryOut() async throws { _ = try contents() }

    private func contents() throws -> Contents {
        try state.withLock { contents in
            if contents.isThere { return contents }
            throw Failure(
                .bug, "use the platform's course index", at: "memory", cause: "there is none",
                advice: "ask first whether it is there"
            )
        }
    }
}

extension MemoryCourseIndex: IndexedPlatform {
    package func index() -> any WritableCourseIndex { self }
    package func reader() -> any CourseIndex { self }

    package func insert(_ row: CourseIndexRow) { state.withLock { $0.rows.append(row) } }

    package func save(_ row: CourseIndexRow) {
        state.withLock { contents in
            contents.rows = contents.rows.map { $0.isOf(CourseKey(unchecked: row.key)) ? row : $0 }
        }
    }

    package func rows() -> [CourseIndexRow] { state.withLock(\.rows) }
    package func history() -> [CourseIndexChange] { state.withLock(\.history) }

    package func drop(historyAlone: Bool) {
        state.withLock { ($0.isThere, $0.keepsHistory) = (historyAlone, false) }
    }
}

extension CourseIndexRow {
    fileprivate func isOf(_ course: CourseKey) -> Bool { CourseKey(unchecked: key) == course }
}

extension IndexedHeads {
    fileprivate init(_ row: CourseIndexRow) {
        self.init(
            course: CourseKey(unchecked: row.key), draft: row.draft.isEmpty ? nil : row.draft,
            published: row.published.isEmpty ? nil : row.published, lastUpdate: "\(row.lastUpdate)")
    }
}
