// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// A course as the contentstore and modulestore have it now: two queries, whatever its size.
package struct CourseReading: Sendable {
    package let course: CourseKey
    /// Sorted by usage key.
    package let videos: [ResolvedVideo]
    package let unreachable: Int
    package let notes: [String]
    /// What is another one as soon as anybody saves the course; nil where the source has no such thing.
    let version: String?

    /// Reads the course anew.
    ///
    /// - Throws: ``Failure`` from the source.
    package init(of course: CourseKey, from source: any CourseSource, lookUp: LookUp) async throws {
        let outline = try await source.outline(of: course)
        let names = outline.videos.flatMap { ResolvedVideo.candidates(of: $0, lookUp: lookUp) }
        let existing = names.isEmpty ? AssetListing(assets: [:]) : try await source.assets(Set(names), of: course)
        self.course = course
        videos = outline.videos.map { ResolvedVideo($0, lookUp: lookUp, existing: existing) }
            .sorted { $0.block.usageKey < $1.block.usageKey }
        unreachable = outline.unreachable
        notes = outline.notes
        version = outline.version
    }
}
