// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Says yes a number of times.
final class CountDown: @unchecked Sendable /* guarded by `lock` */ {
    private let lock = NSLock()
    private var left: Int
    private var used = 0

    init(_ count: Int) { left = count }

    /// How often it was asked.
    var taken: Int { lock.withLock { used } }

    func next() -> Bool {
        lock.withLock {
            used += 1
            left -= 1
            return left >= 0
        }
    }
}
