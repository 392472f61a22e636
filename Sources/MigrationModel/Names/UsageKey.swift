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
    package var type: String { Self.split(text).map { String($0.type) } ?? "" }

    /// The block's id: the last part of the key.
    package var block: String { Self.split(text).map { String($0.block) } ?? "" }

    private static func split(_ text: String) -> (type: Substring, block: Substring)? {
        if text.hasPrefix("block-v1:") {
            let pieces = text.dropFirst("block-v1:".count).split(separator: "+", omittingEmptySubsequences: false)
            guard pieces.count == 5, pieces[3].hasPrefix("type@"), pieces[4].hasPrefix("block@") else { return nil }
            let (type, block) = (pieces[3].dropFirst("type@".count), pieces[4].dropFirst("block@".count))
            return pieces.allSatisfy { !$0.isEmpty } && !type.isEmpty && !block.isEmpty ? (type, block) : nil
        }
        guard text.hasPrefix("i4x://") else { return nil }
        let pieces = text.dropFirst("i4x://".count).split(separator: "/", omittingEmptySubsequences: false)
        return pieces.count == 4 && pieces.allSatisfy { !$0.isEmpty } ? (pieces[2], pieces[3]) : nil
    }
}
