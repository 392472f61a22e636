// SPDX-License-Identifier: Apache-2.0

/// The key of an asset, of either generation.
///
/// Open edX: `asset-v1:Org+Course+Run+type@asset+block@NAME` or `/c4x/Org/Course/asset/NAME`; the form
/// `c4x://Org/Course/asset/NAME` is old and read, never written (section 3.4).
package struct AssetKey: BytewiseName {
    package let text: String

    package init(unchecked text: String) { self.text = text }

    /// The key of an asset of a course, in the generation of the course.
    package init(course: CourseKey, name: AssetName) {
        let (organization, title, run) = course.parts
        switch course.generation {
        case .plus: text = "asset-v1:\(organization)+\(title)+\(run)+type@asset+block@\(name)"
        case .slashes: text = "/c4x/\(organization)/\(title)/asset/\(name)"
        }
    }

    /// Reads a key of any of the three forms; the oldest is rewritten as `/c4x/...`.
    ///
    /// - Throws: ``InvalidKey`` with the rule that is broken.
    package init(_ text: String) throws(InvalidKey) {
        let text = text.hasPrefix("c4x://") ? "/c4x/" + text.dropFirst("c4x://".count) : text
        guard Self.name(in: text) != nil else {
            throw InvalidKey(
                text: text,
                reason: "an asset is asset-v1:Org+Course+Run+type@asset+block@NAME or /c4x/Org/Course/asset/NAME"
            )
        }
        self.text = text
    }

    /// The asset's name: the last part of the key.
    package var name: AssetName { AssetName(unchecked: Self.name(in: text) ?? "") }

    private static func name(in text: String) -> String? {
        if let parts = text.keyParts(after: "asset-v1:", separatedBy: "+", count: 5) {
            return parts[3] == "type@asset" ? parts[4].keyPart(after: "block@") : nil
        }
        guard let parts = text.keyParts(after: "/c4x/", separatedBy: "/", count: 4), parts[2] == "asset" else {
            return nil
        }
        return parts[3]
    }
}
