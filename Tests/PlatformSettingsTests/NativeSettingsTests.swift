// SPDX-License-Identifier: Apache-2.0
import Foundation
import PlatformSettings
import Testing

@Suite struct NativeSettingsTests {
    @Test func `the file that Open edX documents is read, each value with its line`() throws {
        let settings = try settings(Samples.native)
        #expect(settings.problems == [])
        let mongo = try #require(settings.mongo)
        #expect(mongo.servers.value.map(\.description) == ["mongo-1.internal:27017"])
        #expect(mongo.servers.place == "17 CONTENTSTORE.DOC_STORE_CONFIG.host")
        #expect(mongo.database.place == "17 CONTENTSTORE.DOC_STORE_CONFIG.db")
        #expect(mongo.user?.value == "edxapp")
        #expect(mongo.password?.keyPath == "CONTENTSTORE.DOC_STORE_CONFIG.password")
        #expect(mongo.password?.line == 17)
        #expect(mongo.authSource.value == "edxapp")
        #expect(mongo.authSource.place == "Open edX's default: the database itself")
        #expect(mongo.replicaSet == nil, "only the contentstore's own settings count for it")
        #expect(mongo.isEncrypted.value == false)
        #expect(mongo.bucket.value == "fs" && mongo.bucket.place == "Open edX's default")
        #expect(
            mongo.modulestore.collection.place
                == "25 MODULESTORE.default.OPTIONS.stores[0].DOC_STORE_CONFIG.collection")
        let mysql = try #require(settings.mysql)
        #expect(mysql.host.value == "db.internal" && mysql.host.place == "28 DATABASES.default.HOST")
        #expect(mysql.port.value == 3306 && mysql.port.place == "28 DATABASES.default.PORT")
        #expect(mysql.database.value == "edxapp" && mysql.user.value == "edxapp001")
        #expect(mysql.password?.line == 28 && mysql.password?.isEmpty == false)
        let transcripts = try #require(settings.transcripts)
        #expect(transcripts.prefix?.value == "video-transcripts/")
        #expect(transcripts.prefix?.place == "39 VIDEO_TRANSCRIPTS_SETTINGS.DIRECTORY_PREFIX")
        #expect(transcripts.mostBytes?.value == 3_145_728)
        #expect(transcripts.store?.storageClass.place == "37 VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_CLASS")
        #expect(transcripts.keys?.accessKeyID?.line == 30)
        #expect(transcripts.keys?.secretAccessKey?.line == 31)
        #expect(settings.source == "mongodb://edxapp@mongo-1.internal:27017/edxapp?bucket=fs&collection=modulestore")
        #expect(settings.catalog == "mysql://edxapp001@db.internal:3306/edxapp")
        #expect(settings.store == "s3://acme-edx-storage")
        #expect(
            settings.notes.map(\.text) == [
                "DATABASES.read_replica is not used: a catalog is read where it is written, in default"
            ])
        #expect(settings.notes.map(\.line) == [29])
    }

    @Test func `one DOC_STORE_CONFIG for all is read as whole as it is`() throws {
        let text = Samples.native.replacing("CONTENTSTORE:", with: "OLD_CONTENTSTORE:")
            .replacing("MODULESTORE:", with: "OLD_MODULESTORE:")
        let mongo = try #require(try settings(text).mongo)
        #expect(mongo.servers.value.map(\.name) == ["mongo-1.internal", "mongo-2.internal"])
        #expect(mongo.servers.place == "3 DOC_STORE_CONFIG.host")
        #expect(mongo.replicaSet?.place == "8 DOC_STORE_CONFIG.replicaSet")
        #expect(mongo.authSource.value == "admin" && mongo.authSource.place == "10 DOC_STORE_CONFIG.authsource")
        #expect(mongo.readPreference?.value == .secondaryPreferred)
        #expect(mongo.modulestore.collection.place == "7 DOC_STORE_CONFIG.collection")
    }

    @Test func `Studio's file goes before the LMS's, and what they say differently is noted`() throws {
        let lms = Samples.short.replacing("HOST: db.internal", with: "HOST: db-2.internal")
            .replacing("video-transcripts/", with: "transcripts/")
        try withPlatform(["studio.yml": Samples.short, "lms.yml": lms]) { folder in
            let settings = try PlatformSettings(at: folder, environment: [:])
            #expect(settings.problems == [])
            #expect(settings.files.services.map(\.files) == [["\(folder)/studio.yml"], ["\(folder)/lms.yml"]])
            #expect(settings.mysql?.host.value == "db.internal")
            #expect(
                settings.notes.map(\.description) == [
                    "\(folder)/lms.yml, line 14: the catalog's host is db-2.internal here, and db.internal "
                        + "(\(folder)/studio.yml, line 14: DATABASES.default.HOST), which is taken: Studio writes "
                        + "transcripts.",
                    "\(folder)/lms.yml, line 25: DIRECTORY_PREFIX is transcripts/ here, and video-transcripts/ "
                        + "(\(folder)/studio.yml, line 25: VIDEO_TRANSCRIPTS_SETTINGS.DIRECTORY_PREFIX), which is "
                        + "taken: Studio writes transcripts.",
                ])
        }
    }

    @Test func `what is wrong with the other service's file is a note`() throws {
        let files = ["cms.yml": Samples.short, "lms.yml": "DATABASES: [s3cret"]
        let settings = try withPlatform(files) { try PlatformSettings(at: $0, environment: [:]) }
        #expect(settings.problems == [])
        #expect(settings.notes.count == 1)
        #expect(settings.notes.first?.text.hasPrefix("the file is only compared, and has this wrong: ") == true)
        #expect(settings.notes.first?.text.contains("s3cret") == false)
    }

    @Test func `values that a mapping merges in are read where they are written`() throws {
        let text = Samples.short.replacing(
            "DATABASES:\n  default:\n",
            with: "common: &db\n  PORT: 3310\n  HOST: hidden\nDATABASES:\n  default:\n    <<: *db\n"
        ).replacing("    PORT: '3306'\n", with: "")
        let settings = try settings(text)
        #expect(settings.problems == [])
        #expect(settings.mysql?.port.place == "12 DATABASES.default.PORT")
        #expect(settings.catalog == "mysql://edxapp001@db.internal:3310/edxapp")
    }

    @Test func `carriage returns and a byte order mark change no line`() throws {
        let text = "\u{FEFF}" + Samples.short.replacing("\n", with: "\r\n")
        #expect(try settings(text).mysql?.database.place == "16 DATABASES.default.NAME")
    }
}
