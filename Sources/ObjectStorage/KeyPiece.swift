// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Synchronization

/// The keys that a listing has read and not yet handed out.
final class KeyPiece: Sendable {
    /// How many keys one call to a file system's thread brings.
    static let length = 256

    private let keys = Mutex<[ObjectKey]>([])

    func next() -> ObjectKey? {
        keys.withLock { $0.popLast() }
    }

    /// Keeps `more`, and hands out the first of it.
    func refill(_ more: [ObjectKey]) -> ObjectKey? {
        keys.withLock { keys in
            keys = more
            return keys.popLast()
        }
    }
}
