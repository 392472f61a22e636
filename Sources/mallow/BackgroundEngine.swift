// SPDX-License-Identifier: Apache-2.0
import Console
import Foundation
import Migration
import MigrationModel
import Threading

/// Starts this very program in the background, in a session of its own: neither a closed terminal nor a console that
/// ends reaches it. What it says goes into a file beside the ledger.
struct BackgroundEngine: EngineStarter {
    /// The endpoints and the ledger, as command-line options.
    let options: [String]
    /// Where it writes what it says.
    let log: String
    /// Waits for what was started; one thread is enough, as at most one engine lives.
    private let waiting = BlockingPool(name: "engines", width: 2)

    init(options: [String], log: String) {
        self.options = options
        self.log = log
    }

    func start(_ request: LaunchRequest, tell: @escaping @Sendable (EngineEnd) -> Void) throws {
        let arguments = request.arguments + options
        let process = try spawn(arguments)
        let log = log
        let waiting = waiting
        // Ends with the program that it waits for; nobody needs its result but `tell`.
        Task {
            let status = try await waiting.run { Self.wait(for: process) }
            tell(EngineEnd(launch: request, status: status, words: Self.lastLine(of: log)))
        }
    }

    private func spawn(_ arguments: [String]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The console holds signals back and has handlers of its own; the engine starts with neither.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(Self.newSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = (["mallow"] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawn(&process, "/proc/self/exe", &actions, &attributes, &words, environ)
        guard code == 0 else {
            throw Failure(
                .transient, "starting the engine", at: log, cause: String(cString: strerror(code)),
                advice: "look whether the ledger's folder can be written, then try again"
            )
        }
        return process
    }

    /// `POSIX_SPAWN_SETSID`, which glibc shows only to programs that ask for its extensions.
    private static let newSession: Int32 = 0x80

    /// Blocks until the program has ended.
    ///
    /// - Returns: its exit code; nil when a signal ended it.
    private static func wait(for process: pid_t) -> Int32? {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { if errno != EINTR { return nil } }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
    }

    private static func lastLine(of path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { file.closeFile() }
        let end = file.seekToEndOfFile()
        file.seek(toFileOffset: end > 4096 ? end - 4096 : 0)
        let text = String(decoding: file.readDataToEndOfFile(), as: UTF8.self)
        return text.split(separator: "\n").last.map(String.init) ?? ""
    }
}
