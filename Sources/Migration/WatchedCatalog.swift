// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// A catalog that tells what came of every call.
struct WatchedCatalog: VideoCatalog {
    let raw: any VideoCatalog
    let watching: CallWatch

    var foldsLanguageCase: Bool { raw.foldsLanguageCase }

    func rows(of videos: Set<VideoID>) async throws -> [VideoID: [CatalogRow]] {
        try await watching { try await raw.rows(of: videos) }
    }

    func rows(withKeys keys: Set<ObjectKey>) async throws -> [CatalogRow] {
        try await watching { try await raw.rows(withKeys: keys) }
    }

    func flag(of course: CourseKey) async throws -> FlagState { try await watching { try await raw.flag(of: course) } }

    func commit(_ video: VideoCommit) async throws -> CommitReceipt {
        try await watching { try await raw.commit(video) }
    }

    func settled(_ keys: Set<ObjectKey>, of video: VideoID) async throws -> [CatalogRow] {
        try await watching { try await raw.settled(keys, of: video) }
    }

    func switchOn(_ course: CourseKey) async throws { try await watching { try await raw.switchOn(course) } }

    func record(_ task: FailedTask) async throws { try await watching { try await raw.record(task) } }

    func resolveFailedTasks(of course: CourseKey) async throws {
        try await watching { try await raw.resolveFailedTasks(of: course) }
    }
}
