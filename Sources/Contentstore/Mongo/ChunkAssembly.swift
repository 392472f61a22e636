// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import CCrypto
import Mongo
import MigrationModel

/// An asset's bytes as its chunks come, in their order. Open edX: section 3.3: all chunks but the last are of one size, a
/// file without bytes has none.
struct ChunkAssembly: Sendable {
    private let file: StoredFile
    private var bytes: [UInt8] = []
    private var next = 0
    /// The first thing that is wrong.
    private var problem: String?

    init(_ file: StoredFile) { self.file = file }

    /// What can be told from its description alone; nil when it may be read.
    static func objection(to file: StoredFile) -> String? {
        guard let length = file.length, length >= 0 else { return "its length is not written down" }
        if length > longestTranscript {
            return "it has \(length) bytes; transcripts have \(longestTranscript) at most"
        }
        if length > 0, (file.chunkSize ?? 0) <= 0 { return "the size of its chunks is not written down" }
        return nil
    }

    /// - Throws: ``BrokenDocument``.
    mutating func add(_ chunk: DocumentView) throws {
        guard problem == nil, let length = file.length else { return }
        let count = chunkCount
        guard let number = try chunk["n"]?.integer else { return problem = "a chunk of it has no number" }
        guard let data = try chunk["data"]?.bytes else { return problem = "chunk \(number) of it has no data" }
        // Some clients write one empty chunk for a file without bytes.
        if length == 0, number == 0, data.isEmpty { return }
        guard number == next else {
            return problem =
                number < 0
                ? "a chunk of it has the number \(number)"
                : number < next
                    ? "chunk \(number) of it is there twice" : "chunk \(next) of it is missing (of \(count))"
        }
        guard number < count else { return problem = "chunk \(number) is one too many: it has \(count)" }
        let wanted = number == count - 1 ? length - bytes.count : file.chunkSize ?? 0
        guard data.count == wanted else {
            return problem = "chunk \(number) of it has \(data.count) bytes, and should have \(wanted)"
        }
        bytes.append(contentsOf: data)
        next += 1
    }

    /// What became of it when the last chunk has come.
    ///
    /// - Returns: its bytes, or what is wrong.
    func finish() -> Result<[UInt8], Problem> {
        if let problem { return .failure(Problem(cause: problem)) }
        if next < chunkCount { return .failure(Problem(cause: "chunk \(next) of it is missing (of \(chunkCount))")) }
        if !file.md5.isEmpty, let counted = Self.md5(of: bytes),
            let written = file.md5.first(where: { $0 != counted })
        {
            return .failure(Problem(cause: "its bytes have the MD5 \(counted), and \(written) is written down"))
        }
        return .success(bytes)
    }

    struct Problem: Error, Sendable, Hashable {
        let cause: String
    }

    private var chunkCount: Int {
        guard let length = file.length, let size = file.chunkSize, length > 0, size > 0 else { return 0 }
        return (length - 1) / size + 1
    }

    /// Whether bytes are held against their MD5 on this machine.
    static let countsDigests = md5(of: []) != nil

    /// nil on a machine that has MD5 switched off.
    private static func md5(of bytes: [UInt8]) -> String? {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &digest, &length, EVP_md5(), nil) == 1 else { return nil }
        return digest.prefix(Int(length)).withUnsafeBytes { Hexadecimal.text(of: $0) }
    }
}
#endif
