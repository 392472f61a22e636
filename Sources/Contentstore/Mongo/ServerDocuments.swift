// SPDX-License-Identifier: Apache-2.0
#if MongoDB
package import Mongo
import MigrationModel

/// The collections of a platform on its servers.
package struct ServerDocuments: Documents {
    private let pool: MongoPool
    private let collections: Collections
    private let database: String

    /// Connects to nothing yet.
    ///
    /// - Throws: ``Failure`` for an address that the client library cannot use.
    package init(
        _ address: MongoAddress, password: String?, width: Int, collections: Collections,
        deadlines: MongoDeadlines = MongoDeadlines()
    ) throws {
        database = address.database
        self.collections = collections
        do {
            pool = try MongoPool(address, password: password, width: width, deadlines: deadlines)
        } catch {
            throw Failure(error, mongo: "open the contentstore", at: address.database)
        }
    }

    func ask<Value: Sendable>(
        _ question: Question, into value: Value, _ body: @escaping @Sendable (inout Value, DocumentView) throws -> Void
    ) async throws -> Value {
        let query = collections.query(question)
        do {
            return try await pool.run { client in
                var value = value
                try client.find(query) { document in try body(&value, document) }
                return value
            }
        } catch {
            throw Failure(error, mongo: "read \(query.collection)", at: place(of: question))
        }
    }

    /// Writes, as nothing but cut-over does.
    ///
    /// - Parameter canChange: whether anything may have been changed when the answer is lost.
    /// - Throws: ``Failure``, of class `ambiguous` where the answer to a change was lost.
    func write<Value: Sendable>(
        _ what: String, to question: Question, canChange: Bool = true,
        _ body: @escaping @Sendable (MongoClient, Collections) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.run { [collections] client in try body(client, collections) }
        } catch {
            throw Failure(error, mongo: what, at: place(of: question), isWrite: canChange)
        }
    }

    func place(of question: Question) -> String { "\(database).\(collections.name(question))" }
}
#endif
