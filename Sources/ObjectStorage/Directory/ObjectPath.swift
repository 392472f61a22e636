// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// Where an object and its sidecar are, below the store's folder.
struct ObjectPath {
    /// The folder for everything that is not an object.
    static let privateFolder = ".mallow"
    /// The longest key and the longest part of one, in bytes: what S3 and file systems hold.
    static let longestKey = 1024
    static let longestPart = 255

    let key: ObjectKey
    /// The key's folder, without a slash at its end; "" is the store's own.
    let folder: String
    /// Where the sidecar is.
    let sidecar: String
    /// The sidecar's folder.
    let sidecarFolder: String

    /// - Throws: ``Failure`` of class `bug` with the rule that the key breaks.
    init(_ key: ObjectKey) throws {
        let parts = key.text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if let objection = Self.objection(to: key, parts) {
            throw Failure(
                .bug,
                "name a file for the object",
                at: key.text,
                cause: objection,
                advice: "choose another --prefix, and report this if the key was not made from it"
            )
        }
        self.key = key
        let last = parts[parts.count - 1]
        folder = String(Substring(key.text.utf8[..<last.startIndex].dropLast()))
        // "a" has its sidecar at "a.json", which must never be a folder too; and ".json" must fit into the name.
        let isPlain =
            last.count + 5 <= Self.longestPart
            && !parts.dropLast().contains { $0.reversed().starts(with: ".json".utf8.reversed()) }
        if isPlain {
            sidecarFolder = "\(Self.privateFolder)/objects" + (folder.isEmpty ? "" : "/\(folder)")
            sidecar = "\(Self.privateFolder)/objects/\(key.text).json"
        } else {
            sidecarFolder = "\(Self.privateFolder)/hashed"
            sidecar = "\(Self.privateFolder)/hashed/\(Checksum(of: Array(key.text.utf8))).json"
        }
    }

    private static func objection(to key: ObjectKey, _ parts: [Substring.UTF8View]) -> String? {
        let length = key.text.utf8.count
        if length > longestKey { return "it is \(length) bytes long; \(longestKey) is the most" }
        if key.text.utf8.contains(0) { return "it holds a NUL" }
        if key.text.utf8.first == UInt8(ascii: "/") { return "it begins with a slash" }
        for part in parts {
            if part.isEmpty { return "one of its parts is empty" }
            if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) {
                return "one of its parts is \(Substring(part))"
            }
            if part.count > longestPart {
                return "one of its parts is \(part.count) bytes long; \(longestPart) is the most"
            }
        }
        let isPrivate = parts[0].elementsEqual(privateFolder.utf8)
        return isPrivate ? "\(privateFolder) is kept for the store itself" : nil
    }
}
