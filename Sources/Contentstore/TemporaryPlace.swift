// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Where temporary folders are made. Sweeps what dead engines left before the first one.
final class TemporaryPlace: Sendable {
    private let path: String
    private let isSwept = Mutex(false)

    init(path: String) { self.path = path }

    /// Makes a private folder that lives as long as it is held. Blocks.
    ///
    /// - Throws: ``Failure`` when the place does not take it.
    func makeFolder() throws -> TemporaryFolder {
        isSwept.withLock { isSwept in
            if !isSwept { TemporaryFolder.sweep(path) }
            isSwept = true
        }
        return try TemporaryFolder(in: path)
    }
}
