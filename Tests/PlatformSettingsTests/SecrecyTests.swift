// SPDX-License-Identifier: Apache-2.0
import Foundation
import PlatformSettings
import Settings
import Testing

@Suite struct SecrecyTests {
    /// All that somebody could print of it.
    private func printed(_ settings: PlatformSettings) -> String {
        var text = ""
        dump(settings, to: &text)
        for part in Mirror(reflecting: settings).children { text += "\(part.value) \(String(reflecting: part.value))" }
        text += "\(settings) \(String(reflecting: settings)) \(settings.problems) \(settings.notes)"
        text += [settings.source, settings.catalog, settings.store].compactMap(\.self).joined()
        return text
    }

    @Test(arguments: [
        ["studio.yml": Samples.native, "lms.yml": Samples.short],
        ["cms.env.json": Samples.envJSON, "cms.auth.json": Samples.authJSON],
        ["config.yml": Samples.tutor, "\(Samples.renderedFolder)/cms.env.yml": Samples.rendered],
    ])
    func `no secret is in anything that can be printed`(_ files: [String: String]) throws {
        let text = try withPlatform(files) { printed(try PlatformSettings(at: $0, environment: [:])) }
        #expect(text.contains("PASSWORD"))
        #expect(!text.contains("s3cret"))
    }

    @Test(arguments: Broken.all)
    func `nor is it where something is wrong`(_ broken: Broken) throws {
        #expect(!printed(try settings(broken.text)).contains("s3cret"))
    }

    @Test(arguments: ["PASSWORD:", "password:", "AWS_ACCESS_KEY_ID:", "AWS_SECRET_ACCESS_KEY:"])
    func `what stands in the place of a secret is never told, whatever it is`(_ key: String) throws {
        for value in [
            "{s3cret: s3cret}", "[s3cret]", "!vault s3cret", "{s3cret", "'s3cret", "*s3cret", "s3cret: s3cret",
            "@s3cret",
            "!s3cret", "{s3cret, s3cret: x}", "%s3cret", "|\n s3cret\ns3cret",
        ] {
            let lines = Samples.short.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.contains(key) ? line.prefix { $0 != ":" } + ": " + value : String(line)
            }
            let settings = try settings(lines.joined(separator: "\n"))
            #expect(!settings.problems.isEmpty)
            #expect(
                !printed(settings).contains("s3cret"), "\(value): \(settings.problems)")
        }
    }

    @Test func `a secret is read when it is needed, as it is then`() throws {
        try withPlatform(["lms.yml": Samples.native]) { folder in
            let settings = try PlatformSettings(at: folder, environment: [:])
            #expect(try settings.mongo?.password?.secret() == "s3cret")
            #expect(try settings.mysql?.password?.secret() == "s3cret")
            #expect(try settings.transcripts?.keys?.accessKeyID?.secret() == "AKIAs3cret")
            let path = "MODULESTORE.default.OPTIONS.stores[1].DOC_STORE_CONFIG.db"
            #expect(try SecretReference.secret(in: "\(folder)/lms.yml", at: path) == "edxapp")
            try Samples.native.replacing("PASSWORD: \"s3cret\"", with: "PASSWORD: 'n3w'")
                .write(toFile: "\(folder)/lms.yml", atomically: true, encoding: .utf8)
            #expect(try settings.mysql?.password?.secret() == "n3w")
        }
    }

    @Test(arguments: [
        ("DATABASES.default.SECRET", "DATABASES.default.SECRET is not there; write the secret there."),
        ("DATABASES[3].PASSWORD", "DATABASES[3].PASSWORD is not there; write the secret there."),
        (
            "DATABASES.default",
            "line 12, column 3: DATABASES.default is a mapping, not text; write one value in quotes after default:."
        ),
    ])
    func `a secret that is gone says so`(_ path: String, _ sentence: String) throws {
        try withPlatform(["lms.yml": Samples.short]) { folder in
            let problem = #expect(throws: FileProblem.self) {
                try SecretReference.secret(in: "\(folder)/lms.yml", at: path)
            }
            #expect(problem?.description.hasSuffix(sentence) == true, "\(problem as Any)")
        }
    }
}
