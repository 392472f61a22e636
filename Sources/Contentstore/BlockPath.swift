// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// Where the file of a block lies in an export, without extension: `video/9f3c2a41`. Also what tells blocks apart.
struct BlockPath: BytewiseName {
    let text: String

    init(unchecked text: String) { self.text = text }

    /// Open edX: a colon in a name is a folder in the path.
    init(type: String, block: String) {
        let colon = UInt8(ascii: ":")
        if block.utf8.contains(colon) {
            let way = block.utf8.map { $0 == colon ? UInt8(ascii: "/") : $0 }
            text = "\(type)/\(String(decoding: way, as: UTF8.self))"
        } else {
            text = "\(type)/\(block)"
        }
    }

    var file: String { "\(text).xml" }
    var draftFile: String { "drafts/\(text).xml" }

    /// Why `block` can be no block's name; nil when it can.
    static func objection(to block: String) -> String? {
        if block.isEmpty { return "it is empty" }
        for part in block.split(separator: ":", omittingEmptySubsequences: false) where ["", ".", ".."].contains(part) {
            return "it is no way inside the export"
        }
        let bad = block.unicodeScalars.first {
            "/+@\\".unicodeScalars.contains($0) || $0.properties.generalCategory == .control
        }
        return bad.map { "the character \($0.escaped(asASCII: true)) cannot stand in a block's name" }
    }
}
