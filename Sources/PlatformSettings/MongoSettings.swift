// SPDX-License-Identifier: Apache-2.0

/// Where a platform keeps courses and transcripts: its MongoDB.
package struct MongoSettings: Sendable, Hashable {
    /// One server of the database.
    package struct Server: Sendable, Hashable, CustomStringConvertible {
        /// A name or an address, without brackets.
        package let name: String
        package let port: Int

        package var description: String { name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)" }
    }

    /// Which members of a replica set the platform reads from, as MongoDB spells it.
    package enum ReadPreference: String, Sendable, Hashable, CaseIterable {
        case primary, primaryPreferred, secondary, secondaryPreferred, nearest
    }

    /// Where course structures are, which is the same database on most platforms.
    package struct Modulestore: Sendable, Hashable {
        /// Not empty.
        package let servers: Found<[Server]>
        package let database: Found<String>
        /// What its collections begin with.
        package let collection: Found<String>
    }

    /// Those of the contentstore; not empty.
    package let servers: Found<[Server]>
    package let database: Found<String>
    /// Nil where nobody logs in.
    package let user: Found<String>?
    package let password: SecretReference?
    /// The database that knows the user.
    package let authSource: Found<String>
    package let authMechanism: Found<String>?
    package let replicaSet: Found<String>?
    package let isEncrypted: Found<Bool>
    /// The file with the certificates that the servers' are verified against.
    package let authority: Found<String>?
    package let readPreference: Found<ReadPreference>?
    /// What the GridFS collections of the contentstore begin with.
    package let bucket: Found<String>
    package let modulestore: Modulestore

    /// Whether the modulestore is in the contentstore's database: one endpoint then names both. Members of a replica set
    /// know each other, so it is enough that one is named for both.
    package var isOneDatabase: Bool {
        modulestore.database.value == database.value
            && !Set(modulestore.servers.value).isDisjoint(with: servers.value)
    }
}
