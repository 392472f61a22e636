// SPDX-License-Identifier: Apache-2.0
package import Foundation
import HTTP
package import MigrationModel

/// An object store in a bucket of S3, or of a server that speaks it.
///
/// What it knows of an object is S3's own: the SHA-256 that the server checked the bytes against before it stored them;
/// who wrote it is metadata. What a server cannot do is done in a weaker way only where its operator has accepted that by
/// name (``StoreWeakness``).
package struct S3Store: ObjectStore, ReadingByReader {
    /// A server that has a whole request may take its time; a minute is far over what any took. What does not get as far as
    /// a server or proxy is given up by this machine's own system before that (``TransferLimits/unacknowledged``).
    package var longestDelay: TimeInterval { Self.longestDelay }
    package static let longestDelay: TimeInterval = 60
    package var weaknesses: Set<StoreWeakness> { client.location.accepted }

    private let client: S3Client
    package let reader: S3Reader

    /// Nothing is asked yet.
    package init(_ client: S3Client) {
        self.client = client
        reader = S3Reader(client)
    }

    package func put(_ object: NewObject) async throws -> ETag {
        // The server looks whether what it got has this SHA-256; before one that does not, we do.
        if weaknesses.contains(.unchecked) { try object.requireWhole() }
        if weaknesses.contains(.putRace), try await head(object.key) != nil {
            throw Failure(
                .conflict, "put object", at: object.key.text, cause: "there is an object at this key",
                advice: "look whose it is before anything else is done with this key"
            )
        }
        let question = putting(object, bytes: object.bytes, payload: object.checksum)
        let response = try await client.ask(question)
        guard 200..<300 ~= response.status, let etag = response["etag"] else {
            throw client.failure(response, to: question)
        }
        if weaknesses.contains(.unchecked) { try await readBack(object) }
        return ETag(unchecked: etag)
    }

    package func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        // What S3 says of a DELETE where nothing is differs from server to server, and even for AWS it is "deleted".
        guard let info = try await head(key) else { return .absent }
        guard info.etag == etag else { return .changed }
        var question = S3Client.Question(call: .delete, method: .delete, key: key)
        if !weaknesses.contains(.deleteRace) { question.headers = [HTTPHeader("if-match", etag.text)] }
        let response = try await client.ask(question)
        switch response.status {
        case 200, 204: return .deleted
        case 412: return .changed
        case 404 where S3Answer(response, to: .delete, at: "").isNoSuchKey: return .absent
        default: throw client.failure(response, to: question)
        }
    }

    package func refusesDamage(to object: NewObject) async throws -> Bool? {
        if weaknesses.contains(.unchecked) { return nil }
        var bytes = object.bytes
        bytes.append(0)
        // Signed for what is sent: it is the checksum, and nothing else, that does not fit.
        let question = putting(object, bytes: bytes, payload: Checksum(of: bytes))
        let response = try await client.ask(question)
        return try isRefusal(response, [400], to: question)
    }

    package func refusesWrongETag(at key: ObjectKey) async throws -> Bool? {
        if weaknesses.contains(.deleteRace) { return nil }
        let question = S3Client.Question(
            call: .delete, method: .delete, key: key,
            headers: [HTTPHeader("if-match", "\"00000000000000000000000000000000\"")])
        let response = try await client.ask(question)
        return try isRefusal(response, [412], to: question)
    }

    private func isRefusal(_ response: HTTPResponse, _ refusals: Set<Int>, to question: S3Client.Question) throws
        -> Bool
    {
        if refusals.contains(response.status) { return true }
        guard 200..<300 ~= response.status else { throw client.failure(response, to: question) }
        return false
    }

    /// - Parameter payload: of the bytes, for the signature.
    private func putting(_ object: NewObject, bytes: [UInt8], payload: Checksum) -> S3Client.Question {
        var question = S3Client.Question(call: .put, method: .put, key: object.key, body: bytes, payload: payload)
        question.headers = [
            HTTPHeader("content-type", object.contentType),
            HTTPHeader(Metadata.run, "\(object.provenance.run.number)"),
            HTTPHeader(Metadata.intent, object.provenance.intent.uuidString.lowercased()),
            HTTPHeader(Metadata.checksum, object.checksum.hexadecimal),
        ]
        // Some of those that do not look at it refuse to be told.
        if !weaknesses.contains(.unchecked) {
            question.headers.append(HTTPHeader("x-amz-checksum-sha256", object.checksum.base64))
        }
        if !weaknesses.contains(.putRace) { question.headers.append(HTTPHeader("if-none-match", "*")) }
        return question
    }

    /// Instead of the server's own look at what it got.
    ///
    /// - Throws: ``Failure``: `integrity`; `ambiguous` when it cannot be read, for it is there.
    private func readBack(_ object: NewObject) async throws {
        let found: Checksum?
        do {
            found = try await head(object.key)?.checksum
        } catch let failure as Failure where failure.class == .transient || failure.class == .throttled {
            throw Failure(
                .ambiguous, "read back object", at: object.key.text, cause: failure.cause,
                safe: "it may be as it should; it is looked for before anything else", advice: failure.advice,
                retryAfter: failure.retryAfter
            )
        }
        guard let found else {
            throw Failure(
                .ambiguous, "read back object", at: object.key.text, cause: "it was acknowledged and is not found",
                safe: "it is looked for before anything else", advice: "it is looked for, and tried again")
        }
        guard found == object.checksum else {
            throw Failure(
                .integrity, "read back object", at: object.key.text,
                cause: "the store holds other bytes than it was sent", safe: "it is removed again",
                advice: "the object is made again from the source's bytes"
            )
        }
    }
}
