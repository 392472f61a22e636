// SPDX-License-Identifier: Apache-2.0
import Deployment
import Foundation
import MigrationModel
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [
        ("olx:/exports/", "olx", "/exports"), ("file:/var/objects", "file", "/var/objects"),
        ("SQLITE:/a:b", "sqlite", "/a:b"),
    ])
    func `an endpoint is a scheme and what follows`(_ text: String, _ scheme: String, _ path: String) throws {
        let endpoint = try Endpoint(text, role: .source)
        #expect((endpoint.scheme, endpoint.path) == (scheme, path))
    }

    @Test func `a path may begin in the home folder`() throws {
        #expect(try Endpoint("file:~/objects", role: .store).path == NSHomeDirectory() + "/objects")
    }

    @Test func `a relative path is made absolute, since the ledger keeps it`() throws {
        let here = FileManager.default.currentDirectoryPath
        #expect(try Endpoint("file:a/../objects", role: .store).description == "file:\(here)/objects")
    }

    @Test(arguments: ["exports", "", ":exports", "olx:"])
    func `what is no endpoint is refused with an example`(_ text: String) {
        let refusal = #expect(throws: InvalidEndpoint.self) { try Endpoint(text, role: .source) }
        #expect(refusal?.description.contains("olx:exports") == true)
    }

    @Test(arguments: ["mongodb://mallow:s3cret@host/edxapp", "mysql://u:s3cret@host:3306/edxapp"])
    func `a password is refused and not repeated`(_ text: String) {
        let refusal = #expect(throws: InvalidEndpoint.self) { try Endpoint(text, role: .source) }
        #expect(refusal?.description.contains("password") == true)
        #expect(refusal?.description.contains("s3cret") == false)
    }

    @Test(arguments: [
        ("gopher:x", "file:o", "sqlite:c"), ("olx:x", "ftp:o", "sqlite:c"), ("olx:x", "file:o", "postgres:c"),
    ])
    func `a scheme nobody knows is refused with those that are known`(
        _ source: String, _ store: String, _ catalog: String
    ) throws {
        let endpoints = try Endpoints(source: source, store: store, catalog: catalog)
        let refusal = #expect(throws: InvalidEndpoint.self) { try ReadablePlatform(endpoints) }
        #expect(refusal?.description.contains("this build knows") == true)
    }

    @Test func `a platform that is only read makes nothing`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mallow-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let endpoints = try Endpoints(
            source: "olx:\(folder)", store: "file:\(folder)/objects", catalog: "sqlite:\(folder)/edxval.sqlite"
        )
        let platform = try ReadablePlatform(endpoints)
        #expect(try await platform.store.head("video-transcripts/a.srt") == nil)
        #expect(try await platform.catalog.rows(of: ["video"]).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test(arguments: [
        (["HOME": "/home/mira"], "/home/mira/.local/state/mallow/mallow.ledger"),
        (["HOME": "/home/mira", "XDG_STATE_HOME": "/state"], "/state/mallow/mallow.ledger"),
        (["HOME": "/home/mira", "XDG_STATE_HOME": "state"], "/home/mira/.local/state/mallow/mallow.ledger"),
    ])
    func `the ledger lies in the state folder`(_ environment: [String: String], _ path: String) {
        #expect(StateFolder.defaultLedger(environment: environment) == path)
    }
}
