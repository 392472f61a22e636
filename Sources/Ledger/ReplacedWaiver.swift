// SPDX-License-Identifier: Apache-2.0
package import Foundation
import GRDB
import MigrationModel

/// A waiver whose place another one takes.
package struct ReplacedWaiver: Sendable, Hashable, CustomStringConvertible {
    package let actor: String
    package let reason: String
    /// When it was signed.
    package let at: Date

    /// nil where nobody had waived the same before.
    init?(_ db: Database, by waiver: Waiver) throws {
        let statement = try db.cachedStatement(
            sql: "SELECT actor, reason, at FROM waiver WHERE course = ? AND block = ? AND language = ?")
        let row = try Row.fetchOne(
            statement, arguments: [waiver.course.text, waiver.block.text, waiver.language?.text ?? ""])
        guard let row else { return nil }
        (actor, reason, at) = (row[0], row[1], Date(timeIntervalSince1970: row[2]))
    }

    package var description: String { "\(actor)'s of \(at.formatted(.iso8601)): \(reason)" }
}
