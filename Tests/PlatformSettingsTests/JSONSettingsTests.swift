// SPDX-License-Identifier: Apache-2.0
import Foundation
import PlatformSettings
import Settings
import Testing

@Suite struct JSONSettingsTests {
    private static let pair = ["cms.env.json": Samples.envJSON, "cms.auth.json": Samples.authJSON]

    @Test(arguments: ["", "/cms.env.json", "/cms.auth.json"])
    func `two files are read as one, and the one with the secrets goes first`(_ name: String) throws {
        try withPlatform(Self.pair) { folder in
            let settings = try PlatformSettings(at: folder + name, environment: [:])
            #expect(settings.problems == [])
            #expect(settings.source == "mongodb://edxapp@mongo.internal:27018/edxapp?bucket=fs&collection=modulestore")
            #expect(settings.catalog == "mysql://edxapp001@db.internal:3307/edxapp")
            #expect(settings.store == "s3://acme-old-boto/media files?region=eu-west-1")
            #expect(
                settings.mysql?.database.origin
                    == .written(file: "\(folder)/cms.auth.json", line: 12, keyPath: "DATABASES.default.NAME"))
            #expect(
                settings.transcripts?.prefix?.origin
                    == .written(
                        file: "\(folder)/cms.env.json", line: 8, keyPath: "VIDEO_TRANSCRIPTS_SETTINGS.DIRECTORY_PREFIX")
            )
            let secret = try #require(settings.transcripts?.keys?.secretAccessKey)
            #expect(secret.file == "\(folder)/cms.auth.json" && secret.line == 3)
            #expect(try secret.secret() == "s3cret/\"A😀")
        }
    }

    @Test func `tabs, escapes and values without blanks are JSON's own`() throws {
        let text =
            "{\t\"DATABASES\":\n\t{\"default\":{\"ENGINE\":\"django.db.backends.mysql\",\"HOST\":\"h\\u0031\","
            + "\"NAME\":\"\\\\ud83d\",\"USER\":\"\\ud83d\\ude00\\ud83d\"}}}"
        let mysql = try #require(try settings(text, in: "lms.env.json").mysql)
        #expect(mysql.host.value == "h1")
        #expect(mysql.database.value == "\\ud83d")
        #expect(mysql.user.value == "😀\u{FFFD}")
        #expect(mysql.user.place == "2 DATABASES.default.USER")
    }

    @Test func `files that newer ones replace are named`() throws {
        let files = Self.pair.merging(["studio.yml": Samples.short, "cms.yml": "s3cret"]) { old, _ in old }
        try withPlatform(files) { folder in
            let settings = try PlatformSettings(at: folder, environment: [:])
            #expect(settings.problems == [])
            #expect(
                settings.notes.map(\.file)
                    == ["cms.yml", "cms.env.json", "cms.auth.json"].map { "\(folder)/\($0)" })
        }
    }
}
