// SPDX-License-Identifier: Apache-2.0
#if MySQL
/// Where a database is, and as whom it is asked.
package struct ServerAddress: Sendable, Hashable {
    /// How the way there is kept.
    package enum Encryption: Sendable, Hashable {
        case none
        /// TLS, with the server's certificate and its name verified.
        ///
        /// - Parameter authority: a file of certificates; nil for those that the system trusts.
        case verified(authority: String?)
    }

    package let host: String
    package let port: UInt32
    package let user: String
    package let database: String
    package let encryption: Encryption

    package init(host: String, port: UInt32 = 3306, user: String, database: String, encryption: Encryption = .none) {
        self.host = host
        self.port = port
        self.user = user
        self.database = database
        self.encryption = encryption
    }
}

/// How long is waited for a server, in whole seconds: the client library knows no finer.
package struct ServerDeadlines: Sendable {
    package var connect: UInt32
    /// For each part of an answer.
    package var answer: UInt32
    /// For somebody else's row lock.
    package var lock: UInt32

    package init(connect: UInt32 = 5, answer: UInt32 = 30, lock: UInt32 = 10) {
        (self.connect, self.answer, self.lock) = (connect, answer, lock)
    }
}
#endif
