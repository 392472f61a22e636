// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// The one change that a course index takes from us, as SQL, in the transaction that is open.
struct CourseIndexWriting {
    let session: any CatalogSession
    let shape: CourseIndexShape
    let now: Date

    /// Whom the platform names for what a command of its own did, and no person: `ModuleStoreEnum.UserID.mgmt_command`.
    private static let command = -1

    /// Moves a course's heads if its row still says `heads.lastUpdate`, to the letter.
    ///
    /// - Returns: whether it did.
    func move(to heads: IndexedHeads) throws -> Bool {
        guard let before = CatalogTime(heads.lastUpdate) else { throw noTime(heads) }
        guard let number = try CourseIndexReading(session: session).number(of: heads.course) else { return false }
        // Later than before even where a clock ran ahead: the platform must see that its own copy is an old one.
        let time = CatalogValue.text(max(CatalogTime(now), before.next).text)
        guard try update(number, to: heads, time) > 0 else { return false }
        if shape.keepsHistory { try remember(number, time) }
        return true
    }

    /// The same statements, on no row: a database looks at rights before it looks for one.
    func tryOut() throws {
        let time = CatalogValue.text(CatalogTime(now).text)
        let nobody = IndexedHeads(course: CourseKey(unchecked: ""), draft: nil, published: nil, lastUpdate: "")
        _ = try update(Self.noRow, to: nobody, time)
        if shape.keepsHistory { try remember(Self.noRow, time) }
    }

    /// Rows are numbered from 1.
    private static let noRow: Int64 = 0

    /// - Returns: how many rows were changed.
    private func update(_ number: Int64, to heads: IndexedHeads, _ time: CatalogValue) throws -> Int {
        try session.update(
            """
            UPDATE \(CourseIndexShape.table)
            SET draft_version = ?, published_version = ?, edited_by_id = \(Self.command), edited_on = ?, last_update = ?
            WHERE id = ? AND CAST(last_update AS CHAR) = ?
            """,
            [
                .text(heads.draft ?? ""), .text(heads.published ?? ""), time, time, .integer(number),
                .text(heads.lastUpdate),
            ])
    }

    /// The history has the row as it is after the change.
    private func remember(_ number: Int64, _ time: CatalogValue) throws {
        let columns = CourseIndexShape.columns.joined(separator: ", ")
        try session.rows(
            """
            INSERT INTO \(CourseIndexShape.history)
                (\(columns), history_date, history_type, history_change_reason, history_user_id)
            SELECT \(columns), ?, '~', NULL, NULL FROM \(CourseIndexShape.table) WHERE id = ?
            """, [time, .integer(number)])
    }

    private func noTime(_ heads: IndexedHeads) -> Failure {
        Failure(
            .bug, "move the course's heads", at: heads.course.text,
            cause: "\"\(heads.lastUpdate)\", when its row in the course index was last written, is no time",
            advice: "look at the row: Django writes last_update as YYYY-MM-DD HH:MM:SS.ffffff"
        )
    }
}
