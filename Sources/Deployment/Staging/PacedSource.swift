// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// Any source, paced and failing as a stage says.
package struct PacedSource: CourseSource {
    private let source: any CourseSource
    private let stage: Stage

    package init(_ source: any CourseSource, on stage: Stage) {
        self.source = source
        self.stage = stage
    }

    package func courses() -> AsyncThrowingStream<CourseListing, any Error> { source.courses() }

    package func outline(of course: CourseKey) async throws -> CourseOutline {
        try await stage.call(.outline, at: "\(course)") { try await source.outline(of: course) }
    }

    package func assets(_ names: Set<AssetName>, of course: CourseKey) async throws -> AssetListing {
        try await stage.call(.outline, at: "\(course)") { try await source.assets(names, of: course) }
    }

    package func content(
        of assets: [Asset], in course: CourseKey
    ) async throws -> [AssetName: Result<[UInt8], Failure>] {
        let subject = "\(course) \(assets.map { "\($0.name)" })"
        return try await stage.call(.read, on: subject, at: "\(course)") {
            try await source.content(of: assets, in: course)
        }
    }

    package func ask() async throws { try await source.ask() }

    package func release(_ course: CourseKey) async { await source.release(course) }
}
