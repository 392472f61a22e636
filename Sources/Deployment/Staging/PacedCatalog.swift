// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// Any video catalog, paced and failing as a stage says.
package struct PacedCatalog: VideoCatalog {
    private let catalog: any VideoCatalog
    private let stage: Stage

    package init(_ catalog: any VideoCatalog, on stage: Stage) {
        self.catalog = catalog
        self.stage = stage
    }

    package var foldsLanguageCase: Bool { catalog.foldsLanguageCase }

    package func rows(of videos: Set<VideoID>) async throws -> [VideoID: [CatalogRow]] {
        try await stage.call(.rows, at: "edx-val") { try await catalog.rows(of: videos) }
    }

    package func settled(_ keys: Set<ObjectKey>, of video: VideoID) async throws -> [CatalogRow] {
        try await stage.call(.rows, at: "edx-val") { try await catalog.settled(keys, of: video) }
    }

    package func rows(withKeys keys: Set<ObjectKey>) async throws -> [CatalogRow] {
        try await stage.call(.rows, at: "edx-val") { try await catalog.rows(withKeys: keys) }
    }

    package func newestObjects(_ count: Int) async throws -> [ObjectKey] {
        try await stage.call(.rows, at: "edx-val") { try await catalog.newestObjects(count) }
    }

    package func flag(of course: CourseKey) async throws -> FlagState {
        try await stage.call(.rows, at: "\(course)") { try await catalog.flag(of: course) }
    }

    package func commit(_ video: VideoCommit) async throws -> CommitReceipt {
        try await stage.call(.commit, on: "\(video.video)", at: "\(video.video)") { try await catalog.commit(video) }
    }

    package func switchOn(_ course: CourseKey) async throws {
        try await stage.call(.flag, on: "\(course)", at: "\(course)") { try await catalog.switchOn(course) }
    }

    package func record(_ task: FailedTask) async throws {
        try await stage.call(.flag, at: "\(task.course)") { try await catalog.record(task) }
    }

    package func resolveFailedTasks(of course: CourseKey) async throws {
        try await stage.call(.flag, at: "\(course)") { try await catalog.resolveFailedTasks(of: course) }
    }
}
