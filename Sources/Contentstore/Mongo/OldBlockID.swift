// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

/// Which block of an old course a document is, and of which head. Open edX: section 4.3.
struct OldBlockID: Sendable {
    let type: String
    let key: UsageKey
    let isDraft: Bool

    /// nil for a document that is no block of either head: there is no other revision.
    ///
    /// - Throws: ``BrokenDocument``.
    init?(_ document: DocumentView, of course: CourseKey) throws {
        guard let id = try document["_id"]?.document, let type = try id["category"]?.text,
            let name = try id["name"]?.text
        else { return nil }
        switch try id["revision"] {
        case .null?: isDraft = false
        case .text("draft")?: isDraft = true
        default: return nil
        }
        self.type = type
        key = UsageKey(course: course, type: type, block: name)
    }
}
#endif
