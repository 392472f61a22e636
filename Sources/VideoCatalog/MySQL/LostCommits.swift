// SPDX-License-Identifier: Apache-2.0
#if MySQL
import Foundation
import MariaDB
import MigrationModel
import Synchronization

/// Connections on which a COMMIT was sent and not answered. As long as the server still has one, what it was asked may yet
/// happen: nobody may look for its rows before that is over.
final class LostCommits: Sendable {
    /// So long the server may take to let go of a connection that was ended.
    private static let patience = Duration.seconds(20)
    private static let pause = 0.02

    private let open = Mutex<Set<ServerConnection.Identity>>([])

    func add(_ identity: ServerConnection.Identity) { open.withLock { _ = $0.insert(identity) } }

    /// Ends those connections at the server, and waits until it has none of them any more; blocks.
    ///
    /// A number alone could be another connection's by now: it counts only together with the address it had.
    ///
    /// - Throws: ``ServerError``; ``Failure`` when the server does not let go of one.
    func settle(on connection: ServerConnection) throws {
        for identity in open.withLock({ $0 }) {
            let deadline = ContinuousClock.now + Self.patience
            while try isThere(identity, on: connection) {
                try end(identity, on: connection)
                guard ContinuousClock.now < deadline else {
                    throw Failure(
                        .transient, "settle a commit", at: "connection \(identity.number) of the database",
                        cause: "the server still works on it after \(Self.patience)", safe: "the catalog is whole",
                        advice: "it is tried again; look at the database's list of processes"
                    )
                }
                Thread.sleep(forTimeInterval: Self.pause)  // a thread of the pool, which may block
            }
            open.withLock { _ = $0.remove(identity) }
        }
    }

    private static let unknownThread: UInt32 = 1094

    private func end(_ identity: ServerConnection.Identity, on connection: ServerConnection) throws(ServerError) {
        do throws(ServerError) {
            try connection.execute("KILL CONNECTION \(identity.number)")
        } catch {
            // It has ended by itself.
            if error.code != Self.unknownThread { throw error }
        }
    }

    private func isThere(_ identity: ServerConnection.Identity, on connection: ServerConnection) throws(ServerError)
        -> Bool
    {
        try !connection.query(
            "SELECT 1 FROM information_schema.processlist WHERE id = ? AND host = ?",
            [.integer(identity.number), .text(identity.origin)]
        ).isEmpty
    }
}
#endif
