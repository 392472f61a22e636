// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// A catalog whose passing failures are waited out: a database that is restarted costs the time that it takes, and no video
/// its attempt.
///
/// A call that failed in a way that passes changed nothing, so it may be made again: once the catalog has been asked and
/// has answered. A commit whose reply was lost is not among them: that is for the transaction to settle by reading.
struct PatientCatalog: VideoCatalog {
    let raw: any VideoCatalog
    let patiently: Patience

    var foldsLanguageCase: Bool { raw.foldsLanguageCase }

    func rows(of videos: Set<VideoID>) async throws -> [VideoID: [CatalogRow]] {
        try await patiently { try await raw.rows(of: videos) }
    }

    func rows(withKeys keys: Set<ObjectKey>) async throws -> [CatalogRow] {
        try await patiently { try await raw.rows(withKeys: keys) }
    }

    func newestObjects(_ count: Int) async throws -> [ObjectKey] {
        try await patiently { try await raw.newestObjects(count) }
    }

    func flag(of course: CourseKey) async throws -> FlagState { try await patiently { try await raw.flag(of: course) } }

    func commit(_ video: VideoCommit) async throws -> CommitReceipt {
        try await patiently { try await raw.commit(video) }
    }

    func settled(_ keys: Set<ObjectKey>, of video: VideoID) async throws -> [CatalogRow] {
        try await patiently { try await raw.settled(keys, of: video) }
    }

    func switchOn(_ course: CourseKey) async throws { try await patiently { try await raw.switchOn(course) } }

    func record(_ task: FailedTask) async throws { try await patiently { try await raw.record(task) } }

    func resolveFailedTasks(of course: CourseKey) async throws {
        try await patiently { try await raw.resolveFailedTasks(of: course) }
    }

    /// Asks once whether anybody answers; what comes of it is heard like every other call.
    func ask() async throws {
        _ = try await patiently.watching {
            try await raw.rows(of: [VideoID(unchecked: "mallow-asks-whether-anybody-answers")])
        }
    }
}
