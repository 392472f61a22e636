// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
package import MigrationModel
import Synchronization

/// The reading half of an ``S3Store``. It has no method that writes.
package struct S3Reader: ObjectReader {
    let client: S3Client

    /// Nothing is asked yet.
    package init(_ client: S3Client) { self.client = client }

    /// Where the store itself does not look at SHA-256s, its bytes are read and hashed here.
    package func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        if isUnchecked { return try await readInfo(key) }
        let question = S3Client.Question(call: .head, method: .head, key: key, headers: checksumMode)
        let response = try await client.ask(question)
        // The answer to a HEAD does not say what is missing or refused: a bucket that is gone proves no object absent, and
        // a clock that is wrong is no matter of credentials.
        if [400, 401, 403, 404].contains(response.status) { return try await readInfo(key) }
        guard response.status == 200, let size = response["content-length"].flatMap(Int.init) else {
            throw client.failure(response, to: question)
        }
        return try info(key, response, size: size, response["x-amz-checksum-sha256"].flatMap(Checksum.init(base64:)))
    }

    package func get(_ key: ObjectKey) async throws -> [UInt8]? {
        try await read(key, keepsBytes: true)?.bytes
    }

    /// Whatever the object's size, no more than a piece of it is in memory.
    package func checksum(ofBytesAt key: ObjectKey) async throws -> Checksum? { try await read(key)?.checksum }

    private func readInfo(_ key: ObjectKey) async throws -> ObjectInfo? {
        try await read(key).map { try info(key, $0.response, size: $0.size, $0.checksum) }
    }

    private var isUnchecked: Bool { client.location.accepted.contains(.unchecked) }

    /// Some of those that know no SHA-256 refuse to be asked for it.
    private var checksumMode: [HTTPHeader] { isUnchecked ? [] : [HTTPHeader("x-amz-checksum-mode", "ENABLED")] }

    private func info(
        _ key: ObjectKey, _ response: HTTPResponse, size: Int, _ checksum: Checksum?
    ) throws -> ObjectInfo {
        guard let etag = response["etag"] else {
            throw Failure(
                .bug, "read object's head", at: key.text, cause: "the server names no ETag",
                advice: "this server answers what S3 does not: look at what stands before it, and into its log"
            )
        }
        // Where versions are kept each has an id; "null" is what was there before they were.
        let version = response["x-amz-version-id"]
        return ObjectInfo(
            key: key, size: size, etag: ETag(unchecked: etag), checksum: checksum, provenance: Provenance(response),
            isVersioned: version != nil && version != "null")
    }

    /// The SHA-256 of an object's bytes, which is the one that the store knows where it knows one.
    private func read(
        _ key: ObjectKey, keepsBytes: Bool = false
    ) async throws -> (response: HTTPResponse, size: Int, checksum: Checksum, bytes: [UInt8])? {
        let sink = HashedBytes(keepsBytes: keepsBytes)
        let question = S3Client.Question(
            call: .get, method: .get, key: key, headers: checksumMode, mostBytes: Self.largest, sink: sink)
        let response = try await client.ask(question)
        if S3Answer(response, to: .get, at: "").isNoSuchKey { return nil }
        guard response.status == 200 else { throw client.failure(response, to: question) }
        let (size, found, bytes) = sink.finish()
        let known = response["x-amz-checksum-sha256"].flatMap(Checksum.init(base64:))
        if let known, known != found, !isUnchecked {
            throw Failure(
                .integrity, "read object", at: client.place(question),
                cause: "its bytes have the SHA-256 \(found), and \(known) was written",
                advice: "read it again; if it stays so, look who changed the object, for mallow never does"
            )
        }
        return (response, size, found, bytes)
    }

    package func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> {
        let page = S3Page()
        return AsyncThrowingStream { [self] in
            if let key = page.nextKey() { return key }
            // A page may be empty, and not be the last.
            while let token = page.token {
                if let key = page.refill(try await list(prefix, after: token)) { return key }
            }
            return nil
        }
    }

    /// A transcript has at most 64 MiB; a little more is read so that one that has more can be told.
    private static let largest = 65 << 20
    /// A thousand keys of 1,024 bytes, each byte as %XX, with all that stands around them.
    private static let largestPage = 8 << 20

    private func list(_ prefix: String, after token: S3Page.Token) async throws -> S3ListingBody {
        var question = S3Client.Question(call: .list, method: .get, key: nil, mostBytes: Self.largestPage)
        question.query = [
            ("list-type", "2"), ("encoding-type", "url"), ("prefix", client.location.root + prefix),
        ]
        if case .after(let token) = token { question.query.append(("continuation-token", token)) }
        let response = try await client.ask(question)
        guard response.status == 200 else { throw client.failure(response, to: question) }
        guard let body = S3ListingBody(response.body) else {
            throw Failure(
                .transient, "list objects", at: client.place(question), cause: "the server's list is not whole",
                advice: "it is asked for again; run mallow doctor if it stays so"
            )
        }
        let root = client.location.root
        let keys = body.keys.filter { $0.utf8.starts(with: root.utf8) }.map {
            String($0.utf8.dropFirst(root.utf8.count)) ?? $0
        }
        return S3ListingBody(keys: keys, next: body.next)
    }
}

/// The names under which an object keeps what is ours.
enum Metadata {
    static let run = "x-amz-meta-mallow-run"
    static let intent = "x-amz-meta-mallow-intent"
    static let checksum = "x-amz-meta-mallow-sha256"
}

extension Provenance {
    init?(_ response: HTTPResponse) {
        guard let run = response[Metadata.run].flatMap(Int64.init),
            let intent = response[Metadata.intent].flatMap(UUID.init(uuidString:))
        else { return nil }
        self.init(run: RunID(run), intent: intent)
    }
}

extension Checksum {
    /// As S3 writes it; nil when it is no SHA-256, or one of parts.
    init?(base64: String) {
        guard let data = Data(base64Encoded: base64), data.count == 32 else { return nil }
        self.init(hexadecimal: data.withUnsafeBytes { Hexadecimal.text(of: $0) })
    }

    /// As S3 writes it.
    var base64: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var digits = hexadecimal.utf8.makeIterator()
        func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x61 + 10 }
        while let high = digits.next(), let low = digits.next() { bytes.append(value(high) << 4 | value(low)) }
        return Data(bytes).base64EncodedString()
    }
}

/// Where a listing is.
private final class S3Page: Sendable {
    enum Token: Sendable {
        case first
        case after(String)
    }

    private let keys = KeyPiece()
    private let next = Mutex<Token?>(.first)

    /// What asks for the next page; nil after the last.
    var token: Token? { next.withLock { $0 } }

    func nextKey() -> ObjectKey? { keys.next() }

    func refill(_ body: S3ListingBody) -> ObjectKey? {
        next.withLock { $0 = body.next.map(Token.after) }
        return keys.refill(body.keys.map(ObjectKey.init(unchecked:)))
    }
}
