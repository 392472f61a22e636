// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Synchronization

/// One owner at a time for each `edx_video_id`: reruns of a course share ids, and the later one must find the rows of
/// the first.
final class VideoLocks: Sendable {
    private let waiting = Mutex<[VideoID: [CheckedContinuation<Void, Never>]]>([:])

    /// Runs `body` while nobody else runs one for the same id. First come, first served.
    func holding<Value>(_ id: VideoID, _ body: () async throws -> Value) async rethrows -> Value {
        await lock(id)
        defer { unlock(id) }
        return try await body()
    }

    private func lock(_ id: VideoID) async {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { waiting in
                guard waiting[id] != nil else {
                    waiting[id] = []
                    return true
                }
                waiting[id]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func unlock(_ id: VideoID) {
        let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard var queue = waiting[id], !queue.isEmpty else {
                waiting[id] = nil
                return nil
            }
            let next = queue.removeFirst()
            waiting[id] = queue
            return next
        }
        next?.resume()
    }
}
