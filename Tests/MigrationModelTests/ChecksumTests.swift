// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Testing

@Suite struct ChecksumTests {
    /// The examples of FIPS 180-2.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func `bytes have the checksum of the standard`(_ text: String, _ hexadecimal: String) throws {
        let checksum = Checksum(of: Array(text.utf8))
        #expect(checksum.hexadecimal == hexadecimal)
        #expect(Checksum(hexadecimal: hexadecimal) == checksum)
        #expect("\(checksum)" == hexadecimal)
        #expect(try JSONDecoder().decode(Checksum.self, from: JSONEncoder().encode(checksum)) == checksum)
    }

    @Test(arguments: [
        "", String(repeating: "a", count: 63), String(repeating: "a", count: 65), String(repeating: "A", count: 64),
        String(repeating: "g", count: 64), String(repeating: "\u{661}", count: 64),
        String(repeating: "\u{661}", count: 32),
    ])
    func `only 64 lower-case hexadecimal digits are a checksum`(_ text: String) throws {
        #expect(Checksum(hexadecimal: text) == nil)
        let data = try JSONEncoder().encode(text)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Checksum.self, from: data) }
    }
}
