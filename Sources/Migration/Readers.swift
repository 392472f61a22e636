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

    /// How many videos are looked at at once.
    private static let atOnce = 16

    /// Plans every video of a course with every byte of its transcripts, then lets go of the course, however that went.
    ///
    /// - Returns: what `body` made of each, in the order of the videos.
    func mapPlans<Value: Sendable>(
        of reading: CourseReading, _ body: @escaping @Sendable (VideoPlan) async throws -> Value
    ) async throws -> [Value] {
        do {
            let values = try await plans(of: reading, body)
            await source.release(reading.course)
            return values
        } catch {
            await source.release(reading.course)
            throw error
        }
    }

    private func plans<Value: Sendable>(
        of reading: CourseReading, _ body: @escaping @Sendable (VideoPlan) async throws -> Value
    ) async throws -> [Value] {
        let rows = try await catalog.rows(of: Set(reading.videos.map(\.video)))
        var values: [Value] = []
        for videos in ReadAhead.batches(of: reading.videos) {
            let ahead = try await ReadAhead(videos, of: reading.course, from: source)
            let planner = VideoPlanner(source: ahead, store: store, catalog: catalog, format: format)
            values += try await plans(of: Array(videos), in: reading.course, rows, planner, body)
        }
        return values
    }

    private func plans<Value: Sendable>(
        of videos: [ResolvedVideo], in course: CourseKey, _ rows: [VideoID: [CatalogRow]], _ planner: VideoPlanner,
        _ body: @escaping @Sendable (VideoPlan) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var values = [Value?](repeating: nil, count: videos.count)
            for (index, video) in videos.enumerated() {
                if index >= Self.atOnce, let (done, value) = try await group.next() { values[done] = value }
                group.addTask {
                    let known = rows[video.video] ?? []
                    return (
                        index, try await body(try await planner.plan(video, in: course, rows: known, reading: .all))
                    )
                }
            }
            for try await (done, value) in group { values[done] = value }
            return values.compactMap(\.self)
        }
    }

    /// Plans one video of a course.
    func plan(_ video: ResolvedVideo, of course: CourseKey) async throws -> VideoPlan {
        let rows = try await catalog.rows(of: [video.video])[video.video] ?? []
        return try await planner.plan(video, in: course, rows: rows, reading: .all)
    }
}
