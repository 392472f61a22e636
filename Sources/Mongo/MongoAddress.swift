// SPDX-License-Identifier: Apache-2.0
#if MongoDB

/// Where a database is, and as whom it is asked; the password stands elsewhere.
package struct MongoAddress: Sendable, Hashable {
    /// Which members of a replica set are read from.
    package enum ReadPreference: String, Sendable, Hashable, CaseIterable {
        case primary, primaryPreferred, secondary, secondaryPreferred, nearest
    }

    /// How the way there is kept.
    package enum Encryption: Sendable, Hashable {
        case none
        /// TLS, with the servers' certificates and names verified.
        ///
        /// - Parameter authority: a file of certificates; nil for those that the system trusts.
        case verified(authority: String?)
    }

    /// `HOST:PORT` each; an address with colons stands in brackets. Not empty.
    package var servers: [String]
    package var database: String
    /// nil where nobody logs in.
    package var user: String?
    /// The database that knows the user; nil for the database itself.
    package var authSource: String?
    /// nil for what client and server agree on.
    package var authMechanism: String?
    package var replicaSet: String?
    package var encryption = Encryption.none
    package var readPreference = ReadPreference.secondaryPreferred

    package init(servers: [String], database: String) { (self.servers, self.database) = (servers, database) }
}

/// How long is waited for servers.
package struct MongoDeadlines: Sendable {
    /// Milliseconds for one connection.
    package var connect: Int32
    /// Milliseconds until a member is found that may be asked.
    package var selection: Int32
    /// Milliseconds for a part of an answer.
    package var answer: Int32

    package init(connect: Int32 = 5_000, selection: Int32 = 5_000, answer: Int32 = 30_000) {
        (self.connect, self.selection, self.answer) = (connect, selection, answer)
    }
}
#endif
