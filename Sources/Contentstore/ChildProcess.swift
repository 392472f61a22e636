// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// A program that is run to its end, or to where its reader has had enough.
///
/// Both of its outputs are read as they come, so it never waits for us; when reading stops early it is killed with all
/// that it started. It is always waited for.
struct ChildProcess {
    /// The program's name, looked for in `PATH`, and its arguments.
    let arguments: [String]
    /// What it reads.
    let input: Int32

    struct Outcome {
        /// nil when a signal ended it.
        let status: Int32?
        /// The beginning of what it wrote to standard error.
        let errors: String
    }

    private static let errorBytes = 4096

    /// Runs the program; blocks until it has ended.
    ///
    /// - Parameter take: gets its output piece by piece. What it throws ends the program and is thrown on.
    func run(_ take: (UnsafeRawBufferPointer) throws -> Void) throws -> Outcome {
        let output = try Pipe()
        let errors = try Pipe()
        let process = try spawn(output: output.writing, errors: errors.writing)
        output.closeWriting()
        errors.closeWriting()
        do {
            let words = try drain(output.reading, errors.reading, take)
            return Outcome(status: wait(for: process), errors: words)
        } catch {
            kill(-process, SIGKILL)
            _ = wait(for: process)
            throw error
        }
    }

    /// Two ends that close with their owner.
    private final class Pipe {
        let reading: Int32
        private(set) var writing: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { throw Failure.export("start program", at: "pipe", errno: errno) }
            (reading, writing) = (ends[0], ends[1])
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }

        deinit {
            close(reading)
            closeWriting()
        }

        func closeWriting() {
            if writing >= 0 { close(writing) }
            writing = -1
        }
    }

    private func spawn(output: Int32, errors: Int32) throws -> pid_t {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // A group of its own, so that what it starts can be killed with it; signals as a program expects them.
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let environment = ["LC_ALL=C", "PATH=\(getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin")"]
        var process: pid_t = 0
        let code = withCStrings(arguments) { argv in
            withCStrings(environment) { envp in
                posix_spawnp(&process, arguments[0], &actions, &attributes, argv, envp)
            }
        }
        // A folder of `PATH` that may not be entered answers EACCES for a program that is nowhere.
        guard code != ENOENT, code != EACCES else {
            throw Failure(
                .bug,
                "start program",
                at: arguments[0],
                cause: "it is not installed where this user may run it (errno \(code))",
                advice: "install \(arguments[0]), or unpack the archives and give their folder"
            )
        }
        guard code == 0 else { throw Failure.export("start program", at: arguments[0], errno: code) }
        return process
    }

    private func withCStrings<Value>(
        _ texts: [String],
        _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        var pointers = texts.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a list with an end has an address") }
            return body(base)
        }
    }

    /// Reads both outputs to their ends and returns the beginning of the second.
    private func drain(
        _ output: Int32,
        _ errors: Int32,
        _ take: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> String {
        var polled = [output, errors].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var words: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while polled.contains(where: { $0.fd >= 0 }) {
            guard poll(&polled, nfds_t(polled.count), -1) >= 0 || errno == EINTR else {
                throw Failure.export("read program", at: arguments[0], errno: errno)
            }
            for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
                let got = read(polled[index].fd, &buffer, buffer.count)
                if got == 0 || got < 0 && errno != EINTR {
                    polled[index].fd = -1
                } else if got > 0, index == 0 {
                    try buffer.withUnsafeBytes { try take(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
                } else if got > 0 {
                    words.append(contentsOf: buffer[..<min(got, Self.errorBytes - words.count)])
                }
            }
        }
        return String(decoding: words, as: UTF8.self).split(separator: "\n").joined(separator: "; ")
    }

    private func wait(for process: pid_t) -> Int32? {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            // Somebody else's waiting for every child can take it first; then nothing is known and nothing is left.
            if errno != EINTR { return nil }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : nil
    }
}
