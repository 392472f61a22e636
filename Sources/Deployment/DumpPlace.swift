// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Contentstore
import Foundation
import Threading

/// A dump of a platform's MongoDB as an endpoint names it: `bson:PATH[?bucket=fs&collection=modulestore]`.
struct DumpPlace {
    private let path: String
    private let collections: Collections

    /// - Throws: ``InvalidEndpoint``.
    init(_ endpoint: Endpoint) throws(InvalidEndpoint) {
        path = endpoint.path
        let options = try CollectionOptions(endpoint.query, refusal: Self.refusal)
        collections = options.collections
        guard options.others.isEmpty else {
            throw Self.refusal("after the ? it knows bucket and collection, and something else stands there")
        }
        // They are the beginnings of its files' names.
        for (name, value) in [("bucket", collections.bucket), ("collection", collections.modulestore)] {
            if value.contains("/") { throw Self.refusal("\(name)= is the beginning of a name and no path") }
        }
    }

    /// Looks for its collections; blocks for a moment.
    ///
    /// - Throws: ``Failure`` where there are none.
    func documents() throws -> DumpDocuments {
        try DumpDocuments(path: path, collections: collections, pool: BlockingPool(name: "dump", width: 4))
    }

    private static func refusal(_ reason: String) -> InvalidEndpoint {
        InvalidEndpoint(
            description: "--source bson:…: \(reason); write for example "
                + "bson:dump/edxapp?bucket=fs&collection=modulestore.")
    }
}
#endif
