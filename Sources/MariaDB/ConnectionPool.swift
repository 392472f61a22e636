// SPDX-License-Identifier: Apache-2.0
#if MySQL
import Foundation
import Synchronization
import Threading

/// Connections to one server, as many as may be in use at once, each on a thread of its own while it is.
package final class ConnectionPool: Sendable {
    /// Servers and the boxes between forget connections that are idle for long; after so long one is asked first.
    private static let freshness = Duration.seconds(20)

    private let address: ServerAddress
    private let password: String?
    private let deadlines: ServerDeadlines
    private let threads: BlockingPool
    private let idle = Mutex<[Handed]>([])

    /// A connection between two jobs: nobody else has it.
    private struct Handed: @unchecked Sendable /* used by one job at a time, handed over under `idle` */ {
        let connection: ServerConnection
    }

    /// Connects to nothing yet.
    ///
    /// - Parameter width: how many connections there may be, from 1.
    package init(
        _ address: ServerAddress, password: String?, width: Int, deadlines: ServerDeadlines = ServerDeadlines()
    ) {
        self.address = address
        self.password = password
        self.deadlines = deadlines
        threads = BlockingPool(name: "catalog", width: width)
    }

    /// Runs `body` with a connection on a thread that may block. Suspends the caller.
    ///
    /// A connection on which `body` leaves a transaction open must not come back: whoever throws has rolled back.
    ///
    /// - Throws: ``ServerError`` when there is no connection, and what `body` throws.
    package func run<Value: Sendable>(_ body: @escaping @Sendable (ServerConnection) throws -> Value) async throws
        -> Value
    {
        try await threads.run { [self] in
            let connection = try ready()
            defer { giveBack(connection) }
            return try body(connection)
        }
    }

    /// The same on the caller's own thread, which it blocks: for what is done once, before anything else.
    ///
    /// - Throws: as ``run(_:)``.
    package func runBlocking<Value>(_ body: (ServerConnection) throws -> Value) throws -> Value {
        let connection = try ready()
        defer { giveBack(connection) }
        return try body(connection)
    }

    /// Where one connection is lost, so are most likely the others that rest: nobody is sent to find that out.
    private func giveBack(_ connection: ServerConnection) {
        let given = Handed(connection: connection)
        let dropped = idle.withLock { idle in
            let dropped = connection.isLost ? idle : []
            idle = connection.isLost ? [] : idle + [given]
            return dropped
        }
        withExtendedLifetime(dropped) {}  // closed here, and not under the lock
    }

    private func ready() throws(ServerError) -> ServerConnection {
        while let handed = idle.withLock({ $0.popLast() }) {
            let connection = handed.connection
            if ContinuousClock.now - connection.lastAnswer < Self.freshness || connection.answers() {
                return connection
            }
        }
        return try ServerConnection(address, password: password, deadlines: deadlines)
    }
}
#endif
