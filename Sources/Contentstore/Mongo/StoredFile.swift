// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

/// What the contentstore says of one asset. Open edX: section 3.2.
struct StoredFile: Sendable, Hashable {
    /// In bytes; nil where none is written down.
    let length: Int?
    let chunkSize: Int?
    /// Of the content, as 32 hexadecimal digits in lower case; none where whoever wrote it wrote none.
    let md5: [String]

    /// - Throws: ``BrokenDocument``.
    init(_ document: DocumentView) throws {
        length = try document["length"]?.integer
        chunkSize = try document["chunkSize"]?.integer
        md5 = try ["md5", "custom_md5"].compactMap { try document[$0]?.text?.lowercased() }.filter { !$0.isEmpty }
    }

    /// The `_id` of an asset, byte for byte: a text, or for old courses a document whose order counts. Open edX: section
    /// 3.2.
    static func id(of name: AssetName, in course: CourseKey) -> Term {
        switch course.generation {
        case .plus: return .text(AssetKey(course: course, name: name).text)
        case .slashes:
            let (organization, title, _) = course.parts
            return [
                "category": .text("asset"), "name": .text(name.text), "course": .text(title), "tag": .text("c4x"),
                "org": .text(organization), "revision": .null,
            ]
        }
    }
}
#endif
