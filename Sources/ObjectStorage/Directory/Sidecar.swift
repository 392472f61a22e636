// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// What the store keeps beside an object: one JSON object, in an attribute of the object's file or in a file of its own.
///
/// It is believed only where it fits the object's file. A missing or torn one is no error: then the bytes are hashed,
/// and whose they are is unknown.
struct Sidecar: Codable {
    let key: ObjectKey
    let checksum: Checksum
    let contentType: String
    let run: Int64
    let intent: UUID
    /// The object's file as it was written. A file with this identity still has these bytes.
    let identity: FileIdentity

    enum CodingKeys: String, CodingKey {
        case key, checksum = "sha256", contentType = "content_type", run, intent, identity
    }

    init(_ object: NewObject, identity: FileIdentity) {
        key = object.key
        checksum = object.checksum
        contentType = object.contentType
        run = object.provenance.run.number
        intent = object.provenance.intent
        self.identity = identity
    }

    var provenance: Provenance { Provenance(run: RunID(run), intent: intent) }

    /// The sidecar at `path`; nil when there is none or it is not whole.
    ///
    /// - Throws: ``SystemError`` when it is there and cannot be read.
    static func read(at path: String) throws(SystemError) -> Sidecar? {
        let bytes: [UInt8]
        do {
            bytes = try OpenFile(path, O_RDONLY).readAll()
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
        return Sidecar(bytes)
    }

    /// The sidecar that is written in `bytes`; nil when they are not one, or not all of it.
    init?(_ bytes: [UInt8]) {
        let sidecar = try? JSONDecoder().decode(Sidecar.self, from: Data(bytes))  // a torn one is as good as none
        guard let sidecar else { return nil }
        self = sidecar
    }

    /// The bytes of the file. Written by hand: it is made once for every put, and an encoder would cost as much as the
    /// object's own hash.
    var encoded: [UInt8] {
        var text = "{\"key\":\(Self.quoted(key.text)),\"sha256\":\"\(checksum)\""
        text += ",\"content_type\":\(Self.quoted(contentType)),\"run\":\(run),\"intent\":\"\(intent.uuidString)\""
        text += ",\"identity\":{\"size\":\(identity.size),\"inode\":\(identity.inode)"
        if let modified = identity.modified { text += ",\"modified\":\(modified)" }
        text += "}}\n"
        return Array(text.utf8)
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
