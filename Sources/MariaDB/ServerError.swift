// SPDX-License-Identifier: Apache-2.0
#if MySQL
import CMariaDB

/// What a server, or the client library on its behalf, said instead of doing what it was asked.
package struct ServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The server's number; from 2000 to 2999 it is the library's own.
    package let code: UInt32
    package let words: String

    package init(code: UInt32, words: String) {
        self.code = code
        self.words = words
    }

    package var description: String { "\(words) (\(code))" }

    /// Whether the connection is of no use any more, and what was sent last may have been done.
    package var isLost: Bool { Self.lost.contains(Int(code)) }

    private static let lost: Set<Int> = [
        Int(CR_SERVER_GONE_ERROR), Int(CR_SERVER_LOST), Int(CR_SERVER_LOST_EXTENDED), Int(CR_TCP_CONNECTION),
        Int(CR_CONN_HOST_ERROR), Int(CR_CONNECTION_ERROR), Int(CR_UNKNOWN_HOST), Int(CR_MALFORMED_PACKET),
        Int(CR_COMMANDS_OUT_OF_SYNC), Int(ER_SERVER_SHUTDOWN), Int(ER_CONNECTION_KILLED),
        Int(ER_NEW_ABORTING_CONNECTION), Int(ER_FORCING_CLOSE), Int(CR_NET_PACKET_TOO_LARGE),
        // The server ended it: nobody spoke for too long, or a packet did not come whole.
        4031, 3169, 1158, 1159, 1160, 1161,
    ]
}
#endif
