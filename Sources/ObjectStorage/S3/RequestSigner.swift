// SPDX-License-Identifier: Apache-2.0
import CCrypto
import Foundation
import HTTP
import MigrationModel
import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Signs requests with AWS's Signature Version 4.
final class RequestSigner: Sendable {
    /// A request before it is signed. Its path is encoded already, and its query is not.
    struct Unsigned {
        let method: String
        let host: String
        let path: String
        var query: [(name: String, value: String)] = []
        var headers: [HTTPHeader] = []
        /// The SHA-256 of the body, in hexadecimal digits.
        let payload: String
    }

    private let region: String
    /// The key of a day is made once.
    private let dayKey = Mutex<DayKey?>(nil)

    private struct DayKey {
        let credentials: AWSCredentials
        let day: String
        let bytes: [UInt8]
    }

    init(region: String) { self.region = region }

    /// - Returns: the query as it has to be sent, empty or beginning with `?`, and all headers to send, `Host` aside.
    func sign(
        _ request: Unsigned, with credentials: AWSCredentials, at date: Date
    ) -> (query: String, headers: [HTTPHeader]) {
        let time = Self.time(date)
        let day = String(time.prefix(8))
        var headers = request.headers
        headers.append(HTTPHeader("x-amz-content-sha256", request.payload))
        headers.append(HTTPHeader("x-amz-date", time))
        if let token = credentials.token { headers.append(HTTPHeader("x-amz-security-token", token)) }
        let query = Self.canonical(request.query)
        let fields = Self.canonical(headers, host: request.host)
        let names = fields.map(\.name).joined(separator: ";")
        // Piece by piece into one text: every request is signed, and copies of copies would be half of its cost.
        var canonical = ""
        canonical.reserveCapacity(1024)
        for line in [request.method, request.path, query] { canonical.append(line: line) }
        for field in fields {
            canonical += field.name
            canonical += ":"
            canonical.append(line: field.value)
        }
        for line in ["", names] { canonical.append(line: line) }
        canonical += request.payload
        let scope = "\(day)/\(region)/s3/aws4_request"
        let hash = Checksum(of: Array(canonical.utf8)).hexadecimal
        let signature = Self.mac(
            "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(hash)", key: key(of: day, credentials))
        let text = signature.withUnsafeBytes { Hexadecimal.text(of: $0) }
        headers.append(
            HTTPHeader(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), Signature=\(text)"
            ))
        return (query.isEmpty ? "" : "?\(query)", headers)
    }

    // MARK: - Canonical forms

    private static func canonical(_ query: [(name: String, value: String)]) -> String {
        let pairs: [(name: String, value: String)] = query.map {
            (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value))
        }
        return pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
            .map { "\($0.name)=\($0.value)" }
            .joined(separator: "&")
    }

    /// Names in lower case and in the order of their bytes; values with every run of blanks as one.
    private static func canonical(_ headers: [HTTPHeader], host: String) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = headers.map { header in
            let hasRuns = header.value.utf8.contains(UInt8(ascii: " "))
            return (
                header.name.lowercased(),
                hasRuns ? header.value.split(separator: " ").joined(separator: " ") : header.value
            )
        }
        fields.append(("host", host))
        fields.sort { $0.name < $1.name }
        return fields
    }

    /// `20261123T024930Z`
    static func time(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))"
            + "T\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))Z"
    }

    // MARK: - Keys

    private func key(of day: String, _ credentials: AWSCredentials) -> [UInt8] {
        dayKey.withLock { kept in
            if let kept, kept.day == day, kept.credentials == credentials { return kept.bytes }
            let bytes = [day, region, "s3", "aws4_request"].reduce(Array("AWS4\(credentials.secret)".utf8)) {
                Self.mac($1, key: $0)
            }
            kept = DayKey(credentials: credentials, day: day, bytes: bytes)
            return bytes
        }
    }

    private static func mac(_ text: String, key: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        let message = Array(text.utf8)
        HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &digest, nil)
        return digest
    }
}

extension String {
    fileprivate mutating func append(line: String) {
        self += line
        self += "\n"
    }
}
