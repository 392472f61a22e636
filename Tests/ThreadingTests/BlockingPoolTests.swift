// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization
import Testing
import Threading

@Suite struct BlockingPoolTests {
    @Test func `calls run on the pool's threads, as many at once as it is wide`() async throws {
        let pool = BlockingPool(name: "test", width: 4)
        // From one round to the next its threads fall asleep, and must all be woken again.
        for round in 0..<300 {
            // All four must have begun before any may end: on fewer threads this would wait for ever.
            let barrier = Barrier(4)
            let ends = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 { group.addTask { try await pool.run { barrier.wait() } } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ends == [true, true, true, true], "round \(round)")
            guard ends == [true, true, true, true] else { return }
        }
    }

    @Test func `work is begun in order of arrival`() async throws {
        let pool = BlockingPool(name: "test", width: 1)
        let order = Mutex<[Int]>([])
        for number in 0..<3000 { try await pool.run { order.withLock { $0.append(number) } } }
        #expect(order.withLock { $0 } == Array(0..<3000))
    }

    @Test func `what a call throws reaches its caller`() async {
        struct Thrown: Error {}
        let pool = BlockingPool(name: "test", width: 1)
        await #expect(throws: Thrown.self) { try await pool.run { throw Thrown() } }
    }
}

/// Waits until a number of threads have come, for five seconds at most.
private final class Barrier: @unchecked Sendable /* guarded by `condition` */ {
    private let condition = NSCondition()
    private var missing: Int

    init(_ count: Int) { missing = count }

    func wait() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        missing -= 1
        condition.broadcast()
        let deadline = Date(timeIntervalSinceNow: 5)
        while missing > 0 {
            if !condition.wait(until: deadline) { return false }
        }
        return true
    }
}
