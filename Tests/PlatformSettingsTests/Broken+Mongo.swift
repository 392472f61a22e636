// SPDX-License-Identifier: Apache-2.0

extension Broken {
    /// In `CONTENTSTORE` and `MODULESTORE`.
    static let mongo: [Broken] = [
        Broken(
            "CONTENTSTORE:\n", "CONTENTSTORE: null\nOTHER:\n",
            "/lms.yml: neither CONTENTSTORE nor DOC_STORE_CONFIG is there; write CONTENTSTORE with a "
                + "DOC_STORE_CONFIG, or for Tutor give its root folder."
        ),
        Broken(
            "CONTENTSTORE:\n", "CONTENTSTORE: 7\nOTHER:\n",
            "/lms.yml, line 1, column 1: CONTENTSTORE is a number, not a mapping; write keys and values "
                + "below CONTENTSTORE:."
        ),
        Broken(
            "  DOC_STORE_CONFIG:\n", "  DOC_STORE_CONFIGS:\n",
            "/lms.yml, line 1, column 1: CONTENTSTORE.DOC_STORE_CONFIG is missing; perhaps DOC_STORE_CONFIGS "
                + "in line 2 is meant to be DOC_STORE_CONFIG."
        ),
        Broken(
            "  DOC_STORE_CONFIG:\n", "  DOC_STORE_CONFIG: x\n  OTHER:\n",
            "/lms.yml, line 2, column 3: CONTENTSTORE.DOC_STORE_CONFIG is text, not a mapping; write keys "
                + "and values below DOC_STORE_CONFIG:."
        ),
        Broken(
            "  DOC_STORE_CONFIG:\n", "  ENGINE: acme.S3ContentStore\n  DOC_STORE_CONFIG:\n",
            "/lms.yml, line 2, column 3: CONTENTSTORE.ENGINE is \"acme.S3ContentStore\", which Mallow cannot "
                + "read; Mallow reads xmodule.contentstore.mongo.MongoContentStore."
        ),
        Broken(
            "    db: edxapp\n", "",
            "/lms.yml, line 2, column 3: CONTENTSTORE.DOC_STORE_CONFIG.db is missing; write for example db: "
                + "edxapp."
        ),
        Broken(
            "    db: edxapp\n", "    db: ''\n",
            "/lms.yml, line 3, column 5: CONTENTSTORE.DOC_STORE_CONFIG.db is empty; write for example db: "
                + "edxapp."
        ),
        Broken(
            "    db: edxapp\n", "    db: [edxapp]\n",
            "/lms.yml, line 3, column 5: CONTENTSTORE.DOC_STORE_CONFIG.db is a list, not text; write one "
                + "value in quotes after db:."
        ),
        Broken(
            "host: [mongo-1.internal, mongo-2.internal]", "hots: [mongo-1.internal, mongo-2.internal]",
            "/lms.yml, line 2, column 3: CONTENTSTORE.DOC_STORE_CONFIG.host is missing; perhaps hots in line "
                + "4 is meant to be host."
        ),
        Broken(
            "host: [mongo-1.internal, mongo-2.internal]", "host: {}",
            "/lms.yml, line 4, column 5: CONTENTSTORE.DOC_STORE_CONFIG.host is a mapping, not a host or a "
                + "list of hosts; write for example host: [mongo-1.internal, mongo-2.internal]."
        ),
        Broken(
            "host: [mongo-1.internal, mongo-2.internal]", "host: []",
            "/lms.yml, line 4, column 5: CONTENTSTORE.DOC_STORE_CONFIG.host is an empty list; write the "
                + "hosts of MongoDB into it."
        ),
        Broken(
            "host: [mongo-1.internal, mongo-2.internal]", "host: ''",
            "/lms.yml, line 4, column 5: CONTENTSTORE.DOC_STORE_CONFIG.host names no host; write a host, or "
                + "remove it."
        ),
        Broken(
            "host: [mongo-1.internal, mongo-2.internal]", "host: [mongo-1.internal, {a: b}]",
            "/lms.yml, line 4, column 30: CONTENTSTORE.DOC_STORE_CONFIG.host[1] is a mapping, not text; "
                + "write one value in quotes there."
        ),
        Broken(
            "host: [mongo-1.internal, mongo-2.internal]", "host: ['mongo-1.internal,']",
            "/lms.yml, line 4, column 12: CONTENTSTORE.DOC_STORE_CONFIG.host[0] names no host; write a host, "
                + "or remove it."
        ),
        Broken(
            "host: [mongo-1.internal, mongo-2.internal]", "host: mongodb://edxapp:s3cret@mongo-1.internal",
            "/lms.yml, line 4, column 5: CONTENTSTORE.DOC_STORE_CONFIG.host is a connection string; write "
                + "hosts there, and user, password and options in keys of their own."
        ),
        Broken(
            "host: [mongo-1.internal, mongo-2.internal]", "host: /tmp/mongodb-27017.sock",
            "/lms.yml, line 4, column 5: CONTENTSTORE.DOC_STORE_CONFIG.host is a socket's path; write the "
                + "host's name, as MongoDB is reached by TCP."
        ),
        Broken(
            "host: [mongo-1.internal, mongo-2.internal]", "host: ['mongo-1.internal:s3cret']",
            "/lms.yml, line 4, column 12: CONTENTSTORE.DOC_STORE_CONFIG.host[0] has something after : that "
                + "is no port; write HOST:PORT with a port from 1 to 65535."
        ),
        Broken(
            "port: 27017", "port: abc",
            "/lms.yml, line 5, column 5: CONTENTSTORE.DOC_STORE_CONFIG.port is \"abc\", which is no whole "
                + "number; write a number from 1 to 65535, such as port: 27017."
        ),
        Broken(
            "port: 27017", "port: 65536",
            "/lms.yml, line 5, column 5: CONTENTSTORE.DOC_STORE_CONFIG.port is 65536, and there is no such "
                + "port; write a number from 1 to 65535, such as port: 27017."
        ),
        Broken(
            "port: 27017", "port: {a: b}",
            "/lms.yml, line 5, column 5: CONTENTSTORE.DOC_STORE_CONFIG.port is a mapping, not a port; write "
                + "a number from 1 to 65535, such as port: 27017."
        ),
        Broken(
            "user: edxapp\n", "user: [edxapp]\n",
            "/lms.yml, line 6, column 5: CONTENTSTORE.DOC_STORE_CONFIG.user is a list, not text; write one "
                + "value in quotes after user:."
        ),
        Broken(
            "password: mongo-s3cret", "password: {s3cret: s3cret}",
            "/lms.yml, line 7, column 5: CONTENTSTORE.DOC_STORE_CONFIG.password is a mapping, not text; "
                + "write one value in quotes after password:."
        ),
        Broken(
            "password: mongo-s3cret", "password: 1234",
            "/lms.yml, line 7, column 5: CONTENTSTORE.DOC_STORE_CONFIG.password is a number, not text; put "
                + "it in quotes."
        ),
        Broken(
            "replicaSet: rs0", "replicaSet: [rs0]",
            "/lms.yml, line 8, column 5: CONTENTSTORE.DOC_STORE_CONFIG.replicaSet is a list, not text; write "
                + "one value in quotes after replicaSet:."
        ),
        Broken(
            "replicaSet: rs0", "replicaSet: 0",
            "/lms.yml, line 8, column 5: CONTENTSTORE.DOC_STORE_CONFIG.replicaSet is a number, not text; put "
                + "it in quotes."
        ),
        Broken(
            "replicaSet: rs0", "replicaSet: rs0\n    replicaset: rs1",
            "/lms.yml, line 9, column 5: CONTENTSTORE.DOC_STORE_CONFIG.replicaset says something else than "
                + "CONTENTSTORE.DOC_STORE_CONFIG.replicaSet in line 8; keep one of them."
        ),
        Broken(
            "ssl: true", "ssl: 'true'",
            "/lms.yml, line 9, column 5: CONTENTSTORE.DOC_STORE_CONFIG.ssl is text, not a boolean; write "
                + "ssl: true or ssl: false, without quotes."
        ),
        Broken(
            "ssl: true", "ssl: true\n    tls: false",
            "/lms.yml, line 10, column 5: CONTENTSTORE.DOC_STORE_CONFIG.tls says something else than "
                + "CONTENTSTORE.DOC_STORE_CONFIG.ssl in line 9; keep one of them."
        ),
        Broken(
            "authsource: admin", "authsource: admin\n    authSource: edxapp",
            "/lms.yml, line 11, column 5: CONTENTSTORE.DOC_STORE_CONFIG.authSource says something else than "
                + "CONTENTSTORE.DOC_STORE_CONFIG.authsource in line 10; keep one of them."
        ),
        Broken(
            "authsource: admin", "authsource: 7",
            "/lms.yml, line 10, column 5: CONTENTSTORE.DOC_STORE_CONFIG.authsource is a number, not text; "
                + "put it in quotes."
        ),
        Broken(
            "authsource: admin", "read_preference: SECONDARY_MAYBE",
            "/lms.yml, line 10, column 5: CONTENTSTORE.DOC_STORE_CONFIG.read_preference is "
                + "\"SECONDARY_MAYBE\", which MongoDB does not know; write one of primary, primaryPreferred, "
                + "secondary, secondaryPreferred, nearest."
        ),
        Broken(
            "DATABASES:\n", "MODULESTORE: {default: {OPTIONS: {stores: {NAME: split}}}}\nDATABASES:\n",
            "/lms.yml, line 11, column 35: MODULESTORE.default.OPTIONS.stores is a mapping, not a list of "
                + "stores; begin each with a dash."
        ),
        Broken(
            "DATABASES:\n", "MODULESTORE: {default: {OPTIONS: {stores: [split]}}}\nDATABASES:\n",
            "/lms.yml, line 11, column 44: MODULESTORE.default.OPTIONS.stores[0] is text, not a mapping; "
                + "write keys and values there."
        ),
        Broken(
            "DATABASES:\n",
            "MODULESTORE: {default: {OPTIONS: {stores: [{DOC_STORE_CONFIG: {host: a}}]}}}\nDATABASES:\n",
            "/lms.yml, line 11, column 45: MODULESTORE.default.OPTIONS.stores[0].DOC_STORE_CONFIG.db is "
                + "missing; write for example db: edxapp."
        ),
    ]
}
