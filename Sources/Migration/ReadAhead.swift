// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// A source of which transcripts of many videos were read at once: a plan asks it for one video after the other, and a
/// database is asked once for all of them.
struct ReadAhead: CourseSource {
    /// Bytes that are held at once; one video is held whatever it has.
    private static let most = 32 * 1024 * 1024

    private let source: any CourseSource
    private let content: [AssetName: Result<[UInt8], Failure>]

    /// Reads all that plans of these videos need.
    ///
    /// - Throws: ``Failure`` when the source as a whole does not answer.
    init(_ videos: ArraySlice<ResolvedVideo>, of course: CourseKey, from source: any CourseSource) async throws {
        self.source = source
        let assets = Set(videos.flatMap(Self.assets))
        content = assets.isEmpty ? [:] : try await source.content(of: Array(assets), in: course)
    }

    /// Videos in their order, as many together as may be read at once.
    static func batches(of videos: [ResolvedVideo]) -> [ArraySlice<ResolvedVideo>] {
        var batches: [ArraySlice<ResolvedVideo>] = []
        var (start, bytes) = (0, 0)
        for (index, video) in videos.enumerated() {
            let size = assets(of: video).reduce(0) { $0 + $1.length }
            if index > start, bytes + size > most {
                batches.append(videos[start..<index])
                (start, bytes) = (index, 0)
            }
            bytes += size
        }
        if start < videos.count { batches.append(videos[start...]) }
        return batches
    }

    private static func assets(of video: ResolvedVideo) -> Set<Asset> {
        Set(video.languages.flatMap { [$0.published?.asset, $0.draft?.asset].compactMap(\.self) })
    }

    // MARK: - CourseSource

    func courses() -> AsyncThrowingStream<CourseListing, any Error> { source.courses() }

    func outline(of course: CourseKey) async throws -> CourseOutline { try await source.outline(of: course) }

    func assets(_ names: Set<AssetName>, of course: CourseKey) async throws -> AssetListing {
        try await source.assets(names, of: course)
    }

    func content(
        of assets: [Asset], in course: CourseKey
    ) async throws -> [AssetName: Result<[UInt8], Failure>] {
        // Each by its name: a course has as many of them as it has videos that ask.
        assets.reduce(into: [:]) { $0[$1.name] = content[$1.name] }
    }

    func ask() async throws { try await source.ask() }

    func release(_ course: CourseKey) async { await source.release(course) }
}
