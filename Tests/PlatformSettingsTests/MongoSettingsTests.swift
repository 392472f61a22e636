// SPDX-License-Identifier: Apache-2.0
import PlatformSettings
import Testing

@Suite struct MongoSettingsTests {
    private func mongo(_ lines: String) throws -> MongoSettings? {
        try settings("CONTENTSTORE:\n  DOC_STORE_CONFIG: {\(lines)}\n").mongo
    }

    @Test(arguments: [
        ("host: mongo", "mongo:27017"), ("host: mongo, port: 27018", "mongo:27018"),
        ("host: [a, 'b:27019'], port: 27018", "a:27018,b:27019"), ("host: 'a,b:1'", "a:27017,b:1"),
        ("host: '::1'", "[::1]:27017"), ("host: '[fe80::1]:27020'", "[fe80::1]:27020"),
        ("host: mongo, port: '27021'", "mongo:27021"), ("host: mongo, port: ''", "mongo:27017"),
    ])
    func `hosts are a text or a list, and the port is of those without one`(_ lines: String, _ hosts: String) throws {
        let mongo = try #require(try mongo("db: d, \(lines)"))
        #expect(mongo.endpoint == "mongodb://\(hosts)/d?bucket=fs&collection=modulestore")
    }

    @Test func `everything that a driver must know is in the source`() throws {
        #expect(
            try settings(Samples.short).source
                == "mongodb://edxapp@mongo-1.internal:27017,mongo-2.internal:27017/edxapp"
                + "?bucket=fs&collection=modulestore&replicaSet=rs0&authSource=admin&tls=true")
    }

    @Test func `auth_source is ignored, as the platform ignores it`() throws {
        let settings = try settings(Samples.short.replacing("authsource: admin", with: "auth_source: admin"))
        #expect(settings.problems == [])
        #expect(settings.mongo?.authSource.value == "edxapp")
        #expect(
            settings.notes.map(\.text) == [
                "CONTENTSTORE.DOC_STORE_CONFIG.auth_source is ignored by the platform, which reads authsource; "
                    + "users are looked up in the database itself"
            ])
        #expect(settings.notes.map(\.line) == [10])
    }

    @Test(arguments: ["authsource: admin", "authSource: admin"])
    func `both spellings of authsource are read`(_ written: String) throws {
        let mongo = try #require(try mongo("db: d, host: a, user: u, \(written)"))
        #expect(mongo.authSource.value == "admin")
        #expect(mongo.endpoint.hasSuffix("&authSource=admin"))
    }

    @Test(arguments: ["replicaSet: ''", "replicaSet: null", "replicaSet: ~", "user: ''", "collection: modulestore"])
    func `nothing between quotes is none`(_ written: String) throws {
        let mongo = try #require(try mongo("db: d, host: a, \(written)"))
        #expect(mongo.replicaSet == nil && mongo.user == nil)
    }

    @Test(arguments: [
        ("PRIMARY", MongoSettings.ReadPreference.primary), ("SECONDARY_PREFERRED", .secondaryPreferred),
        ("secondaryPreferred", .secondaryPreferred), ("nearest", .nearest), ("PRIMARY_PREFERRED", .primaryPreferred),
    ])
    func `read preferences are read in both spellings`(
        _ written: String, _ preference: MongoSettings.ReadPreference
    ) throws {
        #expect(try mongo("db: d, host: a, read_preference: \(written)")?.readPreference?.value == preference)
    }

    @Test func `buckets, collections and certificates are read`() throws {
        let mongo = try #require(
            try mongo("db: d, host: a, bucket: assets, ssl: on, tlsCAFile: '/etc/ssl/our ca.pem', user: 'a@b/c'"))
        #expect(
            mongo.endpoint
                == "mongodb://a%40b%2Fc@a:27017/d?bucket=assets&collection=modulestore&tls=true"
                + "&tlsCAFile=/etc/ssl/our%20ca.pem")
    }

    @Test func `OPTIONS of the contentstore are used alone, and noted where they differ`() throws {
        let alone = try settings("CONTENTSTORE: {OPTIONS: {db: old, host: a}}")
        #expect(alone.mongo?.database.place == "1 CONTENTSTORE.OPTIONS.db")
        let both = try settings(
            "CONTENTSTORE:\n  OPTIONS: {db: old, host: a}\n  DOC_STORE_CONFIG: {db: new, host: a}\n")
        #expect(both.mongo?.database.value == "new")
        #expect(
            both.notes.map(\.text) == [
                "CONTENTSTORE.OPTIONS.db is not used: CONTENTSTORE.DOC_STORE_CONFIG.db says something else, and is"
            ])
    }

    @Test func `two databases are no source, and are noted`() throws {
        let text =
            "CONTENTSTORE: {DOC_STORE_CONFIG: {db: xcontent, host: a}}\nDOC_STORE_CONFIG: {db: edxapp, host: a}\n"
        let settings = try settings(text)
        #expect(settings.mongo?.modulestore.database.place == "2 DOC_STORE_CONFIG.db")
        #expect(settings.source == nil)
        #expect(
            settings.notes.map(\.text) == [
                "the contentstore is in xcontent on a:27017 and the modulestore in edxapp on a:27017, "
                    + "and a source can be only one database"
            ])
    }
}
