// SPDX-License-Identifier: Apache-2.0
import HTTP
import MigrationModel

/// What a server that speaks S3 says when it does not do what it was asked, as a ``Failure``.
struct S3Answer: Sendable {
    /// What was asked for: it decides what a status means.
    enum Call: String, Sendable {
        case head = "read object's head"
        case get = "read object"
        case list = "list objects"
        case put = "put object"
        case delete = "delete object"

        /// Whether doing it, or not doing it, leaves everything as it was.
        var isReading: Bool { self == .head || self == .get || self == .list }
    }

    let call: Call
    /// A key, or a prefix, and the bucket.
    let place: String
    let status: Int
    /// S3's own word for it; nil where the answer had no body, as to a HEAD.
    let code: String?
    private let words: String
    private let retryAfter: Double?
    /// Where the bucket is, as AWS says with every answer that has to do with it.
    private let region: String?

    init(_ response: HTTPResponse, to call: Call, at place: String) {
        self.call = call
        self.place = place
        status = response.status
        retryAfter = response.retryAfter.map(Double.init)
        region = response["x-amz-bucket-region"].map { String($0.prefix(64)) }
        let error = 200..<300 ~= status ? nil : S3ErrorBody(response.body)
        code = error?.code
        let request = response["x-amz-request-id"].map { ", request \($0.prefix(64))" } ?? ""
        words = [code, error?.message].compactMap(\.self).joined(separator: ": ") + request
    }

    /// Whether other credentials could help. The answer to a HEAD does not say: what is asked after it does.
    var isRefusal: Bool {
        switch status {
        case 401, 403: call != .head && (code.map { !Self.notAboutCredentials.contains($0) } ?? true)
        case 400: code.map(Self.passed.contains) ?? false
        default: false
        }
    }

    /// Whether S3 itself says that there is no such object. Whatever else answers 404, a proxy whose server is away or a
    /// balancer, proves nothing absent.
    var isNoSuchKey: Bool { status == 404 && code == "NoSuchKey" }

    var failure: Failure {
        let (`class`, advice) = verdict
        return Failure(
            `class`, call.rawValue, at: place, cause: words.isEmpty ? "\(status)" : "\(status) \(words)",
            safe: `class` == .ambiguous
                ? "it may have been done; it is looked for before anything else" : "nothing was changed",
            advice: advice, retryAfter: status == 429 || status == 503 ? retryAfter ?? 0 : nil
        )
    }

    private static let notAboutCredentials: Set = ["RequestTimeTooSkewed", "AllAccessDisabled", "QuotaExceeded"]
    /// Of credentials whose time is over.
    private static let passed: Set = ["ExpiredToken", "InvalidToken", "TokenRefreshRequired"]
    /// Of stores that take no more: Ceph's, and MinIO's.
    private static let full: Set = ["QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"]

    private var verdict: (Failure.Class, advice: String) {
        switch (status, code) {
        case (412, _):
            (.conflict, "look whose it is before anything else is done with this key")
        // Somebody was at the same key at the same moment, and nothing was written.
        case (409, _): (.transient, "it is tried again")
        case (400, "BadDigest"), (400, "InvalidDigest"), (400, "XAmzContentSHA256Mismatch"),
            (400, "XAmzContentChecksumMismatch"):
            (.integrity, "the object is made again from the source's bytes")
        // The server waited for the rest of a body and gave up.
        case (400, "RequestTimeout"), (408, _): (.transient, "it is tried again")
        // Refused before anything was done.
        case (429, _), (503, "SlowDown"), (400, "KMS.ThrottlingException"):
            (.throttled, "the whole run slows down and tries again")
        // No other 503 says whether it had begun: a proxy's whose server goes on, a server's that lacks a quorum.
        case (503, _): (call.isReading ? .throttled : .ambiguous, "the run slows down, looks for it, and tries again")
        // It is not this object that is refused: every other one would be, too. The server itself has ended the call, and
        // with it whatever it had begun.
        case (_, let code?) where Self.full.contains(code):
            (.auth, "make room in the bucket, or raise its quota, then run again")
        case (400..<500, let code?) where code.hasPrefix("KMS."):
            call.isReading
                ? (.bug, "let the key of this object be used again, or let it stay behind by name")
                : (.auth, "let the bucket's key be used, then run again")
        case (403, "RequestTimeTooSkewed"): (.auth, "set this machine's clock, then run again")
        case (401, _), (403, "InvalidAccessKeyId"), (403, "SignatureDoesNotMatch"):
            (.auth, "look at the credentials (mallow doctor)")
        case (403, _): (.auth, call.isReading ? Self.mayRead : Self.mayWrite)
        case (400, let code?) where Self.passed.contains(code): (.auth, "give it credentials that last, then run again")
        case (407, _): (.auth, "give the proxy its credentials (http_proxy, https_proxy), then run again")
        case (404, "NoSuchBucket"): (.auth, "name a bucket that exists; mallow makes none")
        case (301, _), (307, _), (308, _), (400, "AuthorizationHeaderMalformed"),
            (400, "IllegalLocationConstraintException"):
            (.auth, "the bucket is elsewhere: name its region=\(region ?? ""), and its endpoint= where it has one")
        case (404, _):
            (
                call.isReading ? .transient : .ambiguous,
                "something answers in the server's place: it is tried again; look at the proxy before it if it stays so"
            )
        case (413, _):
            (.bug, "something before the server takes no object of this size: let it (nginx: client_max_body_size)")
        case (501, _), (405, _), (400, "NotImplemented"), (400, "InvalidArgument"): (.bug, Self.isUnknown)
        // The server has broken down in the middle of it.
        case (500..., _): (call.isReading ? .transient : .ambiguous, "it is looked for, and tried again")
        default: (.bug, "this server answers what S3 does not: look at what stands before it, and into its log")
        }
    }

    private static let isUnknown =
        "the server does not know such a request: accept=unchecked where it knows no checksum, accept=put-race or "
        + "accept=delete-race where it knows no condition, in --store"
    private static let mayRead =
        "look at the credentials, and whether they have s3:ListBucket without a condition, s3:GetObject, and kms:Decrypt "
        + "on the keys that objects are encrypted with (mallow doctor)"
    private static let mayWrite =
        "look at the credentials and at what they may do under this prefix (mallow doctor)"
}

extension Failure {
    /// A transfer that brought no answer.
    init(_ error: TransferError, _ call: S3Answer.Call, at place: String) {
        if error.isDistrust {
            self.init(
                .auth, call.rawValue, at: place, cause: "\(error)", safe: "nothing was sent",
                advice: "name the server's certificate authority in AWS_CA_BUNDLE, or correct endpoint="
            )
        } else if error.mayHaveArrived, !call.isReading {
            self.init(
                .ambiguous, call.rawValue, at: place, cause: "\(error)",
                safe: "it may have been done; it is looked for before anything else",
                advice: "it is looked for, and tried again"
            )
        } else {
            self.init(
                .transient, call.rawValue, at: place, cause: "\(error)",
                advice: "it is tried again; look at the network and at endpoint= if it stays so"
            )
        }
    }
}
