// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@testable import ObjectStorage

@Suite struct CredentialTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let loop = CurlLoop(TransferLimits(connections: 1, connect: .seconds(1), firstByte: .seconds(1)))

    @Test func `the environment has both or neither`() async throws {
        #expect(try await EnvironmentCredentials([:]).credentials(at: now) == nil)
        let whole = ["AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"]
        #expect(
            try await EnvironmentCredentials(whole).credentials(at: now)
                == AWSCredentials(accessKey: "id", secret: "s", token: "t"))
        await #expect(throws: Failure.self) {
            _ = try await EnvironmentCredentials(["AWS_ACCESS_KEY_ID": "id"]).credentials(at: now)
        }
    }

    @Test func `a profile is found in either file, and a missing one is said only when it was asked for`() async throws
    {
        try await withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/.aws", withIntermediateDirectories: true)
            try """
            # mine
            [default]
            aws_access_key_id = id1
            aws_secret_access_key=s1=
            [night shift]
            AWS_ACCESS_KEY_ID=id2
            aws_secret_access_key = s2
            aws_session_token = t2
            """.write(toFile: "\(folder)/.aws/credentials", atomically: true, encoding: .utf8)
            try """
            [profile other]
            s3 =
              aws_access_key_id = nested
            aws_access_key_id = id3
            aws_secret_access_key = s3
            """.write(toFile: "\(folder)/.aws/config", atomically: true, encoding: .utf8)
            func found(_ profile: String?) async throws -> AWSCredentials? {
                try await ProfileCredentials(profile.map { ["AWS_PROFILE": $0] } ?? [:], home: folder).credentials(
                    at: now)
            }
            #expect(try await found(nil) == AWSCredentials(accessKey: "id1", secret: "s1="))
            #expect(try await found("night shift") == AWSCredentials(accessKey: "id2", secret: "s2", token: "t2"))
            #expect(try await found("other") == AWSCredentials(accessKey: "id3", secret: "s3"))
            await #expect(throws: Failure.self) { _ = try await found("nobody") }
            #expect(try await ProfileCredentials([:], home: "\(folder)/none").credentials(at: now) == nil)
        }
    }

    private static let issued = Array(
        #"{"AccessKeyId":"id","SecretAccessKey":"s","Token":"t","Expiration":"2027-01-15T09:00:00Z","Code":"Success"}"#
            .utf8)

    @Test func `a container's host is asked with its token`() async throws {
        let server = try LoopbackServer {
            $0.headers["authorization"] == "word" ? .answer(200, body: Self.issued) : .answer(403)
        }
        defer { server.stop() }
        let environment = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.address)/creds",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "word",
        ]
        let found = try await ContainerCredentials(environment, over: loop).credentials(at: now)
        #expect(
            found
                == AWSCredentials(
                    accessKey: "id", secret: "s", token: "t", expires: Date(timeIntervalSince1970: 1_800_003_600)))
        await #expect(throws: Failure.self) {
            _ = try await ContainerCredentials(
                ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://elsewhere.example/"], over: loop
            ).credentials(at: now)
        }
        #expect(try await ContainerCredentials([:], over: loop).credentials(at: now) == nil)
    }

    @Test func `a machine's role is asked for with a session token of its own`() async throws {
        let server = try LoopbackServer { request in
            switch (request.method, request.target) {
            case ("PUT", "/latest/api/token"): return .answer(200, body: Array("session".utf8))
            case _ where request.headers["x-aws-ec2-metadata-token"] != "session": return .answer(401)
            case ("GET", "/latest/meta-data/iam/security-credentials/"):
                return .answer(200, body: Array("the role\n".utf8))
            case ("GET", "/latest/meta-data/iam/security-credentials/the%20role"):
                return .answer(200, body: Self.issued)
            default: return .answer(404)
            }
        }
        defer { server.stop() }
        let environment = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.address]
        #expect(try await InstanceCredentials(environment, over: loop).credentials(at: now)?.accessKey == "id")
        let off = environment.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { $1 }
        #expect(try await InstanceCredentials(off, over: loop).credentials(at: now) == nil)
        server.stop()
    }

    @Test func `a machine without a role has none, and one that says nothing is not passed over`() async throws {
        let server = try LoopbackServer { $0.method == "PUT" ? .answer(200, body: Array("t".utf8)) : .answer(404) }
        defer { server.stop() }
        let roleless = InstanceCredentials(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.address], over: loop)
        #expect(try await roleless.credentials(at: now) == nil)
        let busy = try LoopbackServer { _ in .answer(503) }
        defer { busy.stop() }
        let asked = InstanceCredentials(["AWS_EC2_METADATA_SERVICE_ENDPOINT": busy.address], over: loop)
        #expect(await #expect(throws: Failure.self) { _ = try await asked.credentials(at: now) }?.class == .transient)
        let silent = try LoopbackServer { _ in .reset }
        defer { silent.stop() }
        let hidden = InstanceCredentials(["AWS_EC2_METADATA_SERVICE_ENDPOINT": silent.address], over: loop)
        let failure = await #expect(throws: Failure.self) { _ = try await hidden.credentials(at: now) }
        #expect(failure?.class == .transient)
        #expect(failure?.advice.contains("hop limit") == true)
    }

    @Test(arguments: [(429, Failure.Class.transient), (503, .transient), (403, .auth), (404, .auth)])
    func `a container's host that refuses is told in its class`(_ status: Int, _ expected: Failure.Class) async throws {
        let server = try LoopbackServer { _ in .answer(status) }
        defer { server.stop() }
        let source = ContainerCredentials(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.address], over: loop)
        #expect(await #expect(throws: Failure.self) { _ = try await source.credentials(at: now) }?.class == expected)
    }

    @Test func `a web identity is neither followed nor passed over`() async throws {
        let names = ["AWS_ROLE_ARN": "arn:aws:iam::1:role/r", "AWS_WEB_IDENTITY_TOKEN_FILE": "/token"]
        let failure = await #expect(throws: Failure.self) { _ = try await WebIdentity(names).credentials(at: now) }
        #expect(failure?.class == .auth)
        #expect(try await WebIdentity(["AWS_ROLE_ARN": "arn"]).credentials(at: now) == nil)
    }

    @Test func `what is no answer is said without what it was`() async throws {
        let server = try LoopbackServer { _ in .answer(200, body: Array(#"{"SecretAccessKey":"s3cret"}"#.utf8)) }
        defer { server.stop() }
        let source = ContainerCredentials(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.address], over: loop)
        let failure = await #expect(throws: Failure.self) { _ = try await source.credentials(at: now) }
        #expect(failure?.class == .auth)
        #expect(failure?.description.contains("s3cret") == false)
    }

    @Test func `no form of printing shows a secret`() {
        let credentials = AWSCredentials(accessKey: "id", secret: "s3cret", token: "t0ken")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped, "\([credentials])"] {
            #expect(!text.contains("s3cret") && !text.contains("t0ken"))
        }
    }

    // MARK: - The keeper

    /// Gives credentials that are numbered by how often it was asked.
    private final class Numbered: CredentialSource {
        let name = "a test"
        let isChanging: Bool
        private let lifetime: TimeInterval?
        private let count = Mutex(0)
        private let isBroken = Mutex(false)
        var asked: Int { count.withLock { $0 } }

        init(lifetime: TimeInterval? = nil, isChanging: Bool = true) {
            (self.lifetime, self.isChanging) = (lifetime, isChanging)
        }

        func fail() { isBroken.withLock { $0 = true } }

        func credentials(at date: Date) async throws -> AWSCredentials? {
            let number = count.withLock { count in
                count += 1
                return count
            }
            if isBroken.withLock({ $0 }) { throw Failure(.transient, "find", at: name, cause: "away", advice: "wait") }
            return AWSCredentials(accessKey: "id\(number)", secret: "s", expires: lifetime.map { date + $0 })
        }
    }

    @Test func `however many ask, they are looked for once`() async throws {
        let source = Numbered()
        let keeper = CredentialKeeper([source])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { _ = try await keeper.credentials(at: now) } }
            try await group.waitForAll()
        }
        #expect(source.asked == 1)
    }

    @Test func `they are found anew before they expire, and the old ones serve while nobody answers`() async throws {
        let source = Numbered(lifetime: 3600)
        let keeper = CredentialKeeper([source])
        #expect(try await keeper.credentials(at: now).accessKey == "id1")
        #expect(try await keeper.credentials(at: now + 3200).accessKey == "id1")
        #expect(try await keeper.credentials(at: now + 3400).accessKey == "id2")
        source.fail()
        #expect(try await keeper.credentials(at: now + 3400 + 3400).accessKey == "id2")
        await #expect(throws: Failure.self) { _ = try await keeper.credentials(at: now + 3400 + 3601) }
    }

    @Test func `what a server refused is replaced once for all who were refused`() async throws {
        let source = Numbered()
        let keeper = CredentialKeeper([source])
        let refused = try await keeper.credentials(at: now)
        #expect(try await keeper.renewed(insteadOf: refused, at: now)?.accessKey == "id2")
        #expect(try await keeper.renewed(insteadOf: refused, at: now)?.accessKey == "id2")
        #expect(source.asked == 2)
        let fixed = CredentialKeeper([Numbered(isChanging: false)])
        #expect(try await fixed.renewed(insteadOf: try await fixed.credentials(at: now), at: now) == nil)
    }

    /// Has credentials once, and never again.
    private final class Fading: CredentialSource {
        let name = "a test"
        let isChanging = true
        private let isGone = Mutex(false)

        func credentials(at date: Date) async throws -> AWSCredentials? {
            let isGone = isGone.withLock { isGone in
                defer { isGone = true }
                return isGone
            }
            return isGone ? nil : AWSCredentials(accessKey: "id", secret: "s", expires: date + 3600)
        }
    }

    @Test func `a place that had some and has none now is asked again`() async throws {
        let keeper = CredentialKeeper([Fading()])
        let first = try await keeper.credentials(at: now)
        let failure = await #expect(throws: Failure.self) { _ = try await keeper.renewed(insteadOf: first, at: now) }
        #expect(failure?.class == .transient)
    }

    @Test func `none anywhere is said with where they were looked for`() async throws {
        let keeper = CredentialKeeper([EnvironmentCredentials([:]), ProfileCredentials([:], home: "/nowhere")])
        let failure = await #expect(throws: Failure.self) { _ = try await keeper.credentials(at: now) }
        #expect(failure?.class == .auth)
        #expect(failure?.place == "the environment, the profile default")
    }
}
