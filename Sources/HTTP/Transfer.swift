// SPDX-License-Identifier: Apache-2.0
import CCurl

/// One request on its way. After it was handed to the loop, only the loop's thread touches it.
final class Transfer: @unchecked Sendable /* confined to the thread of TransferLoop; handed over under Inbox.state */ {
    let request: HTTPRequest
    private let continuation: CheckedContinuation<HTTPResponse, any Error>
    private let words: UnsafeMutablePointer<CChar>
    private var lines: UnsafeMutablePointer<curl_slist>?

    /// Set when its task was cancelled, maybe before it began.
    var isCancelled = false
    private(set) var easy: EasyHandle?
    /// When it began, or when the last part of its body was given.
    private(set) var lastSent = ContinuousClock.now
    private var headers: [HTTPHeader] = []
    private var received: [UInt8] = []
    /// Bytes of the body that came, whoever has them.
    private var taken = 0
    /// Who takes the body that is coming; nil when the response does.
    private var sink: (any BodySink)?
    private var isTooLarge = false
    /// Bytes of the body that libcurl has taken.
    private var given = 0

    init(_ request: HTTPRequest, _ continuation: CheckedContinuation<HTTPResponse, any Error>) {
        self.request = request
        self.continuation = continuation
        words = .allocate(capacity: Int(CURL_ERROR_SIZE))
        words.pointee = 0
    }

    deinit {
        curl_slist_free_all(lines)
        words.deallocate()
    }

    /// Whether a byte of the response has come.
    var hasBegunToAnswer: Bool { !headers.isEmpty || taken > 0 }

    /// Tells a handle all about this request.
    func prepare(_ easy: EasyHandle, _ limits: TransferLimits, _ trust: TrustSettings) {
        self.easy = easy
        lastSent = .now
        // The loop keeps this transfer for as long as the handle may call back.
        let context = Unmanaged.passUnretained(self).toOpaque()
        easy.set(CURLOPT_PRIVATE, context)
        easy.set(CURLOPT_ERRORBUFFER, words)
        easy.set(CURLOPT_URL, request.url)
        easy.set(limits, trust, sending: request.body.count, isDirect: request.isDirect)
        easy.set(CURLOPT_WRITEDATA, context)
        easy.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Transfer.of(context).take(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        easy.set(CURLOPT_HEADERDATA, context)
        easy.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Transfer.of(context).takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        switch request.method {
        case .get: break
        case .head: easy.set(CURLOPT_NOBODY, 1)
        case .delete: easy.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case .put:
            easy.set(CURLOPT_UPLOAD, 1)
            easy.set(CURLOPT_INFILESIZE_LARGE, size: request.body.count)
            easy.set(CURLOPT_READDATA, context)
            easy.set(CURLOPT_READFUNCTION) { buffer, size, count, context in
                Transfer.of(context).give(UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
            }
            // What has begun to be sent is never sent again behind our back: it may have arrived.
            easy.refuseRewinding()
        }
        // Without a header for it, libcurl would wait for a 100 and name a type of its own.
        lines = curl_slist_append(lines, "Expect:")
        for header in request.headers {
            lines = curl_slist_append(
                lines, header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        easy.set(CURLOPT_HTTPHEADER, lines)
    }

    /// Ends it as libcurl says that it ended. Once.
    func finish(_ code: CURLcode) {
        guard let easy else { return }
        if code == CURLE_OK {
            // A body of no bytes is one, too.
            if taken == 0, easy.number(CURLINFO_RESPONSE_CODE) == 200 { request.sink?.begin() }
            let seconds = easy.size(CURLINFO_RETRY_AFTER)
            continuation.resume(
                returning: HTTPResponse(
                    status: easy.number(CURLINFO_RESPONSE_CODE), headers: headers, body: received,
                    retryAfter: seconds > 0 ? seconds : nil))
        } else {
            let said = words.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: words)
            let text = isTooLarge ? "the response has more than \(request.mostBytes) bytes" : said
            fail(text, code)
        }
    }

    /// Ends it because a deadline of ours is over. Once.
    func expire(_ words: String) { fail(words, CURLE_OPERATION_TIMEDOUT) }

    /// Ends it because nobody waits for it any more, or nobody does transfers any more. Once.
    func abandon() { continuation.resume(throwing: CancellationError()) }

    private func fail(_ words: String, _ code: CURLcode) {
        let distrust = [CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE]
        continuation.resume(
            throwing: TransferError(
                code: code.rawValue, words: words,
                mayHaveArrived: (easy?.number(CURLINFO_REQUEST_SIZE) ?? 0) > 0,
                isDistrust: distrust.contains(code)
            ))
    }

    // MARK: - What libcurl calls

    private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer {
        guard let context else { preconditionFailure("libcurl gives back what it was given") }
        return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// - Returns: how many bytes of the body were given; 0 after the last.
    private func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let part = request.body[given..<min(request.body.count, given + buffer.count)]
        buffer.copyBytes(from: part)
        given += part.count
        lastSent = .now
        return part.count
    }

    /// - Returns: how many bytes were taken; fewer than given end the transfer.
    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard taken + bytes.count <= request.mostBytes else {
            isTooLarge = true
            return 0
        }
        if taken == 0, easy?.number(CURLINFO_RESPONSE_CODE) == 200, let wanted = request.sink {
            wanted.begin()
            sink = wanted
        }
        taken += bytes.count
        if let sink { sink.take(bytes) } else { received.append(contentsOf: bytes) }
        return bytes.count
    }

    private func takeHeader(_ line: UnsafeRawBufferPointer) -> Int {
        // A status line: whatever came before was a proxy's answer, or a 100.
        if line.starts(with: "HTTP/".utf8) {
            headers = []
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            let end = value.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? value.startIndex
            headers.append(
                HTTPHeader(
                    String(decoding: line[..<colon], as: UTF8.self),
                    String(decoding: value[value.startIndex..<end], as: UTF8.self)))
        }
        return line.count
    }
}
