// SPDX-License-Identifier: Apache-2.0
#if MySQL
import CMariaDB
import Foundation

/// One connection to a server. Its calls block, and one thread uses it at a time.
///
/// Its session speaks utf8mb4, keeps time in UTC, is strict about what a column takes, and reads what is committed.
package final class ServerConnection {
    /// Who it is to the server.
    package struct Identity: Sendable, Hashable {
        package let number: Int64
        /// The address and port that the server sees, which no later connection has at the same time.
        package let origin: String
    }

    package private(set) var identity = Identity(number: 0, origin: "")
    /// Whether an error has shown that it is of no use any more.
    package private(set) var isLost = false
    /// When it last had an answer.
    package private(set) var lastAnswer = ContinuousClock.now

    private let handle: UnsafeMutablePointer<MYSQL>
    private var statements: [String: ServerStatement] = [:]

    /// Connects and sets the session; blocks for as long as the deadlines allow.
    ///
    /// - Throws: ``ServerError``.
    package init(_ address: ServerAddress, password: String?, deadlines: ServerDeadlines) throws(ServerError) {
        guard let handle = mysql_init(nil) else {
            throw ServerError(code: UInt32(CR_OUT_OF_MEMORY), words: "no memory for a connection")
        }
        // Whatever is thrown from here on, deinit closes it.
        self.handle = handle
        set(MYSQL_OPT_CONNECT_TIMEOUT, deadlines.connect)
        set(MYSQL_OPT_READ_TIMEOUT, deadlines.answer)
        set(MYSQL_OPT_WRITE_TIMEOUT, deadlines.answer)
        mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        // Said in either case: what a library does by itself differs from release to release.
        var encrypts: my_bool = address.encryption == .none ? 0 : 1
        mysql_options(handle, MYSQL_OPT_SSL_ENFORCE, &encrypts)
        mysql_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &encrypts)
        if case .verified(let authority?) = address.encryption { mysql_options(handle, MYSQL_OPT_SSL_CA, authority) }
        _ = Self.hasPlugIn
        // A name that libmariadb would take for a socket of its own choice is an address like every other.
        let host = address.host == "localhost" ? "127.0.0.1" : address.host
        guard
            mysql_real_connect(
                handle, host, address.user, password, address.database, address.port, nil, UInt(CLIENT_FOUND_ROWS))
                != nil
        else { throw refusal }
        for setting in [
            "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
            "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
            "SET SESSION time_zone = '+00:00', SESSION innodb_lock_wait_timeout = \(deadlines.lock), autocommit = 1",
        ] { try execute(setting) }
        let row = try query("SELECT id, host FROM information_schema.processlist WHERE id = CONNECTION_ID()").first
        guard let number = row?[0].integer, let origin = row?[1].text else {
            throw ServerError(code: UInt32(CR_UNKNOWN_ERROR), words: "the server does not know this connection")
        }
        identity = Identity(number: number, origin: origin)
    }

    deinit {
        statements = [:]
        mysql_close(handle)
    }

    private func set(_ option: mysql_option, _ seconds: UInt32) {
        var seconds = seconds
        mysql_options(handle, option, &seconds)
    }

    /// Does a statement that brings no rows and has no parameters.
    package func execute(_ sql: String) throws(ServerError) {
        guard mysql_real_query(handle, sql, UInt(sql.utf8.count)) == 0 else { throw noted(lastError) }
        lastAnswer = .now
    }

    /// Does a statement, which is prepared once for each connection; its parameters stand as `?`.
    ///
    /// - Returns: its rows.
    @discardableResult
    package func query(_ sql: String, _ values: [ServerValue] = []) throws(ServerError) -> [[ServerValue]] {
        do throws(ServerError) {
            let statement = try prepared(sql)
            defer { isLost = isLost || statement.isBroken }
            let rows = try statement.run(values)
            lastAnswer = .now
            return rows
        } catch {
            throw noted(error)
        }
    }

    private func prepared(_ sql: String) throws(ServerError) -> ServerStatement {
        if let known = statements[sql] { return known }
        let statement = try ServerStatement(sql, on: handle)
        statements[sql] = statement
        return statement
    }

    /// The number that the last INSERT was given by AUTO_INCREMENT.
    package var lastInsertedID: Int64 { Int64(bitPattern: UInt64(mysql_insert_id(handle))) }

    /// How many rows the last UPDATE found, whether or not it changed anything in them.
    package var matchedRows: Int { Int(mysql_affected_rows(handle)) }

    /// Whether the server still answers on it.
    package func answers() -> Bool {
        let isWell = mysql_ping(handle) == 0
        isLost = isLost || !isWell
        return isWell
    }

    /// Has it not used again: what it is in the middle of is not known.
    package func discard() { isLost = true }

    /// Once a connection stands, an error of TLS is no word on the certificate: the other side has gone without a good-bye.
    private func noted(_ error: ServerError) -> ServerError {
        let isTLS = error.code == UInt32(CR_SSL_CONNECTION_ERROR)
        let error = isTLS ? ServerError(code: UInt32(CR_SERVER_LOST), words: error.words) : error
        if error.isLost { isLost = true }
        return error
    }

    /// Whether the library has the plug-in that MySQL 8 logs its users in by. Two threads that come to need it at once
    /// would fail one of their connections, so that it is loaded here, once and before any.
    private static let hasPlugIn: Bool = {
        guard let handle = mysql_init(nil) else { return false }
        defer { mysql_close(handle) }
        return mysql_client_find_plugin(handle, "caching_sha2_password", Int32(mallow_authentication_plugin)) != nil
    }()

    /// Why there is no connection. Of a plug-in that is not there the library tells with the number of a wrong password.
    private var refusal: ServerError {
        let error = lastError
        guard error.code == UInt32(ER_ACCESS_DENIED_ERROR), !Self.hasPlugIn else { return error }
        return ServerError(code: UInt32(CR_AUTH_PLUGIN_CANNOT_LOAD), words: error.words)
    }

    private var lastError: ServerError {
        ServerError(code: mysql_errno(handle), words: String(cString: mysql_error(handle)))
    }
}
#endif
