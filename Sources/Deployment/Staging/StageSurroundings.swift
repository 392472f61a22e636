// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization

/// What a stage takes from the world. Tests give it one of their own.
package struct StageSurroundings: Sendable {
    /// PUTs begun before this engine.
    package let puts: Int
    /// Remembers that another PUT has begun; what it wrote down outlives the process.
    package let countPut: @Sendable () throws -> Void
    /// Waits; throws when the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void
    /// A number in -1...1.
    package let dice: @Sendable () -> Double
    /// Ends this process at once, as `kill -9` does.
    package let kill: @Sendable () -> Void

    package init(
        puts: Int, countPut: @escaping @Sendable () throws -> Void,
        sleep: @escaping @Sendable (Duration) async throws -> Void, dice: @escaping @Sendable () -> Double,
        kill: @escaping @Sendable () -> Void
    ) {
        self.puts = puts
        self.countPut = countPut
        self.sleep = sleep
        self.dice = dice
        self.kill = kill
    }

    /// The real ones.
    ///
    /// - Parameters:
    ///   - counter: a file that grows by one byte with each PUT; made when it is missing.
    ///   - seed: where the dice begin.
    ///   - lastWords: called just before the process ends itself.
    /// - Throws: ``Failure`` when the counter cannot be opened.
    package static func real(
        counter: String, seed: UInt64, lastWords: @escaping @Sendable () -> Void
    ) throws -> StageSurroundings {
        let counter = try PutCounter(path: counter)
        let dice = Mutex(SeededDice(state: seed))
        return StageSurroundings(
            puts: counter.count, countPut: counter.add, sleep: { try await Task.sleep(for: $0) },
            dice: { dice.withLock { Double.random(in: -1...1, using: &$0) } },
            kill: {
                lastWords()
                Foundation.kill(getpid(), SIGKILL)
            }
        )
    }
}

/// Counts in a file's length, so that a killed process has counted too. One byte into the page cache waits for nothing.
private final class PutCounter: Sendable {
    private let path: String
    private let descriptor: Int32
    /// When it was opened.
    let count: Int

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        self.path = path
        guard descriptor >= 0 else { throw Self.failure(path) }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else {
            let failure = Self.failure(path)
            close(descriptor)
            throw failure
        }
        count = Int(end)
    }

    deinit { close(descriptor) }

    @Sendable func add() throws {
        guard write(descriptor, ".", 1) == 1 else { throw Self.failure(path) }
    }

    private static func failure(_ path: String) -> Failure {
        Failure(
            .transient, "counting the demo's PUTs", at: path, cause: String(cString: strerror(errno)),
            advice: "look whether the sandbox's folder can be written, then run again"
        )
    }
}

/// SplitMix64: the same seed, the same delays.
private struct SeededDice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
