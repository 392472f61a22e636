// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Foundation
import Mongo
import MigrationModel

/// One collection of a dump: documents one after the other, as `mongodump` writes them.
struct DumpFile {
    let path: String
    private let descriptor: Int32
    private let length: Int
    /// What a later look compares with.
    let identity: FileIdentity

    /// Opens it and hands it to `body`; nil where there is no such file. Blocks.
    ///
    /// - Throws: ``Failure``; what `body` throws.
    static func open<Value>(_ path: String, _ body: (DumpFile) throws -> Value) throws -> Value? {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw Failure.export("open dump", at: path, errno: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure.export("open dump", at: path, errno: errno) }
        return try body(
            DumpFile(
                path: path, descriptor: descriptor, length: Int(status.st_size), identity: FileIdentity(status)))
    }

    var isEmpty: Bool { length == 0 }

    private static let window = 4 * 1024 * 1024

    /// Hands every document to `body` in order, with the byte that it begins at.
    ///
    /// - Throws: ``Failure`` where the file ends in the middle of one, or holds something else.
    func scan(_ body: (Int, DocumentView) throws -> Void) throws {
        var buffer = [UInt8](repeating: 0, count: Self.window)
        var (start, filled, offset) = (0, 0, 0)
        var isAtEnd = false
        while true {
            let wanted = buffer.withUnsafeBytes { Self.size(in: $0[start..<filled]) }
            if filled - start < wanted, !isAtEnd {
                buffer.removeSubrange(..<start)
                (start, filled) = (0, filled - start)
                buffer.append(contentsOf: repeatElement(0, count: max(0, max(Self.window, wanted) - buffer.count)))
                let count = try buffer.withUnsafeMutableBytes { bytes in
                    try fill(UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]), from: offset + filled)
                }
                isAtEnd = count < buffer.count - filled
                filled += count
                continue
            }
            if filled == start { return }
            let size = try buffer.withUnsafeBytes { bytes in
                try take(UnsafeRawBufferPointer(rebasing: bytes[start..<filled]), at: offset, body)
            }
            start += size
            offset += size
        }
    }

    /// How many bytes a document has that begins here; those of its length where that is not there yet.
    private static func size(in bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        guard bytes.count >= 4 else { return 4 }
        let size = UnsafeRawBufferPointer(rebasing: bytes).loadUnaligned(as: Int32.self)
        return min(max(Int(Int32(littleEndian: size)), 4), WholeDocument.longest)
    }

    /// Hands the document that begins at a byte to `body`.
    ///
    /// - Throws: ``Failure`` where none does any more; what `body` throws.
    func read(at offset: Int, _ body: (DocumentView) throws -> Void) throws {
        var head = [UInt8](repeating: 0, count: 4)
        let found = try head.withUnsafeMutableBytes { try fill($0, from: offset) }
        let size = found == 4 ? head.withUnsafeBytes { Int(Int32(littleEndian: $0.loadUnaligned(as: Int32.self))) } : 0
        guard size >= WholeDocument.shortest, size <= WholeDocument.longest else { throw broken(at: offset) }
        var bytes = [UInt8](repeating: 0, count: size)
        let count = try bytes.withUnsafeMutableBytes { try fill($0, from: offset) }
        _ = try bytes.withUnsafeBytes { bytes in
            try take(UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset) { try body($1) }
        }
    }

    /// - Returns: how long the document is that `bytes` begin with.
    private func take(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, _ body: (Int, DocumentView) throws -> Void
    ) throws -> Int {
        guard bytes.count >= WholeDocument.shortest else { throw broken(at: offset) }
        let size = Int(Int32(littleEndian: bytes.loadUnaligned(as: Int32.self)))
        guard size >= WholeDocument.shortest, size <= bytes.count else { throw broken(at: offset) }
        do {
            try WholeDocument.read(UnsafeRawBufferPointer(rebasing: bytes[..<size])) { try body(offset, $0) }
        } catch is BrokenDocument {
            throw broken(at: offset)
        }
        return size
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = pread(
                descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(offset + filled))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure.export("read dump", at: path, errno: errno)
            }
            filled += count
        }
        return filled
    }

    private func broken(at offset: Int) -> Failure {
        Failure(
            .sourceCorrupt, "read dump", at: path,
            cause: "no whole document begins at byte \(offset) of \(length): it was cut off, or is no dump",
            advice: "take the dump again")
    }
}
#endif
