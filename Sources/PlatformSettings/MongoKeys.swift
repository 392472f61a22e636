// SPDX-License-Identifier: Apache-2.0

/// What settings of a MongoDB are called, and what holds where they are not written.
struct MongoKeys {
    let host, port, database, user, password: String
    let authSource, authMechanism, replicaSet, isEncrypted: [String]
    let usualHost, usualDatabase, usualAuthSource: String?
    /// The name of the rule behind the usual values.
    let rule: String

    static let usualPort = 27017

    /// Open edX: `DOC_STORE_CONFIG`. The driver takes its own options in any case of letters, so both spellings are read.
    static let openEdX = MongoKeys(
        host: "host", port: "port", database: "db", user: "user", password: "password",
        authSource: ["authsource", "authSource"], authMechanism: ["authmechanism", "authMechanism"],
        replicaSet: ["replicaSet", "replicaset"], isEncrypted: ["ssl", "tls"],
        usualHost: nil, usualDatabase: nil, usualAuthSource: nil, rule: "Open edX's default"
    )

    /// Open edX: Tutor renders Mongo's settings as Python, so its `config.yml` is what can be read.
    static let tutor = MongoKeys(
        host: "MONGODB_HOST", port: "MONGODB_PORT", database: "MONGODB_DATABASE", user: "MONGODB_USERNAME",
        password: "MONGODB_PASSWORD", authSource: ["MONGODB_AUTH_SOURCE"], authMechanism: ["MONGODB_AUTH_MECHANISM"],
        replicaSet: ["MONGODB_REPLICA_SET"], isEncrypted: ["MONGODB_USE_SSL"],
        usualHost: "mongodb", usualDatabase: "openedx", usualAuthSource: "admin", rule: "Tutor's default"
    )
}
