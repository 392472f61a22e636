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

    init(_ response: HTTPResponse, to call: Call, at place: String) {
        self.call = call
        self.place = place
        status = response.status
        retryAfter = response.retryAfter.map(Double.init)
        let error = 200..<300 ~= status ? nil : S3ErrorBody(response.body)
        code = error?.code
        let request = response["x-amz-request-id"].map { ", request \($0.prefix(64))" } ?? ""
        words = [code, error?.message].compactMap(\.self).joined(separator: ": ") + request
    }

    /// Whether other credentials could help.
    var isRefusal: Bool {
        switch status {
        case 401, 403: code.map { !Self.notAboutCredentials.contains($0) } ?? true
        // Expired ones come as 400 too, and a HEAD's answer has no body to say so.
        case 400: code == "ExpiredToken" || code == "InvalidToken" || (code == nil && call == .head)
        default: false
        }
    }

    var failure: Failure {
        let (`class`, advice) = verdict
        return Failure(
            `class`, call.rawValue, at: place, cause: words.isEmpty ? "\(status)" : "\(status) \(words)",
            safe: `class` == .ambiguous
                ? "it may have been done; it is looked for before anything else" : "nothing was changed",
            advice: advice, retryAfter: `class` == .throttled ? retryAfter : nil
        )
    }

    private static let notAboutCredentials: Set = ["RequestTimeTooSkewed", "AllAccessDisabled"]

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
        // Not S3's own word: something between us and the server has lost it, and the server may go on.
        case (503, nil) where !call.isReading: (.ambiguous, "it is looked for, and tried again")
        case (429, _), (503, _): (.throttled, "the whole run slows down and tries again")
        case (403, "RequestTimeTooSkewed"): (.auth, "set this machine's clock, then run again")
        case (401, _), (403, _), (400, "ExpiredToken"), (400, "InvalidToken"):
            (.auth, "look at the credentials and at what they may do under this prefix (mallow doctor)")
        // What a HEAD may not say.
        case (400, nil) where call == .head: (.auth, "look at the credentials (mallow doctor)")
        // It is not this object that is refused: every other one would be, too.
        case (404, "NoSuchBucket"): (.auth, "name a bucket that exists; mallow makes none")
        case (301, _), (307, _), (308, _), (400, "AuthorizationHeaderMalformed"):
            (.bug, "the bucket is elsewhere: name its region=, and its endpoint= where it has one")
        // The server has broken down in the middle of it.
        case (500..., _): (call.isReading ? .transient : .ambiguous, "it is looked for, and tried again")
        default: (.bug, "this server answers what S3 does not; run mallow doctor on it")
        }
    }
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
