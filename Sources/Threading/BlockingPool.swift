// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// A bounded set of threads for calls that block: file writes, `fsync`, child processes.
///
/// Swift's own threads are as few as the machine's cores; a call that blocks one of them stops everybody. Work waits in
/// a queue, in order of arrival, until a thread is free. The threads end when the pool is let go.
package final class BlockingPool: Sendable {
    private let queue = WorkQueue()

    /// - Parameters:
    ///   - name: at most 15 bytes, as debuggers show it.
    ///   - width: how many calls may block at once, from 1.
    package init(name: String, width: Int) {
        precondition(width > 0, "a pool has at least one thread")
        for _ in 0..<width {
            let thread = Thread { [queue] in
                while let work = queue.next() { work() }
            }
            thread.name = name
            thread.start()
        }
    }

    deinit { queue.close() }

    /// Runs `body` on a thread of the pool and returns what it returns.
    ///
    /// Suspends the caller, never blocks it. A cancelled task still waits for a body that has begun: a blocking call
    /// cannot be taken back, and its effect must be known.
    ///
    /// - Throws: what `body` throws.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let errand = Errand(body)
        return try await withCheckedThrowingContinuation { continuation in
            queue.append {
                // What it made is the caller's alone then: he may let go of it last, and end.
                switch errand.run() {
                case .success(let value): continuation.resume(returning: consume value)
                case .failure(let error): continuation.resume(throwing: error)
                }
            }
        }
    }
}

/// A body that is let go of before anybody hears that it has run: what it was the last to hold, such as a folder of
/// temporary files, is gone by then, even where the process ends next.
private final class Errand<Value: Sendable>: Sendable {
    private let body: Mutex<(@Sendable () throws -> Value)?>

    init(_ body: @escaping @Sendable () throws -> Value) { self.body = Mutex(body) }

    /// Call once.
    func run() -> Result<Value, any Error> {
        guard let body = body.withLock({ $0.take() }) else { preconditionFailure("an errand is run once") }
        return Result(catching: body)
    }
}

/// Work that waits for a thread.
///
/// At most one thread is on its way out of sleep, and it wakes the next where it finds more than it takes: a burst of
/// short calls is done by the one or two that are awake, instead of waking a thread for each.
private final class WorkQueue: @unchecked Sendable /* guarded by `condition` */ {
    private let condition = NSCondition()
    private var waiting: [@Sendable () -> Void] = []
    private var head = 0
    private var asleep = 0
    /// Whether a thread was woken that has not come yet.
    private var isWaking = false
    private var isClosed = false

    func append(_ work: @escaping @Sendable () -> Void) {
        condition.withLock {
            waiting.append(work)
            wakeOne()
        }
    }

    /// Called with the lock.
    private func wakeOne() {
        guard asleep > 0, !isWaking else { return }
        isWaking = true
        condition.signal()
    }

    /// Blocks until there is work; nil when the pool is gone and nothing is left to do.
    func next() -> (@Sendable () -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while head == waiting.count {
            if isClosed { return nil }
            asleep += 1
            condition.wait()
            asleep -= 1
            isWaking = false
        }
        let work = waiting[head]
        head += 1
        if head < waiting.count { wakeOne() }
        if head == waiting.count || head > 1024 {
            waiting.removeFirst(head)
            head = 0
        }
        return work
    }

    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }
}
