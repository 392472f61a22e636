// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization

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

    /// Held while a program is started, and while files are opened that no other program may get.
    private static let starting = Mutex(())

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
        let code = Self.starting.withLock { _ in
            posix_spawn(&process, "/proc/self/exe", &actions, &attributes, &words, environ)
        }
        guard code == 0 else {
            var log = "this machine"
            if case .background(let file) = place { log = file }
            throw Failure(
                .transient, "starting mallow \(arguments.first ?? "")", at: log, cause: String(cString: strerror(code)),
                advice: "look whether the ledger's folder can be written, then try again"
            )
        }
        return process
    }

    /// How a program that was asked something ended.
    enum End: Sendable, Hashable {
        case exit(Int32)
        case signal(Int32)
        /// Its time was over, or it said more than anybody asked for.
        case stopped(why: String)
    }

    /// More than this is no answer.
    private static let longestAnswer = 64 << 20

    /// Starts it and blocks until it has ended, or is ended: because its time is over, or because it says too much.
    ///
    /// One that not even that ends at once, such as one that waits for a disk that is gone, is left to itself.
    ///
    /// - Returns: how it ended, and all that it said.
    /// - Throws: ``Failure`` when it cannot be started.
    func output(within limit: Duration) throws -> (end: End, output: Data) {
        var ends: [Int32] = [-1, -1]
        // Closed in every program that another thread starts: its end would hold ours open.
        let isMade = Self.starting.withLock { _ in
            pipe(&ends) == 0 && ends.allSatisfy { fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }
        }
        guard isMade else {
            throw Failure(
                .transient, "starting mallow \(arguments.first ?? "")", at: "this machine",
                cause: String(cString: strerror(errno)), advice: "try again")
        }
        defer { close(ends[0]) }
        let process: pid_t
        do {
            defer { close(ends[1]) }
            process = try start(in: .piped(into: ends[1]))
        }
        let (output, why) = Self.read(ends[0], until: .now + limit)
        guard let why else { return (Self.end(of: process), output) }
        kill(process, SIGKILL)
        let deadline = ContinuousClock.now + .seconds(1)
        while waitpid(process, nil, WNOHANG) == 0, ContinuousClock.now < deadline { usleep(1000) }
        return (
            .stopped(
                why: why == .late ? "it did not answer within \(limit.components.seconds) s" : "its answer has no end"),
            output
        )
    }

    private enum Trouble { case late, endless }

    /// Reads until the other end is closed.
    private static func read(_ end: Int32, until deadline: ContinuousClock.Instant) -> (Data, Trouble?) {
        var (output, buffer) = (Data(), [UInt8](repeating: 0, count: 65536))
        while true {
            let left = max(.zero, ContinuousClock.now.duration(to: deadline)).components
            let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
            var watched = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
            let ready = poll(&watched, 1, Int32(clamping: milliseconds))
            if ready < 0 && errno == EINTR { continue }
            guard ready > 0 else { return (output, .late) }
            let count = Glibc.read(end, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return (output, nil) }
            output.append(contentsOf: buffer.prefix(count))
            if output.count > longestAnswer { return (output, .endless) }
        }
    }

    /// Blocks until the program has ended. Once for each that was started.
    ///
    /// - Returns: its exit code; nil when a signal ended it.
    static func wait(for process: pid_t) -> Int32? {
        if case .exit(let status) = end(of: process) { status } else { nil }
    }

    private static func end(of process: pid_t) -> End {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            if errno != EINTR { return .stopped(why: "nobody knows how it ended: \(String(cString: strerror(errno)))") }
        }
        return status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
    }

    /// `POSIX_SPAWN_SETSID`, which glibc shows only to programs that ask for its extensions.
    private static let newSession: Int32 = 0x80
}
