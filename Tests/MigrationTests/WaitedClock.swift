// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import Synchronization

/// Time that passes only by being waited for, or by a test's own hand.
final class WaitedClock: Sendable {
    let time = Mutex(100.0)
    let waits = Mutex<[Double]>([])
    /// Called while somebody waits, with the seconds.
    let meanwhile = Mutex<(@Sendable (Double) -> Void)?>(nil)

    var surroundings: Surroundings {
        Surroundings(
            sleep: { duration in
                let seconds = duration / .seconds(1)
                let call = self.meanwhile.withLock { call in
                    defer { call = nil }
                    return call
                }
                call?(seconds)
                self.waits.withLock { $0.append(seconds) }
                self.time.withLock { $0 += seconds }
            },
            uptime: { self.time.withLock { $0 } }, now: { Date(timeIntervalSince1970: self.time.withLock { $0 }) },
            newID: { UUID() }, jitter: { 0 })
    }
}
