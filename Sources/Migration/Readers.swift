// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// The three stores for somebody who only looks, and how a course is read from them: what plans, checks and comparisons
/// are given. It has no method that writes.
package struct Readers: Sendable {
    let source: any CourseSource
    let store: any ObjectReader
    let catalog: any CatalogReader
    let format: FormatPolicy
    let lookUp: LookUp
    private let planner: VideoPlanner

    package init(
        source: any CourseSource, store: any ObjectReader, catalog: any CatalogReader, format: FormatPolicy,
        lookUp: LookUp
    ) {
        self.source = source
        self.store = store
        self.catalog = catalog
        self.format = format
        self.lookUp = lookUp
        planner = VideoPlanner(source: source, store: store, catalog: catalog, format: format)
    }

    /// The course as the source has it now.
    func reading(of course: CourseKey) async throws -> CourseReading {
        try await CourseReading(of: course, from: source, lookUp: lookUp)
    }

    /// Plans every video of a course with every byte of its transcripts, one video at a time, so that no more than one
    /// video's bytes are in memory; then lets go of the course.
    func forEachPlan(of reading: CourseReading, _ body: (VideoPlan) async throws -> Void) async throws {
        let rows = try await catalog.rows(of: Set(reading.videos.map(\.video)))
        for video in reading.videos {
            try await body(
                try await planner.plan(video, in: reading.course, rows: rows[video.video] ?? [], reading: .all))
        }
        await source.release(reading.course)
    }

    /// Plans one video of a course.
    func plan(_ video: ResolvedVideo, of course: CourseKey) async throws -> VideoPlan {
        let rows = try await catalog.rows(of: [video.video])[video.video] ?? []
        return try await planner.plan(video, in: course, rows: rows, reading: .all)
    }
}
