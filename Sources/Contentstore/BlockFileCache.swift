// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// The XML files of one export as they were last parsed.
///
/// A file that looks unchanged costs one `fstatat`. Files changed a moment ago are never believed unchanged.
struct BlockFileCache: Sendable {
    private struct Parsed: Sendable {
        let identity: FileIdentity
        let file: BlockFile
    }

    private var files: [String: Parsed] = [:]
    /// How many files were parsed since the beginning.
    private(set) var parses = 0

    /// One file of `folder`; nil when there is none of that name. Blocks.
    ///
    /// - Throws: ``Failure`` when it cannot be read or understood.
    mutating func file(_ path: String, in folder: SafeFolder, limits: ExportLimits) throws -> BlockFile? {
        if let parsed = files[path] {
            guard let identity = try folder.identity(of: path) else {
                files[path] = nil
                return nil
            }
            if identity == parsed.identity { return parsed.file }
        }
        guard let (bytes, identity) = try folder.bytes(of: path, atMost: limits.documentBytes) else { return nil }
        parses += 1
        let file = try BlockXMLParser(limits: limits).parse(bytes) { folder.place(path, line: $0) }
        files[path] = identity.isSettled(for: limits.settlingSeconds) ? Parsed(identity: identity, file: file) : nil
        return file
    }
}
