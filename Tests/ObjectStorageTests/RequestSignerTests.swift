// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import MigrationModel
import Testing

@testable import ObjectStorage

/// Against botocore's own signatures, and those that AWS has published; `Tests/s3/vectors.py` makes and checks the file.
@Suite struct RequestSignerTests {
    /// Paths and queries are as they are meant, not as they are written.
    private struct Vector: Decodable {
        let name: String
        let url: String
        let method: String
        let host: String
        let path: String
        let query: [[String?]]
        let headers: [[String]]
        let payload: String
        let date: String
        let region: String
        let accessKey: String
        let secretKey: String
        let token: String?
        let authorization: String
    }

    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "s3/signatures.json")

    @Test func `every signature is the one that botocore makes`() throws {
        let vectors = try JSONDecoder().decode([Vector].self, from: Data(contentsOf: Self.file))
        #expect(vectors.count > 300)
        #expect(vectors.count { $0.name.hasPrefix("published") } == 4)
        for vector in vectors {
            let signer = RequestSigner(region: vector.region)
            let signed = signer.sign(
                RequestSigner.Unsigned(
                    method: vector.method, host: vector.host,
                    path: PercentEncoding.encode(vector.path, keepsSlashes: true),
                    query: vector.query.map { ($0[0] ?? "", $0[1] ?? "") },
                    headers: vector.headers.map { HTTPHeader($0[0], $0[1]) },
                    payload: Checksum(of: Array(vector.payload.utf8)).hexadecimal
                ),
                with: AWSCredentials(accessKey: vector.accessKey, secret: vector.secretKey, token: vector.token),
                at: try #require(Self.date(vector.date))
            )
            #expect(signed.headers.last == HTTPHeader("Authorization", vector.authorization), "\(vector.name)")
            let path = vector.url.split(separator: "?", maxSplits: 1)[0]
            #expect(
                path.hasSuffix(vector.host + PercentEncoding.encode(vector.path, keepsSlashes: true)), "\(vector.name)")
        }
    }

    @Test(arguments: ["a b", "a+b", "é", "日本/字幕", "%", "100%25", ""])
    func `what was encoded is decoded to the same bytes`(_ text: String) {
        let decoded = PercentEncoding.decodeQuery(PercentEncoding.encode(text))
        #expect(decoded.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test(arguments: ["%", "%4", "%zz", "%ff"])
    func `what is no encoding is none`(_ text: String) { #expect(PercentEncoding.decodeQuery(text) == nil) }

    private static func date(_ text: String) -> Date? {
        try? Date(
            text,
            strategy: .iso8601.year().month().day().dateSeparator(.omitted).time(includingFractionalSeconds: false)
                .timeSeparator(.omitted))  // nil fails the test
    }
}
