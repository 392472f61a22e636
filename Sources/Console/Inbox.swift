// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What waits to be taken in. All that has come is taken at once, so that a burst of keys costs one frame.
final class Inbox<Input: Sendable>: Sendable {
    private let waiting = Mutex<[Input]>([])
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    init() {
        (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ input: Input) {
        waiting.withLock { $0.append(input) }
        ring.yield()
    }

    /// Waits until something is there, and takes all of it. For one reader; empty only when its task is cancelled.
    func next() async -> [Input] {
        while true {
            let all = waiting.withLock { inputs in
                defer { inputs = [] }
                return inputs
            }
            if !all.isEmpty { return all }
            var rings = bell.makeAsyncIterator()
            guard await rings.next() != nil else { return [] }
        }
    }
}
