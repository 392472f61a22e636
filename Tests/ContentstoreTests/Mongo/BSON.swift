// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Foundation
import Mongo
import MigrationModel
import TestDoubles
import Threading

@testable import Contentstore

/// Collections that a test writes down, in a dump of their own.
struct StoredPlatform {
    let folder: String

    /// - Parameter collections: documents by the names of their collections.
    init(_ collections: [String: [DocumentWriter]], in folder: String) throws {
        self.folder = folder
        for (name, documents) in collections {
            try Data(documents.flatMap(\.bytes)).write(to: URL(fileURLWithPath: "\(folder)/\(name).bson"))
        }
    }

    var documents: DumpDocuments {
        get throws {
            try DumpDocuments(
                path: folder, collections: Collections(), pool: BlockingPool(name: "test", width: 2))
        }
    }

    var source: MongoSource { get throws { MongoSource(try documents) } }
}

extension DocumentWriter {
    /// With data in it, which no term has.
    convenience init(chunk number: Int64, of id: Term, _ data: [UInt8]) {
        self.init(["files_id": id, "n": .integer(number)])
        append("data", data)
    }
}

extension Term {
    static func list(_ terms: Term...) -> Term { .list(terms) }

    /// `[type, id]`.
    static func child(_ type: String, _ id: String) -> Term { .list([.text(type), .text(id)]) }

    /// A block of a structure.
    static func block(_ type: String, _ id: String, _ fields: Term = [:]) -> Term {
        ["block_type": .text(type), "block_id": .text(id), "fields": fields]
    }
}
#endif
