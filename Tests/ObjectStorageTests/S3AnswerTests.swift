// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import MigrationModel
import ObjectStorage
import Synchronization
import TestDoubles
import Testing

/// What becomes of each answer that a server may give.
@Suite struct S3AnswerTests {
    private static let object = ObjectStoreContract.object("video-transcripts/a.srt", "one")

    private func store(
        accepting weaknesses: String = "", _ reply: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply
    ) throws -> (S3Store, LoopbackServer) {
        let server = try LoopbackServer(reply)
        let accepted = weaknesses.isEmpty ? "" : "&accept=\(weaknesses)"
        let client = S3Client(
            try S3Location("//bucket?endpoint=\(server.address)\(accepted)"),
            over: CurlLoop(TransferLimits(connections: 2, connect: .seconds(2), firstByte: .milliseconds(600))),
            as: CredentialKeeper([
                EnvironmentCredentials(["AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"])
            ]),
            now: { Date() })
        return (S3Store(client), server)
    }

    private static func error(_ code: String) -> [UInt8] {
        Array("<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>as it says</Message></Error>".utf8)
    }

    @Test(arguments: [
        (400, "BadDigest", Failure.Class.integrity), (400, "XAmzContentSHA256Mismatch", .integrity),
        (400, "InvalidDigest", .integrity), (400, "RequestTimeout", .transient), (400, "ExpiredToken", .auth),
        (400, "MalformedXML", .bug), (401, "Unauthorized", .auth), (403, "AccessDenied", .auth),
        (403, "RequestTimeTooSkewed", .auth), (404, "NoSuchBucket", .auth),
        (409, "ConditionalRequestConflict", .transient),
        (412, "PreconditionFailed", .conflict), (429, "TooManyRequests", .throttled),
        (500, "InternalError", .ambiguous),
        (502, "", .ambiguous), (503, "SlowDown", .throttled), (503, "", .ambiguous), (301, "PermanentRedirect", .auth),
        (503, "SlowDownWrite", .ambiguous), (503, "ServiceUnavailable", .ambiguous),
        (400, "TokenRefreshRequired", .auth),
        (404, "", .ambiguous), (413, "", .bug), (501, "NotImplemented", .bug), (407, "", .auth),
        (507, "XMinioStorageFull", .auth), (403, "QuotaExceeded", .auth),
        (400, "XMinioAdminBucketQuotaExceeded", .auth),
        (400, "KMS.DisabledException", .auth), (400, "KMS.ThrottlingException", .throttled),
        (400, "InvalidArgument", .bug), (507, "", .ambiguous),
        (400, "AuthorizationHeaderMalformed", .auth),
    ])
    func `a put that was not answered by 200 ends in its class`(
        _ status: Int, _ code: String, _ expected: Failure.Class
    ) async throws {
        let (store, server) = try store { _ in .answer(status, body: code.isEmpty ? [] : Self.error(code)) }
        defer { server.stop() }
        let failure = await #expect(throws: Failure.self) { _ = try await store.put(Self.object) }
        #expect(failure?.class == expected)
        #expect(failure?.cause.hasPrefix(code.isEmpty ? "\(status)" : "\(status) \(code)") == true)
        #expect(failure?.place == "s3://bucket/video-transcripts/a.srt")
    }

    @Test(arguments: [
        (500, Failure.Class.transient), (503, .throttled), (403, .auth), (400, .bug), (404, .transient), (301, .auth),
    ])
    func `a head has no words, and ends in its class all the same`(_ status: Int, _ expected: Failure.Class)
        async throws
    {
        let (store, server) = try store { _ in .answer(status) }
        defer { server.stop() }
        let failure = await #expect(throws: Failure.self) { _ = try await store.head("a.srt") }
        #expect(failure?.class == expected)
    }

    @Test(arguments: [
        (503, "SlowDown", "7", 7.0), (429, "TooManyRequests", "7", 7), (500, "InternalError", "7", nil),
        (503, "SlowDown", "0", 0), (503, "", "7", 7), (503, "SlowDownWrite", "0", 0),
    ])
    func `a store that asks for less says so, and for how long`(
        _ status: Int, _ code: String, _ header: String, _ seconds: Double?
    ) async throws {
        let (store, server) = try store { _ in
            .answer(status, [("Retry-After", header)], body: code.isEmpty ? [] : Self.error(code))
        }
        defer { server.stop() }
        let failure = await #expect(throws: Failure.self) { _ = try await store.put(Self.object) }
        #expect(failure?.retryAfter == seconds)
    }

    @Test(arguments: ["", "<html>404 page not found</html>", "<Error><Code>NotFound</Code></Error>"])
    func `a proxy that finds no server proves no object absent, and none deleted`(_ body: String) async throws {
        let isAway = Mutex(false)
        let (store, server) = try store { request in
            if isAway.withLock({ $0 }) || request.method == "DELETE" { return .answer(404, body: Array(body.utf8)) }
            return .answer(200, [("ETag", "\"e\"")])
        }
        defer { server.stop() }
        let deletion = await #expect(throws: Failure.self) { _ = try await store.delete("a.srt", ifMatch: "\"e\"") }
        #expect(deletion?.class == .ambiguous)
        isAway.withLock { $0 = true }
        #expect(await #expect(throws: Failure.self) { _ = try await store.head("a.srt") }?.class == .transient)
        #expect(await #expect(throws: Failure.self) { _ = try await store.get("a.srt") }?.class == .transient)
        let absent = await #expect(throws: Failure.self) { _ = try await store.delete("a.srt", ifMatch: "\"e\"") }
        #expect(absent?.class == .transient)
    }

    @Test(arguments: [
        (403, "RequestTimeTooSkewed", "set this machine's clock"),
        (403, "AccessDenied", "s3:ListBucket without a condition"),
        (400, "InvalidRequest", "into its log"), (400, "InvalidArgument", "accept=unchecked"),
        (400, "AuthorizationHeaderMalformed", "name its region=eu-north-1,"),
    ])
    func `what a head's answer cannot say is asked for`(_ status: Int, _ code: String, _ advice: String) async throws {
        let (store, server) = try store { request in
            request.method == "HEAD"
                ? .answer(status)
                : .answer(status, [("x-amz-bucket-region", "eu-north-1")], body: Self.error(code))
        }
        defer { server.stop() }
        let failure = await #expect(throws: Failure.self) { _ = try await store.head("a.srt") }
        #expect(failure?.cause.hasPrefix("\(status) \(code)") == true)
        #expect(failure?.advice.contains(advice) == true, "\(failure?.advice ?? "")")
    }

    @Test(arguments: [(503, Failure.Class.ambiguous), (500, .ambiguous), (403, .auth)])
    func `an object that cannot be read back is there, and is never put again`(
        _ status: Int, _ expected: Failure.Class
    ) async throws {
        let (store, server) = try store(accepting: "unchecked") { request in
            request.method == "PUT" ? .answer(200, [("ETag", "\"e\"")]) : .answer(status)
        }
        defer { server.stop() }
        #expect(await #expect(throws: Failure.self) { _ = try await store.put(Self.object) }?.class == expected)
        #expect(server.requests.count { $0.method == "PUT" } == 1)
    }

    @Test func `an object whose key is gone is a matter of that object`() async throws {
        let (store, server) = try store { request in
            request.method == "HEAD" ? .answer(400) : .answer(400, body: Self.error("KMS.NotFoundException"))
        }
        defer { server.stop() }
        let failure = await #expect(throws: Failure.self) { _ = try await store.head("a.srt") }
        #expect(failure?.class.mayStayBehind == true)
    }

    @Test func `a store of which no sums are expected is sent none, nor asked for any`() async throws {
        let (store, server) = try store(accepting: "unchecked") { request in
            .answer(200, [("ETag", "\"e\"")], body: request.method == "GET" ? Self.object.bytes : [])
        }
        defer { server.stop() }
        #expect(try await store.put(Self.object) == "\"e\"")
        #expect(server.requests.map(\.method) == ["PUT", "GET"])
        #expect(server.requests.allSatisfy { $0.headers.keys.allSatisfy { !$0.hasPrefix("x-amz-checksum") } })
    }

    @Test func `a lost reply to a put or a delete is in doubt, and one to a read is asked for again`() async throws {
        let (silent, silentServer) = try store {
            $0.method == "PUT" ? .silence : .answer(200, [("ETag", "\"e\"")], body: [1])
        }
        defer { silentServer.stop() }
        #expect(await #expect(throws: Failure.self) { _ = try await silent.put(Self.object) }?.class == .ambiguous)
        let (reset, server) = try store { $0.method == "HEAD" ? .answer(200, [("ETag", "\"e\"")]) : .reset }
        defer { server.stop() }
        let lost = await #expect(throws: Failure.self) { _ = try await reset.delete("a.srt", ifMatch: "\"e\"") }
        #expect(lost?.class == .ambiguous)
        let read = await #expect(throws: Failure.self) { _ = try await reset.get("a.srt") }
        #expect(read?.class == .transient)
        #expect(server.requests.count { $0.method == "GET" } >= 2)
    }

    @Test func `a bucket that is gone proves no object absent`() async throws {
        let (gone, server) = try store {
            $0.method == "HEAD" ? .answer(404) : .answer(404, body: Self.error("NoSuchBucket"))
        }
        defer { server.stop() }
        #expect(await #expect(throws: Failure.self) { _ = try await gone.head("a.srt") }?.class == .auth)
        let (empty, other) = try store {
            $0.method == "HEAD" ? .answer(404) : .answer(404, body: Self.error("NoSuchKey"))
        }
        defer { other.stop() }
        #expect(try await empty.head("a.srt") == nil)
    }

    @Test func `a put says all that the object is to be kept with`() async throws {
        let (store, server) = try store { _ in .answer(200, [("ETag", "\"e\"")]) }
        defer { server.stop() }
        #expect(try await store.put(Self.object) == "\"e\"")
        let request = try #require(server.requests.first)
        #expect(request.headers["if-none-match"] == "*")
        #expect(request.headers["x-amz-checksum-sha256"] == "dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z/0Me0=")
        #expect(request.headers["x-amz-meta-mallow-sha256"] == Self.object.checksum.hexadecimal)
        #expect(request.headers["x-amz-meta-mallow-run"] == "7")
        #expect(request.headers["x-amz-meta-mallow-intent"] == Self.object.provenance.intent.uuidString.lowercased())
        #expect(request.body == Self.object.bytes)
    }

    @Test func `bytes that differ from the store's own checksum are never handed on`() async throws {
        let (store, server) = try store { _ in
            .answer(
                200, [("ETag", "\"e\""), ("x-amz-checksum-sha256", "dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z/0Me0=")],
                body: Array("onf".utf8))
        }
        defer { server.stop() }
        #expect(await #expect(throws: Failure.self) { _ = try await store.get("a.srt") }?.class == .integrity)
        let failure = await #expect(throws: Failure.self) { _ = try await store.checksum(ofBytesAt: "a.srt") }
        #expect(failure?.class == .integrity)
    }

    @Test func `what the server says is kept short and on one line`() async throws {
        let long = String(repeating: "x\n", count: 2000)
        let (store, server) = try store { _ in
            .answer(503, body: Array("<Error><Code>SlowDown</Code><Message>\(long)</Message></Error>".utf8))
        }
        defer { server.stop() }
        let failure = await #expect(throws: Failure.self) { _ = try await store.head("a.srt") }
        #expect(failure.map { $0.cause.utf8.count < 400 && !$0.cause.contains("\n") } == true)
    }

    @Test(arguments: [
        "<!DOCTYPE x [<!ENTITY e \"SlowDown\">]><Error><Code>&e;</Code></Error>", "<Error><Code>", "SlowDown", "<a/>",
        "<Error><Code></Code></Error>",
    ])
    func `a body that cannot be trusted changes nothing of the class`(_ body: String) async throws {
        let (store, server) = try store { _ in .answer(403, body: Array(body.utf8)) }
        defer { server.stop() }
        let failure = await #expect(throws: Failure.self) { _ = try await store.put(Self.object) }
        #expect(failure?.class == .auth)
        #expect(failure?.cause.contains("SlowDown") == false)
    }

    @Test(arguments: [
        "", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>a</Key></Contents>", "<Other><Contents><Key>a</Key></Contents></Other>",
    ])
    func `a list that is not whole is a failure and never a short list`(_ body: String) async throws {
        let (store, server) = try store { _ in .answer(200, body: Array(body.utf8)) }
        defer { server.stop() }
        let failure = await #expect(throws: Failure.self) {
            for try await _ in store.keys(under: "") {}
        }
        #expect(failure?.class == .transient)
    }

    @Test func `a list goes on from page to page`() async throws {
        let (store, server) = try store { request in
            let isSecond = request.target.contains("continuation-token=t%2B%3D")
            let rest =
                isSecond
                ? "<IsTruncated>false</IsTruncated>"
                : "<IsTruncated>true</IsTruncated><NextContinuationToken>t+=</NextContinuationToken>"
            let key = isSecond ? "b+%2B" : "a%20b"
            return .answer(
                200,
                body: Array(
                    "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>\(key)</Key></Contents>\(rest)</ListBucketResult>"
                        .utf8))
        }
        defer { server.stop() }
        var keys: [String] = []
        for try await key in store.keys(under: "p/") { keys.append(key.text) }
        #expect(keys == ["a b", "b +"])
        #expect(server.requests.count == 2)
        #expect(server.requests[0].target.contains("prefix=p%2F"))
    }
}
