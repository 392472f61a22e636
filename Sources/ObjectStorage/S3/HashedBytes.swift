// SPDX-License-Identifier: Apache-2.0
import HTTP
import MigrationModel
import Synchronization

/// Hashes an object's bytes as they come, and keeps none of them.
final class HashedBytes: BodySink {
    private let state = Mutex((hash: RunningChecksum(), size: 0))
    private let kept: KeptBytes?

    /// - Parameter kept: gets them, too.
    init(keeping kept: KeptBytes? = nil) { self.kept = kept }

    func begin() {
        state.withLock { $0 = (RunningChecksum(), 0) }
        kept?.begin()
    }

    func take(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { state in
            state.hash.add(bytes)
            state.size += bytes.count
        }
        kept?.take(bytes)
    }

    /// How many bytes came, and their SHA-256. Once, when all have come.
    func finish() -> (size: Int, Checksum) { state.withLock { ($0.size, $0.hash.finish()) } }
}

/// Keeps an object's bytes.
final class KeptBytes: BodySink {
    private let bytes = Mutex<[UInt8]>([])

    var all: [UInt8] { bytes.withLock { $0 } }

    func begin() { bytes.withLock { $0 = [] } }

    func take(_ more: UnsafeRawBufferPointer) { bytes.withLock { $0.append(contentsOf: more) } }
}
