// SPDX-License-Identifier: Apache-2.0
import Foundation
import PlatformSettings
import Settings
import Testing

@Suite struct ConfigurationTests {
    private static let whole = """
        production:
          source: olx:/var/exports
          store: s3://acme?region=eu-west-1
          catalog: mysql://edxapp001@db.internal:3306/edxapp
          prefix: video-transcripts/
          secrets:
            catalog_password: {env: EDX_PASSWORD}
            aws_access_key_id: {file: /run/secrets/id}
            aws_secret_access_key: {platform: /edx/etc/lms.yml, key: AWS_SECRET_ACCESS_KEY}
        ledger: night.ledger
        """

    private func configuration(_ text: String) throws -> Configuration {
        try withPlatform(["mallow.yaml": text]) { try Configuration(at: "\($0)/mallow.yaml") }
    }

    @Test func `every value is there with its line`() throws {
        let read = try configuration(Self.whole)
        #expect(read.problems == [])
        let (production, ledger) = (read.production, try #require(read.ledger))
        #expect(production.source?.value == "olx:/var/exports")
        #expect(production.source?.place == "2 production.source")
        #expect(production.store?.value == "s3://acme?region=eu-west-1")
        #expect(production.catalog?.place == "4 production.catalog")
        #expect(production.prefix?.value == "video-transcripts/")
        #expect(
            production.secrets.keys.map(\.rawValue).sorted() == [
                "aws_access_key_id", "aws_secret_access_key", "catalog_password",
            ])
        #expect(ledger.value.hasSuffix("/night.ledger") && ledger.value.hasPrefix("/"), "beside the configuration")
    }

    @Test(arguments: [
        (
            "production:", "producton:",
            [
                "1: nobody knows producton; perhaps production is meant.",
                "0: production is missing; perhaps producton in line 1 is meant to be production.",
            ]
        ),
        ("store:", "stroe:", ["3: nobody knows production.stroe; perhaps store is meant."]),
        (
            "olx:/var/exports", "[a]",
            ["2: production.source is a list, not text; write one value in quotes after source:."]
        ),
        ("prefix: video-transcripts/", "prefix: 7", ["5: production.prefix is a number, not text; put it in quotes."]),
        (
            "{env: EDX_PASSWORD}", "{}",
            [
                "7: production.secrets.catalog_password names no place; write one of {env: NAME}, {file: PATH} and "
                    + "{platform: PATH, key: KEY}."
            ]
        ),
        (
            "{env: EDX_PASSWORD}", "{env: A, file: /b}",
            [
                "7: production.secrets.catalog_password names more than one place; write one of {env: NAME}, {file: PATH} "
                    + "and {platform: PATH, key: KEY}."
            ]
        ),
        (
            "{env: EDX_PASSWORD}", "{environment: A, file: /b}",
            [
                "7: nobody knows a key below production.secrets.catalog_password; write one of env, file, platform, key."
            ]
        ),
        (
            ", key: AWS_SECRET_ACCESS_KEY", "",
            [
                "9: production.secrets.aws_secret_access_key.key is missing; write for example key: "
                    + "DATABASES.default.PASSWORD."
            ]
        ),
        (
            "aws_access_key_id", "aws_access_key",
            [
                "8: nobody knows a key below production.secrets; write one of source_password, catalog_password, aws_access_key_id, "
                    + "aws_secret_access_key, aws_session_token."
            ]
        ),
        (
            "ledger: night.ledger", "ledger: {}",
            [
                "10: ledger is a mapping, not text; write one value in quotes after ledger:."
            ]
        ),
    ])
    func `what is wrong is told with its line`(_ right: String, _ wrong: String, _ sentences: [String]) throws {
        let problems = try configuration(Self.whole.replacing(right, with: wrong)).problems.map {
            "\($0.line ?? 0): \($0.problem); \($0.advice)."
        }
        #expect(problems.count == sentences.count, "\(problems)")
        for sentence in sentences {
            #expect(problems.contains(sentence), "\(sentence) is not in \(problems)")
        }
    }

    @Test func `a host is retired with a reason`() throws {
        let line = "  retired: {DB-Old.internal: 'moved in May', db-2: ''}\nledger:"
        let read = try configuration(Self.whole.replacing("ledger:", with: line))
        #expect(read.production.retired["db-old.internal"]?.value == "moved in May")
        #expect(
            read.problems.map { "\($0.line ?? 0): \($0.problem); \($0.advice)." } == [
                "10: production.retired.db-2 is empty; write for example db-2: switched off in May, its data moved to "
                    + "db.internal."
            ])
    }

    // MARK: - Staging

    private static let staging = """

        staging:
          store: file:staging
          catalog: mysql://mallow@staging.internal:3306/edxapp
          secrets: {catalog_password: {env: STAGING_PASSWORD}}
        """

    @Test func `staging is a store, a catalog and secrets of its own`() throws {
        let read = try configuration(Self.whole + Self.staging)
        #expect(read.problems == [])
        let staging = try #require(read.staging)
        #expect(staging.store?.value.hasSuffix("/staging") == true, "beside the configuration")
        #expect(staging.store?.value.hasPrefix("file:/") == true)
        #expect(staging.catalog?.place == "13 staging.catalog")
        #expect(try staging.secrets[.catalogPassword]?.secret(environment: ["STAGING_PASSWORD": "w"]) == "w")
        #expect(staging.source == nil && staging.prefix == nil)
        #expect(try configuration(Self.whole).staging == nil)
    }

    @Test(arguments: ["source: olx:elsewhere", "prefix: other/", "retired: {a: b}", "stroe: file:x"])
    func `what is rehearsed is production's, and staging cannot say otherwise`(_ line: String) throws {
        let text = Self.whole + Self.staging.replacing("store: file:staging", with: "\(line)\n  store: file:s")
        let key = line.prefix { $0 != ":" }
        #expect(try configuration(text).problems.map(\.problem) == ["nobody knows staging.\(key)"])
    }

    @Test func `a staging in which nothing stands is none`() throws {
        let read = try configuration(Self.whole + "\nstaging:\n")
        #expect(read.staging == nil)
        #expect(read.problems == [])
    }

    @Test func `all that is wrong is told at once`() throws {
        let text = Self.whole.replacing("store:", with: "shop:").replacing(
            "prefix: video-transcripts/", with: "prefix: 7"
        )
        .replacing("{env: EDX_PASSWORD}", with: "{}").replacing("ledger: night.ledger", with: "ledger: {}")
        #expect(try configuration(text).problems.map(\.line) == [3, 5, 7, 10])
    }

    // MARK: - Secrets

    private func secret(
        _ how: String, files: [String: String] = [:], mode: Int = 0o600, environment: [String: String] = [:]
    ) throws -> String? {
        let text = Self.whole.replacing("{env: EDX_PASSWORD}", with: how)
        return try withPlatform(files.merging(["mallow.yaml": text]) { $1 }) { folder in
            for name in files.keys + ["mallow.yaml"] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/\(name)")
            }
            let path = "\(folder)/mallow.yaml"
            try Data(text.replacing("FOLDER", with: folder).utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let configuration = try Configuration(at: path)
            if let problem = configuration.problems.first { throw problem }
            return try configuration.production.secrets[.catalogPassword]?.secret(environment: environment)
        }
    }

    @Test func `a secret is had from the environment, a file, the platform or the configuration itself`() throws {
        #expect(try secret("{env: EDX_PASSWORD}", environment: ["EDX_PASSWORD": "a"]) == "a")
        #expect(try secret("{file: FOLDER/word}", files: ["word": "b c\n"]) == "b c")
        let platform = ["lms.yml": "DATABASES:\n  default: {PASSWORD: d}\n"]
        #expect(try secret("{platform: FOLDER/lms.yml, key: DATABASES.default.PASSWORD}", files: platform) == "d")
        #expect(try secret("'e f'") == "e f")
    }

    @Test func `a secret that is not there is told without any other`() {
        let unset = #expect(throws: FileProblem.self) { try secret("{env: EDX_PASSWORD}") }
        #expect(
            unset?.description.hasSuffix(
                "line 7: production.secrets.catalog_password is to be in EDX_PASSWORD, which is not set; "
                    + "export EDX_PASSWORD, or name another place.") == true)
        let missing = #expect(throws: FileProblem.self) { try secret("{file: FOLDER/word}") }
        #expect(missing?.description.hasSuffix("there is no such file or folder; correct the path.") == true)
        let lines = #expect(throws: FileProblem.self) {
            try secret("{file: FOLDER/word}", files: ["word": "s3cret\ns3cret\n"])
        }
        #expect(lines?.description.contains("does not hold a secret and nothing else") == true)
        #expect(lines?.description.contains("s3cret") == false)
        let gone = #expect(throws: FileProblem.self) {
            try secret("{platform: FOLDER/lms.yml, key: A.B}", files: ["lms.yml": "A: {C: s3cret}\n"])
        }
        #expect(gone?.description.hasSuffix("A.B is not there; write the secret there.") == true)
    }

    /// Whoever can read the file can read the secret.
    @Test func `a file with a secret in it is its owner's alone`() throws {
        for mode in [0o640, 0o604, 0o660] {
            let file = #expect(throws: FileProblem.self) {
                try secret("{file: FOLDER/word}", files: ["word": "b"], mode: mode)
            }
            #expect(file?.advice == "chmod 600 it")
            let own = #expect(throws: FileProblem.self) { try secret("'s3cret'", mode: mode) }
            #expect(own?.advice == "chmod 600 it" && own?.line == 7)
        }
        #expect(try secret("{env: EDX_PASSWORD}", mode: 0o644, environment: ["EDX_PASSWORD": "a"]) == "a")
    }

    @Test func `no secret is in anything that can be printed`() throws {
        try withPlatform(["mallow.yaml": Self.whole.replacing("{env: EDX_PASSWORD}", with: "s3cret")]) { folder in
            let path = "\(folder)/mallow.yaml"
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            let configuration = try Configuration(at: path)
            #expect(configuration.problems == [])
            var text = "\(configuration) \(String(reflecting: configuration))"
            dump(configuration, to: &text)
            #expect(text.contains("catalog_password") && !text.contains("s3cret"))
        }
    }

    /// A blank that is missing makes a key of a secret.
    @Test(arguments: [
        "{catalog_password:s3cret}", "{s3cret}", "{catalog_password: {s3cret}}", "{catalog_password: [s3cret]}",
    ])
    func `what stands among secrets is never told`(_ secrets: String) throws {
        let text = "production:\n  source: olx:a\n  secrets: \(secrets)\n"
        let problems = try configuration(text).problems
        #expect(!problems.isEmpty)
        #expect(!"\(problems)".contains("s3cret"))
    }

    // MARK: - Where it is

    @Test func `relative paths begin at the file's folder, whoever calls from wherever`() throws {
        let text = """
            production:
              source: olx:exports
              store: file:../objects
              catalog: sqlite:edxval.sqlite
              secrets: {catalog_password: {file: word}}
            """
        try withPlatform(["here/mallow.yaml": text, "here/word": "w\n"]) { folder in
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(folder)/here/word")
            let production = try Configuration(at: "\(folder)/here/mallow.yaml").production
            #expect(production.source?.value == "olx:\(folder)/here/exports")
            #expect(production.store?.value == "file:\(folder)/objects")
            #expect(production.catalog?.value == "sqlite:\(folder)/here/edxval.sqlite")
            #expect(try production.secrets[.catalogPassword]?.secret(environment: [:]) == "w")
        }
    }

    @Test func `an empty prefix is one`() throws {
        #expect(
            try configuration(Self.whole.replacing("video-transcripts/", with: "''")).production.prefix?.value == "")
        #expect(try configuration("production: {source: 'olx:a'}").production.prefix == nil)
    }

    @Test func `the file that is named goes first, then the folder's, then the user's`() throws {
        try withPlatform(["mallow/mallow.yaml": Self.whole]) { folder in
            let environment = ["XDG_CONFIG_HOME": folder]
            #expect(Configuration.path(named: nil, environment: environment) == "\(folder)/mallow/mallow.yaml")
            #expect(Configuration.path(named: "/a/b.yaml", environment: environment) == "/a/b.yaml")
            #expect(Configuration.path(named: nil, environment: ["XDG_CONFIG_HOME": "\(folder)/none"]) == nil)
        }
    }

    // MARK: - The draft

    /// What `mallow init` writes is what every command reads.
    @Test(arguments: [
        ["studio.yml": Samples.native], ["cms.env.json": Samples.envJSON, "cms.auth.json": Samples.authJSON],
        ["config.yml": Samples.tutor, "\(Samples.renderedFolder)/cms.env.yml": Samples.rendered],
    ])
    func `a draft says what the platform says, and is read back`(_ files: [String: String]) throws {
        try withPlatform(files) { folder in
            let settings = try PlatformSettings(at: folder, environment: [:])
            #expect(settings.problems == [])
            let text = ConfigurationDraft(settings, schemes: ["olx", "mongodb", "file", "s3", "mysql"]).text
            #expect(!text.contains("s3cret"))
            let path = "\(folder)/mallow.yaml"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let read = try Configuration(at: path)
            #expect(read.problems == [])
            #expect(read.production.source?.value == settings.source)
            #expect(read.production.store?.value == settings.store)
            #expect(read.production.catalog?.value == settings.catalog)
            #expect(read.production.prefix?.value == settings.transcripts?.prefix?.value)
            let password = try read.production.secrets[.catalogPassword]?.secret(environment: [:])
            #expect(password == (try settings.mysql?.password?.secret()))
            #expect(password?.contains("s3cret") == true)
        }
    }

    @Test func `what is not known is an example to fill in`() throws {
        let text = ConfigurationDraft(nil, schemes: ["olx"]).text
        let lines = text.split(separator: "\n")
        for key in ["source: olx:", "store: s3:", "catalog: mysql:", "prefix: video-transcripts/"] {
            #expect(lines.contains { $0.hasPrefix("  # \(key)") }, "\(key)")
        }
        #expect(try configuration(text).problems.map(\.problem) == ["nothing stands below production"])
    }

    @Test func `a source that this build cannot read is a comment beside an example`() throws {
        let text = try withPlatform(["studio.yml": Samples.native]) {
            ConfigurationDraft(try PlatformSettings(at: $0, environment: [:]), schemes: ["olx"]).text
        }
        #expect(text.contains("  # source: mongodb://edxapp@mongo-1.internal:27017/edxapp"))
        #expect(text.contains("  # source: olx:/var/exports"))
        #expect(try configuration(text).production.source == nil)
    }
}
