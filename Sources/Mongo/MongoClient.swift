// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import CMongo

/// One client of a database, for as long as whoever was given it runs. Every method blocks.
package struct MongoClient {
    private let client: OpaquePointer
    private let database: String

    init(_ client: OpaquePointer, _ database: String) { (self.client, self.database) = (client, database) }

    /// How documents are asked for.
    package struct Find: Sendable {
        package var collection: String
        package var filter: Fields
        /// What is sent of each document; empty for all of it.
        package var projection: Fields
        package var sort: Fields
        /// Whether the answer must be the newest there is: the primary is asked, whatever is preferred for reading.
        package var isFresh: Bool
        /// How many documents are wanted at most; nil for all.
        package var limit: Int64?

        package init(
            _ collection: String, _ filter: Fields, projection: Fields = [:], sort: Fields = [:], isFresh: Bool = false
        ) {
            (self.collection, self.filter, self.projection, self.sort) = (collection, filter, projection, sort)
            self.isFresh = isFresh
        }
    }

    /// Hands each document that is found to `body`, which ends it by throwing. One query, however many there are, and what
    /// goes on with it.
    ///
    /// - Throws: ``MongoError``; what `body` throws.
    package func find(_ find: Find, _ body: (DocumentView) throws -> Void) throws {
        try withCollection(find.collection) { collection in
            let options = DocumentWriter()
            if find.projection != [:] { options.append("projection", .document(find.projection)) }
            if let limit = find.limit { options.append("limit", .integer(limit)) }
            if find.sort != [:] { options.append("sort", .document(find.sort)) }
            let filter = DocumentWriter(find.filter)
            let preference = find.isFresh ? mongoc_read_prefs_new(MONGOC_READ_PRIMARY) : nil
            defer { mongoc_read_prefs_destroy(preference) }
            guard
                let cursor = mongoc_collection_find_with_opts(
                    collection, filter.document, options.document, preference)
            else { preconditionFailure("the library always makes a cursor") }
            defer { mongoc_cursor_destroy(cursor) }
            var document: OpaquePointer?
            while mongoc_cursor_next(cursor, &document) {
                if let document { try body(DocumentView(document)) }
            }
            var error = bson_error_t()
            if mongoc_cursor_error(cursor, &error) { throw MongoError(error) }
        }
    }

    /// Inserts one document as it is, acknowledged by a majority.
    ///
    /// - Throws: ``MongoError``; of code 11000 where one with its `_id` is there.
    package func insert(_ document: DocumentWriter, into collection: String) throws {
        try withCollection(collection) { collection in
            // What the platform has stored goes back in, though the library would not take all of it, such as empty names.
            let options = DocumentWriter(["writeConcern": .document(Self.majority), "validate": .flag(false)])
            var error = bson_error_t()
            guard mongoc_collection_insert_one(collection, document.document, options.document, nil, &error) else {
                throw MongoError(error)
            }
        }
    }

    /// Looks whether documents may be inserted: one is sent that no server stores, whatever else is there, since its `_id` is a
    /// list. Rights are looked at before it is.
    ///
    /// - Throws: ``MongoError`` for any other refusal; ``StoredAnyway`` where it was stored all the same.
    package func tryInsert(into collection: String) throws {
        do {
            try insert(DocumentWriter(["_id": .list([])]), into: collection)
        } catch let error as MongoError where error.isOfIdentity {
            return
        } catch let error as MongoError where error.isDuplicate {
            // From an earlier time.
        }
        throw StoredAnyway()
    }

    /// A server has stored what no MongoDB stores: a document whose `_id` is an empty list.
    package struct StoredAnyway: Error {}

    /// Sets fields of the one document that a filter finds, acknowledged by a majority.
    ///
    /// - Returns: whether there was one.
    /// - Throws: ``MongoError``.
    package func set(_ fields: Fields, where filter: Fields, in collection: String) throws -> Bool {
        try withCollection(collection) { collection in
            let options = DocumentWriter(["writeConcern": .document(Self.majority)])
            let (filter, update) = (DocumentWriter(filter), DocumentWriter(["$set": .document(fields)]))
            var matched: Int64 = 0
            var error = bson_error_t()
            guard
                cmongo_update_one(
                    collection, filter.document, update.document, options.document, &matched, &error)
            else { throw MongoError(error) }
            return matched > 0
        }
    }

    private static let majority: Fields = ["w": .text("majority")]

    private func withCollection<Value>(_ name: String, _ body: (OpaquePointer) throws -> Value) rethrows -> Value {
        guard let collection = mongoc_client_get_collection(client, database, name) else {
            preconditionFailure("a collection is a name and no question to a server")
        }
        defer { mongoc_collection_destroy(collection) }
        return try body(collection)
    }
}
#endif
