// SPDX-License-Identifier: Apache-2.0
import CCrypto

/// The SHA-256 of a transcript's bytes.
package struct Checksum: Hashable, Sendable, Codable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package let hexadecimal: String

    package var description: String { hexadecimal }

    /// Hashes `bytes`; blocks for as long as that takes (well over 1 GB/s).
    package init(of bytes: [UInt8]) {
        self.init(digest: Digest.sha256(bytes))
    }

    fileprivate init(digest: [UInt8]) { hexadecimal = digest.withUnsafeBytes { Hexadecimal.text(of: $0) } }

    /// A checksum as it was written down; nil unless it is 64 lower-case hexadecimal digits.
    package init?(hexadecimal: String) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
        guard hexadecimal.utf8.count == 64, hexadecimal.utf8.allSatisfy(isDigit) else { return nil }
        self.hexadecimal = hexadecimal
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let checksum = Checksum(hexadecimal: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a SHA-256")
        }
        self = checksum
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hexadecimal)
    }
}

/// The SHA-256 of bytes that come in pieces.
package final class RunningChecksum {
    private let context = EVP_MD_CTX_new()

    package init() { EVP_DigestInit_ex(context, EVP_sha256(), nil) }

    deinit { EVP_MD_CTX_free(context) }

    package func add(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

    /// The SHA-256 of all that was added. Once; nothing may be added after it.
    package func finish() -> Checksum {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        EVP_DigestFinal_ex(context, &digest, nil)
        return Checksum(digest: digest)
    }
}

/// libcrypto's digests over bytes in memory.
enum Digest {
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(bytes, bytes.count, &digest)
        return digest
    }

    static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        SHA1(bytes, bytes.count, &digest)
        return digest
    }
}

/// Bytes as lower-case hexadecimal digits.
package enum Hexadecimal {
    package static func text(of bytes: UnsafeRawBufferPointer) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            for (index, byte) in bytes.enumerated() {
                buffer[index * 2] = digits[Int(byte >> 4)]
                buffer[index * 2 + 1] = digits[Int(byte & 0x0F)]
            }
            return bytes.count * 2
        }
    }
}
