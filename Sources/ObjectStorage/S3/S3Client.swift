// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import HTTP
import MigrationModel

/// Asks a bucket: signs, sends, and asks once more with fresh credentials when those it had were refused.
package final class S3Client: Sendable {
    let location: S3Location
    private let loop: CurlLoop
    private let keeper: CredentialKeeper
    private let signer: RequestSigner
    private let now: @Sendable () -> Date

    /// Nothing is sent yet.
    package init(
        _ location: S3Location, over loop: CurlLoop, as keeper: CredentialKeeper, now: @escaping @Sendable () -> Date
    ) {
        self.location = location
        self.loop = loop
        self.keeper = keeper
        signer = RequestSigner(region: location.region)
        self.now = now
    }

    /// One thing to ask for.
    struct Question: Sendable {
        let call: S3Answer.Call
        let method: HTTPRequest.Method
        /// nil for the bucket itself.
        let key: ObjectKey?
        var query: [(name: String, value: String)] = []
        var headers: [HTTPHeader] = []
        var body: [UInt8] = []
        /// The SHA-256 of the body.
        var payload = Self.nothing
        var mostBytes = 1 << 20
        /// Takes the bytes of an object that is read.
        var sink: (any BodySink)?

        private static let nothing = Checksum(of: [])
    }

    /// How a question is placed in a failure: where, for an operator.
    func place(_ question: Question) -> String {
        // A prefix that is asked for has the location in it.
        let inside = question.query.first { $0.name == "prefix" }?.value
        return "s3://\(location.bucket)/\(inside ?? location.root + (question.key?.text ?? ""))"
    }

    /// The server's answer, whatever its status, refusals of credentials aside.
    ///
    /// A question that only reads and got no answer is asked once more.
    ///
    /// - Throws: ``Failure``, `CancellationError`.
    func ask(_ question: Question) async throws -> HTTPResponse {
        let credentials = try await keeper.credentials(at: now())
        let response = try await send(question, with: credentials)
        guard response.status >= 400, S3Answer(response, to: question.call, at: "").isRefusal,
            let fresh = try await keeper.renewed(insteadOf: credentials, at: now())
        else { return response }
        return try await send(question, with: fresh)
    }

    /// What an answer says when it is not what was asked for.
    func failure(_ response: HTTPResponse, to question: Question) -> Failure {
        S3Answer(response, to: question.call, at: place(question)).failure
    }

    private func send(_ question: Question, with credentials: AWSCredentials) async throws -> HTTPResponse {
        var mayAskAgain = question.call.isReading
        while true {
            do {
                return try await loop.perform(request(question, credentials))
            } catch let error as TransferError {
                guard mayAskAgain, !error.isDistrust else { throw Failure(error, question.call, at: place(question)) }
                mayAskAgain = false
            }
        }
    }

    private func request(_ question: Question, _ credentials: AWSCredentials) -> HTTPRequest {
        let path = location.path(question.key)
        let signed = signer.sign(
            RequestSigner.Unsigned(
                method: question.method.rawValue, host: location.requestHost, path: path, query: question.query,
                headers: question.headers, payload: question.payload.hexadecimal
            ), with: credentials, at: now())
        return HTTPRequest(
            question.method, "\(location.scheme)://\(location.requestHost)\(path)\(signed.query)",
            headers: signed.headers, body: question.body, mostBytes: question.mostBytes,
            sink: question.sink
        )
    }
}
