// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// This very program, started once more as a process of its own.
struct ThisProgram {
    /// Where it runs and what becomes of what it says.
    enum Place {
        /// Beside its starter: same terminal, same output.
        case foreground
        /// Away from every terminal: neither one that closes nor a starter that ends reaches it. What it says is added to
        /// a file.
        case background(log: String)
        /// Beside its starter, who reads what it says from a pipe; what it complains of is dropped.
        case piped(into: Int32)
    }

    /// What follows the program's name.
    let arguments: [String]

    /// Starts it; whoever does must ``wait(for:)`` it.
    ///
    /// - Throws: ``Failure`` in the system's own words.
    func start(in place: Place) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        if case .piped(let end) = place {
            posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO)
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        }
        // Files and locks of whoever started the starter are none of its business. One that is closed by now is no error.
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            if let file = Int32(name), file > STDERR_FILENO { posix_spawn_file_actions_addclose(&actions, file) }
        }
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        if case .background(let log) = place {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
            flags |= Self.newSession
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The starter may hold signals back and have handlers of its own; the child starts with neither.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var words: [UnsafeMutablePointer<CChar>?] = (["mallow"] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawn(&process, "/proc/self/exe", &actions, &attributes, &words, environ)
        guard code == 0 else {
            var log = "mallow \(arguments.first ?? "")"
            if case .background(let file) = place { log = file }
            throw Failure(
                .transient, "starting the engine", at: log, cause: String(cString: strerror(code)),
                advice: "look whether the ledger's folder can be written, then try again"
            )
        }
        return process
    }

    /// Starts it and blocks until it has ended, or is ended because its time is over.
    ///
    /// - Returns: its exit code, nil when a signal ended it, and all that it said.
    /// - Throws: ``Failure`` when it cannot be started.
    func output(within limit: Duration) throws -> (status: Int32?, output: Data) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw Failure(
                .transient, "starting a program", at: "mallow \(arguments.first ?? "")",
                cause: String(cString: strerror(errno)), advice: "try again")
        }
        defer { close(ends[0]) }
        let process: pid_t
        do {
            process = try start(in: .piped(into: ends[1]))
        } catch {
            close(ends[1])
            throw error
        }
        close(ends[1])
        let deadline = ContinuousClock.now + limit
        var (output, buffer) = (Data(), [UInt8](repeating: 0, count: 65536))
        while true {
            let left = max(.zero, ContinuousClock.now.duration(to: deadline))
            var watched = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
            let ready = poll(&watched, 1, Int32(left.components.seconds * 1000) + 1)
            if ready < 0 && errno == EINTR { continue }
            guard ready > 0 else {
                kill(process, SIGKILL)
                break
            }
            let count = read(ends[0], &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            output.append(contentsOf: buffer.prefix(count))
        }
        return (Self.wait(for: process), output)
    }

    /// Blocks until the program has ended. Once for each that was started.
    ///
    /// - Returns: its exit code; nil when a signal ended it.
    static func wait(for process: pid_t) -> Int32? {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { if errno != EINTR { return nil } }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
    }

    /// `POSIX_SPAWN_SETSID`, which glibc shows only to programs that ask for its extensions.
    private static let newSession: Int32 = 0x80
}
