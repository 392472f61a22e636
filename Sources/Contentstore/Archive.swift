// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// One `.tar.gz`, listed and judged whole before anything of it is written anywhere.
///
/// The system's `tar` reads it through an open descriptor, never by name: no name is taken for a host or an option.
struct Archive {
    let path: String
    /// How places begin in failures.
    let name: String
    let limits: ExportLimits

    /// The archive's state. Blocks.
    ///
    /// - Throws: ``Failure`` when it is not there, or no regular file.
    func identity() throws -> FileIdentity {
        try withDescriptor { _, identity in identity }
    }

    /// Unpacks what tells the course's name: `course.xml`, the root's file and the policy. Blocks.
    ///
    /// - Throws: ``Failure`` when anything at all in the archive must not be unpacked.
    func unpackHead(into folder: TemporaryFolder) throws {
        try withDescriptor { descriptor, _ in
            let wanted = try list(descriptor)
            try extract(wanted, from: descriptor, into: folder)
        }
    }

    /// Unpacks everything. Blocks.
    ///
    /// - Throws: ``Failure`` when anything in the archive must not be unpacked, or the disk does not take it.
    func unpack(into folder: TemporaryFolder) throws {
        try withDescriptor { descriptor, _ in
            _ = try list(descriptor)
            try extract([], from: descriptor, into: folder)
        }
    }

    private func withDescriptor<Value>(_ body: (Int32, FileIdentity) throws -> Value) throws -> Value {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure.export("open archive", at: name, errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure.export("open archive", at: name, errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure.export("open archive", at: name, cause: "it is not a file")
        }
        return try body(descriptor, FileIdentity(status))
    }

    /// Judges every member; returns those that tell the course's name.
    private func list(_ descriptor: Int32) throws -> [String] {
        lseek(descriptor, 0, SEEK_SET)
        var listing = ArchiveListing(name: name, limits: limits)
        let arguments = [
            "tar", "--list", "--verbose", "--gzip", "--numeric-owner", "--quoting-style=escape", "--file=-",
        ]
        let outcome = try ChildProcess(arguments: arguments, input: descriptor).run { try listing.take($0) }
        guard outcome.status == 0 else {
            let cause = words(outcome, "the archive is cut off or no .tar.gz")
            throw Failure.export("read archive", at: name, cause: cause)
        }
        try listing.finish()
        return listing.head
    }

    /// What can be listed can be unpacked: if it is not, something around it failed, which may pass.
    private func extract(_ members: [String], from descriptor: Int32, into folder: TemporaryFolder) throws {
        lseek(descriptor, 0, SEEK_SET)
        let arguments = [
            "tar", "--extract", "--gzip", "--no-same-owner", "--no-same-permissions", "--no-wildcards", "--touch",
            "--directory=\(folder.path)", "--file=-", "--",
        ]
        let outcome = try ChildProcess(arguments: arguments + members, input: descriptor).run { _ in }
        guard outcome.status == 0 else {
            throw Failure(
                .transient,
                "unpack archive",
                at: "\(name) into \(folder.path)",
                cause: words(outcome, "tar was killed"),
                advice: "make sure that the temporary folder has room, or set TMPDIR to one that has"
            )
        }
    }

    private func words(_ outcome: ChildProcess.Outcome, _ otherwise: String) -> String {
        outcome.errors.isEmpty ? otherwise : outcome.errors
    }
}
