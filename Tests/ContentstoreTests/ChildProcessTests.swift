// SPDX-License-Identifier: Apache-2.0
@testable import Contentstore
import Foundation
import MigrationModel
import Testing

@Suite struct ChildProcessTests {
    private func run(_ script: String, _ take: (UnsafeRawBufferPointer) throws -> Void) throws -> ChildProcess.Outcome {
        let input = open("/dev/null", O_RDONLY)
        defer { close(input) }
        return try ChildProcess(arguments: ["sh", "-c", script], input: input).run(take)
    }

    @Test func `both outputs are read to their ends`() throws {
        var length = 0
        let outcome = try run("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; exit 3") { length += $0.count }
        #expect(length == 1_000_000)
        #expect(outcome.status == 3)
        #expect(outcome.errors.utf8.count == 4096)
    }

    @Test(.timeLimit(.minutes(1))) func `reading that stops ends the program and what it started`() throws {
        struct Enough: Error {}
        var process: pid_t = 0
        #expect(throws: Enough.self) {
            _ = try run("sleep 600 & echo $$; cat /dev/zero") { bytes in
                process = pid_t(String(decoding: bytes.prefix(16), as: UTF8.self).prefix { $0.isNumber }) ?? 0
                throw Enough()
            }
        }
        #expect(process > 0)
        // Waited for: neither it nor a zombie is left.
        #expect(kill(process, 0) != 0)
        #expect(errno == ESRCH)
    }

    @Test func `a signal's end has no status`() throws {
        #expect(try run("kill -9 $$") { _ in }.status == nil)
    }

    @Test func `a program that is not there is said so`() throws {
        let failure = #expect(throws: Failure.self) {
            _ = try ChildProcess(arguments: ["no-such-program-here"], input: 0).run { _ in }
        }
        #expect(failure?.cause.contains("not installed") == true)
    }
}
