// SPDX-License-Identifier: Apache-2.0

/// The key of one block of a course, of either generation.
///
/// Open edX: `block-v1:Org+Course+Run+type@TYPE+block@ID` or `i4x://Org/Course/TYPE/ID` (section 3.4).
package struct UsageKey: BytewiseName {
    package let text: String

    package init(unchecked text: String) { self.text = text }

    /// The key of a block, in the generation of its course.
    package init(course: CourseKey, type: String, block: String) {
        let (organization, name, run) = course.parts
        switch course.generation {
        case .plus: text = "block-v1:\(organization)+\(name)+\(run)+type@\(type)+block@\(block)"
        case .slashes: text = "i4x://\(organization)/\(name)/\(type)/\(block)"
        }
    }

    /// Reads a key as an operator or a database writes it.
    ///
    /// - Throws: ``InvalidKey`` with the rule that is broken.
    package init(_ text: String) throws(InvalidKey) {
        guard Self.split(text) != nil else {
            throw InvalidKey(
                text: text,
                reason: "a block is block-v1:Org+Course+Run+type@TYPE+block@ID or i4x://Org/Course/TYPE/ID"
            )
        }
        self.text = text
    }

    /// The block's type, such as `video`.
    package var type: String { Self.split(text)?.type ?? "" }

    /// The block's id: the last part of the key.
    package var block: String { Self.split(text)?.block ?? "" }

    private static func split(_ text: String) -> (type: String, block: String)? {
        if let parts = text.keyParts(after: "block-v1:", separatedBy: "+", count: 5) {
            guard let type = parts[3].keyPart(after: "type@"), let block = parts[4].keyPart(after: "block@") else {
                return nil
            }
            return (type, block)
        }
        return text.keyParts(after: "i4x://", separatedBy: "/", count: 4).map { ($0[2], $0[3]) }
    }
}
