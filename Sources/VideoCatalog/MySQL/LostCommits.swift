// SPDX-License-Identifier: Apache-2.0
#if MySQL
import MariaDB
import Synchronization

/// Connections on which a COMMIT was sent and not answered. A server that does not notice that nobody is there any more
/// would keep what they have locked for hours.
final class LostCommits: Sendable {
    private let open = Mutex<Set<ServerConnection.Identity>>([])

    func add(_ identity: ServerConnection.Identity) { open.withLock { _ = $0.insert(identity) } }

    /// Has the server end them. Blocks, but does not wait until they are gone: who needs their rows waits for those.
    ///
    /// What comes of it is not told. A number alone could be another connection's by now: it counts only together with the
    /// address that it had.
    func end(on connection: ServerConnection) {
        for identity in open.withLock({ $0 }) {
            do throws(ServerError) {
                let found = try connection.query(
                    "SELECT 1 FROM information_schema.processlist WHERE id = ? AND host = ?",
                    [.integer(identity.number), .text(identity.origin)])
                if !found.isEmpty { try connection.execute("KILL CONNECTION \(identity.number)") }
                open.withLock { _ = $0.remove(identity) }
            } catch {
                // It is tried again before the next look; the locks say whether it mattered.
                continue
            }
        }
    }
}
#endif
