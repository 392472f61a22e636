// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import PlatformSettings
import TestDoubles
import Testing

@testable import Deployment

/// Law 9: none can be made that might write to production.
@Suite struct RehearsalTests {
    /// A folder with a production platform in it, and what of `staging:` stands in its configuration.
    private func rehearsal(
        _ folder: String, staging: String?, store: String? = nil, catalog: String? = nil, former: String? = nil,
        retired: String = ""
    ) throws -> Rehearsal {
        let path = "\(folder)/mallow.yaml"
        let text =
            "production: {source: 'olx:\(folder)/exports', retired: {\(retired)}}\n"
            + (staging.map { "staging: {\($0)}\n".replacing("HERE", with: folder) } ?? "")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let production = [
            ("olx:\(folder)/exports", Endpoint.Role.source), (store ?? "file:\(folder)/objects", .store),
            (catalog ?? "sqlite:\(folder)/edxval.sqlite", .catalog),
        ]
        return try Rehearsal(
            reading: "olx:\(folder)/exports", as: try Configuration(at: path).production,
            into: try Configuration(at: path).staging,
            apartFrom: try production.map { try Endpoint($0, role: $1) },
            formerly: try former.map { [try Endpoint($0, role: .catalog)] } ?? [],
            ledger: "\(folder)/work/mallow.ledger")
    }

    private func withProduction(_ body: (String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            for name in ["exports", "objects/video-transcripts", "other"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
            #expect(FileManager.default.createFile(atPath: "\(folder)/edxval.sqlite", contents: nil))
            try await body(folder)
        }
    }

    /// As of a folder that is mounted twice: a hard link to one cannot be made, and one file of it will do.
    @Test func `a place that is not there yet is known by the folder above it`() async throws {
        try await withTemporaryFolder { folder in
            #expect(FileManager.default.createFile(atPath: "\(folder)/a", contents: nil))
            try FileManager.default.linkItem(atPath: "\(folder)/a", toPath: "\(folder)/b")
            let missing = PathOnDisk(path: "\(folder)/a/objects")
            #expect(PathOnDisk(path: "\(folder)/b/objects").isWithin(missing))
            #expect(PathOnDisk(path: "\(folder)/b/objects/deeper").isWithin(missing))
            #expect(!PathOnDisk(path: "\(folder)/b").isWithin(missing))
            #expect(missing.isWithin(PathOnDisk(path: "\(folder)/b")))
            #expect(!PathOnDisk(path: "\(folder)/b/object").isWithin(missing))
            #expect(!PathOnDisk(path: "\(folder)/objects").isWithin(missing))
        }
    }

    @Test(arguments: [
        ("file:HERE/staging/objects", "sqlite:HERE/staging.sqlite"),
        ("file:HERE/objects-2", "sqlite:HERE/edxval.sqlite2"),
        ("s3://objects", "sqlite:HERE/other/edxval.sqlite"), ("file:HERE/other", "sqlite:HERE/other-2"),
    ])
    func `it reads production's courses and writes staging's places`(_ store: String, _ catalog: String) async throws {
        try await withProduction { folder in
            let places = try rehearsal(folder, staging: "store: '\(store)', catalog: '\(catalog)'").endpoints
            #expect("\(places.source)" == "olx:\(folder)/exports")
            #expect("\(places.store)" == store.replacing("HERE", with: folder))
            #expect("\(places.catalog)" == catalog.replacing("HERE", with: folder))
        }
    }

    @Test func `what staging says of its secrets goes before an environment that is production's`() async throws {
        try await withProduction { folder in
            let staging = "store: 'file:HERE/s', catalog: 'sqlite:HERE/s.sqlite'"
            let secrets = try rehearsal(
                folder, staging: "\(staging), secrets: {catalog_password: {env: STAGING_WORD}}"
            ).endpoints.catalog.secrets
            let environment = ["MALLOW_CATALOG_PASSWORD": "production's", "STAGING_WORD": "staging's"]
            #expect(try secrets.secret(.catalogPassword, environment: environment) == "staging's")
            #expect(try Secrets().secret(.catalogPassword, environment: environment) == "production's")
            let bare = try rehearsal(folder, staging: staging).endpoints.catalog.secrets
            #expect(try bare.secret(.catalogPassword, environment: environment) == "production's")
        }
    }

    struct Overlap: Sendable, CustomStringConvertible {
        let description: String
        var store = "file:HERE/staging"
        var catalog = "sqlite:HERE/staging.sqlite"
        let words: String
    }

    private static let overlaps = [
        Overlap(description: "the store itself", store: "file:HERE/objects", words: "is production's store"),
        Overlap(description: "by a detour", store: "file:HERE/other/../objects/", words: "is production's store"),
        Overlap(description: "within it", store: "file:HERE/objects/staging", words: "lies within production's store"),
        Overlap(description: "around all of it", store: "file:HERE", words: "lies around production's"),
        Overlap(description: "a link", store: "file:HERE/link", words: "is production's store"),
        Overlap(description: "within a link", store: "file:HERE/link/deep/er", words: "lies within production's store"),
        Overlap(
            description: "a link to what is not there yet", store: "file:HERE/dangling",
            words: "lies within production's store"),
        Overlap(
            description: "among the courses", store: "file:HERE/exports/x", words: "lies within production's source"),
        Overlap(
            description: "the catalog itself", catalog: "sqlite:HERE/edxval.sqlite", words: "is production's catalog"),
        Overlap(
            description: "the catalog by another name", catalog: "sqlite:HERE/hard", words: "is production's catalog"),
        Overlap(
            description: "production's ledger", catalog: "sqlite:HERE/work/mallow.ledger",
            words: "is production's ledger"),
        Overlap(description: "around the ledger", store: "file:HERE/work", words: "lies around production's ledger"),
        Overlap(
            description: "a catalog among the objects", catalog: "sqlite:HERE/objects/edxval.sqlite",
            words: "lies within production's store"),
    ]

    @Test(arguments: overlaps)
    func `a place that touches production's on a disk is refused`(_ overlap: Overlap) async throws {
        try await withProduction { folder in
            let files = FileManager.default
            try files.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "objects")
            try files.createSymbolicLink(atPath: "\(folder)/dangling", withDestinationPath: "\(folder)/link/new")
            try files.linkItem(atPath: "\(folder)/edxval.sqlite", toPath: "\(folder)/hard")
            let staging = "store: '\(overlap.store)', catalog: '\(overlap.catalog)'"
            let refusal = #expect(throws: NoRehearsal.self) { try rehearsal(folder, staging: staging) }
            #expect(refusal?.description.contains(overlap.words) == true, "\(refusal?.description ?? "nothing")")
            #expect(refusal?.advice.contains("nothing to do with production") == true)
        }
    }

    @Test(arguments: [
        "s3://acme", "s3://acme/elsewhere?region=eu-west-1",
        "s3://acme?endpoint=http://127.0.0.1:9000&region=us-east-1",
        "s3://staging?endpoint=https://acme.s3.eu-west-1.amazonaws.com",
    ])
    func `a bucket that has production's name, or is named by a host that has it, is refused`(_ store: String)
        async throws
    {
        try await withProduction { folder in
            let refusal = #expect(throws: NoRehearsal.self) {
                try rehearsal(
                    folder, staging: "store: '\(store)', catalog: 'sqlite:HERE/s.sqlite'",
                    store: "s3://acme/media?region=eu-central-1")
            }
            #expect(refusal?.problem.contains("has the bucket's name of production's store") == true)
        }
    }

    @Test func `another bucket is another place`() async throws {
        try await withProduction { folder in
            let staging = "store: 's3://acme-staging', catalog: 'sqlite:HERE/s.sqlite'"
            let places = try rehearsal(folder, staging: staging, store: "s3://acme").endpoints
            #expect("\(places.store)" == "s3://acme-staging")
        }
    }

    #if MySQL
    @Test(arguments: [
        "mysql://mallow@127.0.0.1:3307/edxapp", "mysql://other@localhost:3307/edxapp",
        "mysql://mallow@LOCALHOST:3307/edxapp",
        "mysql://mallow@127.0.0.2:3307/EdxApp", "mysql://mallow@[::1]:3307/edxapp",
        "mysql://mallow@0.0.0.0:3307/edxapp",
    ])
    func `a database that may be production's by another name is refused`(_ catalog: String) async throws {
        try await withProduction { folder in
            let refusal = #expect(throws: NoRehearsal.self) {
                try rehearsal(
                    folder, staging: "store: 'file:HERE/s', catalog: '\(catalog)'",
                    catalog: "mysql://mallow@localhost:3307/edxapp")
            }
            #expect(refusal?.problem.contains("is on the server and has the name of production's catalog") == true)
        }
    }

    @Test(arguments: [
        "mysql://mallow@127.0.0.1:3307/edxapp_staging", "mysql://mallow@127.0.0.1:3308/edxapp",
        "mysql://mallow@192.0.2.1:3307/edxapp",
    ])
    func `another database, port or machine is another place`(_ catalog: String) async throws {
        try await withProduction { folder in
            let places = try rehearsal(
                folder, staging: "store: 'file:HERE/s', catalog: '\(catalog)'",
                catalog: "mysql://mallow@localhost:3307/edxapp"
            ).endpoints
            #expect("\(places.catalog)" == catalog)
        }
    }

    // Two points: no name server is asked for it.
    private static let gone = "mysql://mallow@Gone..example:3307/edxapp"
    private static let staging = "store: 'file:HERE/s', catalog: 'mysql://mallow@127.0.0.1:3307/edxapp'"

    @Test func `a host without an address that production once was on is taken for gone where somebody says so`()
        async throws
    {
        try await withProduction { folder in
            let failure = #expect(throws: Failure.self) {
                try rehearsal(folder, staging: Self.staging, former: Self.gone)
            }
            #expect((failure?.class, failure?.place) == (.transient, "gone..example"))
            #expect(failure?.advice.contains("below production: retired: in mallow.yaml") == true)
            let allowed = try rehearsal(
                folder, staging: Self.staging, former: Self.gone, retired: "GONE..example: moved in May")
            #expect(
                allowed.retirements == [
                    "gone..example, where production once wrote, has no address any more and counts as retired: "
                        + "moved in May"
                ])
            let other = try rehearsal(
                folder, staging: Self.staging.replacing("3307", with: "3308"), former: Self.gone,
                retired: "gone..example: moved in May")
            #expect(other.retirements.isEmpty, "nobody had to believe it")
        }
    }

    @Test func `no word makes a host retired that production is on, or that has an address`() async throws {
        try await withProduction { folder in
            let today = #expect(throws: Failure.self) {
                try rehearsal(
                    folder, staging: Self.staging, catalog: Self.gone, former: Self.gone,
                    retired: "gone..example: moved in May")
            }
            #expect(today?.class == .transient)
            #expect(today?.advice.contains("retired:") == false)
            for former in ["mysql://mallow@localhost:3307/edxapp", "mysql://mallow@127.0.0.1:3307/edxapp"] {
                let refusal = #expect(throws: NoRehearsal.self) {
                    try rehearsal(
                        folder, staging: Self.staging, former: former,
                        retired: "localhost: moved, 127.0.0.1: moved")
                }
                #expect(refusal?.problem.contains("is on the server and has the name of production's catalog") == true)
            }
            let itself = #expect(throws: NoRehearsal.self) {
                try rehearsal(
                    folder, staging: "store: 'file:HERE/s', catalog: '\(Self.gone)'", former: Self.gone,
                    retired: "gone..example: moved in May")
            }
            #expect(itself?.problem.contains("is on the server and has the name of") == true)
        }
    }
    #endif

    @Test func `a host that has no address is not guessed at`() {
        let failure = #expect(throws: Failure.self) { try HostAddresses(of: "not a host") }
        #expect((failure?.class, failure?.safe) == (.transient, "nothing was opened"))
    }

    @Test(
        arguments: [
            (nil, "mallow.yaml names no staging; write staging: with store and catalog."),
            ("catalog: 'sqlite:HERE/s'", "staging: has no store; write store: below it."),
            ("store: 'file:HERE/s'", "staging: has no catalog; write catalog: below it."),
        ] as [(String?, String)])
    func `what staging lacks is told by its name`(_ staging: String?, _ sentence: String) async throws {
        try await withProduction { folder in
            let refusal = #expect(throws: NoRehearsal.self) { try rehearsal(folder, staging: staging) }
            #expect(refusal?.description == "No rehearsal: \(sentence)")
        }
    }

    @Test func `nothing is apart from a production that nobody has named`() async throws {
        try await withProduction { folder in
            _ = try rehearsal(folder, staging: "store: 'file:HERE/s', catalog: 'sqlite:HERE/s.sqlite'")
            let configuration = try Configuration(at: "\(folder)/mallow.yaml")
            let store = try Endpoint("file:\(folder)/objects", role: .store)
            let refusal = #expect(throws: NoRehearsal.self) {
                try Rehearsal(
                    reading: "olx:\(folder)/exports", as: configuration.production, into: configuration.staging,
                    apartFrom: [store], ledger: "\(folder)/l")
            }
            #expect(refusal?.problem.hasPrefix("nobody says which catalog is production's") == true)
        }
    }
}
