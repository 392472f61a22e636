// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import CMongo
import Foundation
import Threading

/// Clients of one database, as many as may ask at once, each on a thread of its own while it does.
package final class MongoPool: Sendable {
    /// The library is set up once in a process: it says nothing by itself, since its lines would fall into the console's
    /// screen.
    private static let isSetUp: Bool = {
        mongoc_log_set_handler(nil, nil)
        mongoc_init()
        return true
    }()

    /// To be called at a process's start: the library, as Debian builds it, makes a file of counters in memory as soon as it
    /// is loaded, and leaves it behind where a process is killed. Its memory stays the process's own without a name.
    package static func prepareProcess() { shm_unlink("/mongoc-\(getpid())") }

    private let clients: Clients
    private let threads: BlockingPool
    private let database: String

    /// The library's pool, which is made for many threads.
    private struct Clients: @unchecked Sendable /* the library's own lock */ {
        let pool: OpaquePointer
    }

    /// Connects to nothing yet.
    ///
    /// - Parameter width: how many may ask at once, from 1.
    /// - Throws: ``MongoError`` for an address that the library cannot use.
    package init(
        _ address: MongoAddress, password: String?, width: Int, deadlines: MongoDeadlines = MongoDeadlines()
    ) throws(MongoError) {
        precondition(Self.isSetUp, "the library is set up before it is used")
        let uri = try Self.uri(address, password, width, deadlines)
        defer { mongoc_uri_destroy(uri) }
        var error = bson_error_t()
        guard let pool = mongoc_client_pool_new_with_error(uri, &error) else { throw MongoError(error) }
        if case .verified(let authority) = address.encryption {
            Self.withOptionalCString(authority) { file in
                var options = mongoc_ssl_opt_get_default().pointee
                options.ca_file = file
                mongoc_client_pool_set_ssl_opts(pool, &options)
            }
        }
        mongoc_client_pool_set_error_api(pool, MONGOC_ERROR_API_VERSION_2)
        mongoc_client_pool_set_appname(pool, "mallow")
        clients = Clients(pool: pool)
        threads = BlockingPool(name: "contentstore", width: width)
        database = address.database
    }

    deinit { mongoc_client_pool_destroy(clients.pool) }

    /// Runs `body` with a client on a thread that may block. Suspends the caller.
    ///
    /// - Throws: what `body` throws.
    package func run<Value: Sendable>(
        _ body: @escaping @Sendable (MongoClient) throws -> Value
    ) async throws -> Value {
        try await threads.run { [self] in
            // There are as many clients as threads: it waits for nobody.
            guard let client = mongoc_client_pool_pop(clients.pool) else {
                preconditionFailure("a pool hands out clients for as long as it lives")
            }
            defer { mongoc_client_pool_push(clients.pool, client) }
            return try body(MongoClient(client, database))
        }
    }

    private static func uri(
        _ address: MongoAddress, _ password: String?, _ width: Int, _ deadlines: MongoDeadlines
    ) throws(MongoError) -> OpaquePointer {
        var error = bson_error_t()
        let text = "mongodb://\(address.servers.joined(separator: ","))/"
        guard let uri = mongoc_uri_new_with_error(text, &error) else { throw MongoError(error) }
        mongoc_uri_set_database(uri, address.database)
        if let user = address.user {
            mongoc_uri_set_username(uri, user)
            if let password { mongoc_uri_set_password(uri, password) }
            mongoc_uri_set_auth_source(uri, address.authSource ?? address.database)
            if let mechanism = address.authMechanism { mongoc_uri_set_auth_mechanism(uri, mechanism) }
        }
        if let name = address.replicaSet { mongoc_uri_set_option_as_utf8(uri, MONGOC_URI_REPLICASET, name) }
        let isEncrypted = address.encryption != .none
        if isEncrypted { mongoc_uri_set_option_as_bool(uri, MONGOC_URI_TLS, true) }
        let preference = mongoc_read_prefs_new(address.readPreference.mode)
        defer { mongoc_read_prefs_destroy(preference) }
        mongoc_uri_set_read_prefs_t(uri, preference)
        let numbers: [(String, Int32)] = [
            (MONGOC_URI_MAXPOOLSIZE, Int32(width)), (MONGOC_URI_CONNECTTIMEOUTMS, deadlines.connect),
            (MONGOC_URI_SERVERSELECTIONTIMEOUTMS, deadlines.selection),
            (MONGOC_URI_SOCKETTIMEOUTMS, deadlines.answer),
        ]
        for (name, number) in numbers { mongoc_uri_set_option_as_int32(uri, name, number) }
        return uri
    }

    private static func withOptionalCString(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Void) {
        if let text { text.withCString(body) } else { body(nil) }
    }
}

extension MongoAddress.ReadPreference {
    fileprivate var mode: mongoc_read_mode_t {
        switch self {
        case .primary: MONGOC_READ_PRIMARY
        case .primaryPreferred: MONGOC_READ_PRIMARY_PREFERRED
        case .secondary: MONGOC_READ_SECONDARY
        case .secondaryPreferred: MONGOC_READ_SECONDARY_PREFERRED
        case .nearest: MONGOC_READ_NEAREST
        }
    }
}
#endif
