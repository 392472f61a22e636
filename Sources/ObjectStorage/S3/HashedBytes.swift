// SPDX-License-Identifier: Apache-2.0
import HTTP
import MigrationModel
import Synchronization

/// Hashes an object's bytes as they come, and keeps them only for who wants them.
final class HashedBytes: BodySink {
    private let state = Mutex((hash: RunningChecksum(), size: 0, kept: [UInt8]()))
    private let keepsBytes: Bool

    init(keepsBytes: Bool) { self.keepsBytes = keepsBytes }

    func begin() { state.withLock { $0 = (RunningChecksum(), 0, []) } }

    func take(_ bytes: UnsafeRawBufferPointer) {
        let kept = keepsBytes ? Array(bytes) : []
        state.withLock { state in
            state.hash.add(bytes)
            state.size += bytes.count
            state.kept += kept
        }
    }

    /// How many bytes came, their SHA-256, and the bytes where they were to be kept. Once, when all have come.
    func finish() -> (size: Int, checksum: Checksum, bytes: [UInt8]) {
        state.withLock { ($0.size, $0.hash.finish(), $0.kept) }
    }
}
