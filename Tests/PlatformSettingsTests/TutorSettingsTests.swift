// SPDX-License-Identifier: Apache-2.0
import Foundation
import PlatformSettings
import Settings
import Testing

@Suite struct TutorSettingsTests {
    private static let root = [
        "config.yml": Samples.tutor, "\(Samples.renderedFolder)/cms.env.yml": Samples.rendered,
        "\(Samples.renderedFolder)/lms.env.yml": Samples.rendered,
    ]

    @Test(arguments: ["", "/config.yml"])
    func `Mongo comes from Tutor's own file, tables from the rendered one`(_ name: String) throws {
        try withPlatform(Self.root) { folder in
            let settings = try PlatformSettings(at: folder + name, environment: [:])
            #expect(settings.problems == [])
            let mongo = try #require(settings.mongo)
            #expect(mongo.servers.place == "3 MONGODB_HOST")
            #expect(mongo.database.value == "openedx" && mongo.database.place == "Tutor's default")
            #expect(mongo.authSource.value == "admin" && mongo.authSource.place == "Tutor's default")
            #expect(mongo.user == nil && mongo.password == nil)
            #expect(settings.source == "mongodb://mongodb:27017/openedx?bucket=fs&collection=modulestore")
            #expect(settings.mysql?.host.place == "7 DATABASES.default.HOST")
            #expect(settings.mysql?.password?.file == "\(folder)/\(Samples.renderedFolder)/cms.env.yml")
            #expect(settings.catalog == "mysql://openedx@mysql:3306/openedx")
            #expect(settings.transcripts?.keys?.accessKeyID?.keyPath == "AWS_ACCESS_KEY_ID")
            #expect(settings.store == "file:/openedx/media/")
            #expect(
                settings.notes.map(\.text) == [
                    "Tutor keeps transcripts on the local disk, in /openedx/media/ of its containers: give --store "
                        + "file:… with the folder that is mounted there, or a bucket after a plugin has moved storage "
                        + "into it"
                ])
        }
    }

    @Test func `without rendered files everything comes from Tutor's own`() throws {
        let text = Samples.tutor.replacing("MONGODB_HOST: mongodb\n", with: "MONGODB_REPLICA_SET: ''\n")
        try withPlatform(["config.yml": text]) { folder in
            let settings = try PlatformSettings(at: folder, environment: [:])
            #expect(settings.problems == [])
            #expect(settings.mongo?.servers.value.map(\.description) == ["mongodb:27017"])
            #expect(settings.mongo?.servers.place == "Tutor's default" && settings.mongo?.replicaSet == nil)
            #expect(settings.mysql?.host.place == "4 MYSQL_HOST")
            #expect(settings.mysql?.user.place == "Tutor's default")
            #expect(settings.mysql?.password?.line == 5)
            #expect(settings.transcripts?.keys?.secretAccessKey?.keyPath == "OPENEDX_AWS_SECRET_ACCESS_KEY")
            #expect(settings.transcripts?.prefix?.value == "video-transcripts/")
            #expect(settings.notes.contains { $0.text.hasPrefix("nothing is rendered yet") })
            #expect(settings.notes.contains { $0.text.hasPrefix("mongodb and mysql are names in the network") })
        }
    }

    @Test func `a replica set with a login is read from Tutor's keys`() throws {
        let text = Samples.tutor.replacing(
            "MONGODB_HOST: mongodb\n",
            with: "MONGODB_HOST: m1,m2:27018\nMONGODB_USERNAME: tutor\nMONGODB_PASSWORD: mongo-s3cret\n"
                + "MONGODB_REPLICA_SET: rs0\nMONGODB_USE_SSL: true\nMONGODB_AUTH_MECHANISM: SCRAM-SHA-1\n")
        let settings = try settings(text, in: "config.yml")
        #expect(
            settings.source
                == "mongodb://tutor@m1:27017,m2:27018/openedx?bucket=fs&collection=modulestore&replicaSet=rs0"
                + "&authSource=admin&authMechanism=SCRAM-SHA-1&tls=true")
        #expect(settings.mongo?.password?.keyPath == "MONGODB_PASSWORD")
    }

    @Test func `a plugin that uses a bucket leaves the store unknown`() throws {
        let settings = try settings(Samples.tutor + "\nPLUGINS:\n- mfe\n- minio\n", in: "config.yml")
        #expect(settings.problems == [] && settings.store == nil)
        #expect(settings.notes.contains { $0.line == 10 && $0.text.contains("give --store s3://…") })
    }

    @Test func `a storage that a plugin renders is taken`() throws {
        var files = Self.root
        files["\(Samples.renderedFolder)/cms.env.yml"]? +=
            "\nDEFAULT_FILE_STORAGE: storages.backends.s3boto3.S3Boto3Storage\nAWS_STORAGE_BUCKET_NAME: acme-openedx\n"
        let settings = try withPlatform(files) { try PlatformSettings(at: $0, environment: [:]) }
        #expect(settings.store == "s3://acme-openedx")
        #expect(settings.notes.contains { $0.text.hasPrefix("the store is file:/openedx/media/ here") })
    }

    @Test func `what is not rendered yet is noted`() throws {
        var files = Self.root
        files["config.yml"] = Samples.tutor.replacing("MYSQL_HOST: mysql", with: "MYSQL_HOST: db.acme.org")
        let settings = try withPlatform(files) { try PlatformSettings(at: $0, environment: [:]) }
        #expect(settings.mysql?.host.value == "mysql")
        #expect(settings.notes.contains { $0.line == 4 && $0.text.hasPrefix("MYSQL_HOST is db.acme.org, but") })
    }

    @Test func `a mistake in Tutor's file is told once, however many files are rendered`() throws {
        var files = Self.root
        files["config.yml"] = Samples.tutor.replacing("MONGODB_HOST: mongodb", with: "MONGODB_HOST: []")
        let settings = try withPlatform(files) { try PlatformSettings(at: $0, environment: [:]) }
        #expect(settings.problems.map(\.line) == [3])
        #expect(!settings.notes.contains { $0.text.contains("only compared") })
    }

    struct Mistake: Sendable {
        let old, new, sentence: String
    }

    @Test(arguments: [
        Mistake(
            old: "MONGODB_HOST: mongodb", new: "MONGODB_PORT: '{{ PORT }}'",
            sentence: "/config.yml, line 3, column 1: MONGODB_PORT is \"{{ PORT }}\", which is no whole number; "
                + "write a number from 1 to 65535, such as MONGODB_PORT: 27017."),
        Mistake(
            old: "OPENEDX_MYSQL_PASSWORD: Xy7-s3cret", new: "OPENEDX_MYSQL_PASSWORD: [s3cret]",
            sentence: "/config.yml, line 5, column 1: OPENEDX_MYSQL_PASSWORD is a list, not text; "
                + "write one value in quotes after OPENEDX_MYSQL_PASSWORD:."),
        Mistake(
            old: "OPENEDX_MYSQL_PASSWORD: Xy7-s3cret", new: "",
            sentence: "/config.yml: OPENEDX_MYSQL_PASSWORD is missing; run tutor config save, which writes it."),
        Mistake(
            old: "MONGODB_HOST: mongodb", new: "MONGODB_HOST: mongodb+srv://tutor:s3cret@atlas.example",
            sentence: "/config.yml, line 3, column 1: MONGODB_HOST is a connection string; "
                + "write hosts there, and user, password and options in keys of their own."),
        Mistake(
            old: "MONGODB_HOST: mongodb", new: "MONGODB_USE_SSL: 'false'",
            sentence: "/config.yml, line 3, column 1: MONGODB_USE_SSL is text, not a boolean; "
                + "write MONGODB_USE_SSL: true or MONGODB_USE_SSL: false, without quotes."),
    ])
    func `a mistake in Tutor's file is told in Tutor's words`(_ mistake: Mistake) throws {
        let text = Samples.tutor.replacing(mistake.old, with: mistake.new)
        let problems = try settings(text, in: "config.yml").problems
        #expect(problems.count == 1)
        #expect(problems.first?.description.hasSuffix(mistake.sentence) == true, "\(problems)")
    }
}
