// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The real program, run and measured as a child process.
enum Child {
    struct Measurement {
        let seconds: Double
        /// Until the first byte of its output.
        let firstOutput: Double
        let processorSeconds: Double
        let peakMegabytes: Int
        let status: Int32
    }

    /// Runs the `mallow` that lies beside this program.
    static func run(_ arguments: [String]) throws -> Measurement {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
            path: "mallow")
        var pipe: [Int32] = [0, 0]
        precondition(Foundation.pipe(&pipe) == 0)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO)
        posix_spawn_file_actions_addclose(&actions, pipe[0])
        defer { posix_spawn_file_actions_destroy(&actions) }
        let words = ([program.path] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        let start = ContinuousClock.now
        var child = pid_t()
        precondition(posix_spawn(&child, program.path, &actions, nil, words, environ) == 0, "\(program.path) runs")
        close(pipe[1])
        var firstOutput: Double?
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while read(pipe[0], &buffer, buffer.count) > 0 {
            if firstOutput == nil { firstOutput = Double((ContinuousClock.now - start) / .seconds(1)) }
        }
        close(pipe[0])
        var (status, usage) = (Int32(0), rusage())
        precondition(wait4(child, &status, 0, &usage) == child)
        let seconds = Double((ContinuousClock.now - start) / .seconds(1))
        func time(_ value: timeval) -> Double { Double(value.tv_sec) + Double(value.tv_usec) / 1e6 }
        return Measurement(
            seconds: seconds, firstOutput: firstOutput ?? seconds,
            processorSeconds: time(usage.ru_utime) + time(usage.ru_stime), peakMegabytes: usage.ru_maxrss / 1024,
            status: (status >> 8) & 0xFF
        )
    }
}
