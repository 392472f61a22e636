// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// A source whose passing failures are waited out: a database that changes its primary costs the time that it takes, and no
/// course its attempt. To read changes nothing, so every call may be made again.
struct PatientSource: CourseSource {
    let raw: any CourseSource
    let patiently: Patience
    /// Told how many transcripts were read, after each read; must return at once.
    let heard: @Sendable (Int) -> Void

    /// As it is: a run that cannot list its courses has not begun.
    func courses() -> AsyncThrowingStream<CourseListing, any Error> { raw.courses() }

    func outline(of course: CourseKey) async throws -> CourseOutline {
        try await patiently { try await raw.outline(of: course) }
    }

    func assets(_ names: Set<AssetName>, of course: CourseKey) async throws -> AssetListing {
        try await patiently { try await raw.assets(names, of: course) }
    }

    func content(
        of assets: [Asset], in course: CourseKey
    ) async throws -> [AssetName: Result<[UInt8], Failure>] {
        try await patiently(isMeasured: true) {
            let found = try await raw.content(of: assets, in: course)
            heard(assets.count)
            return found
        }
    }

    func release(_ course: CourseKey) async { await raw.release(course) }

    /// Asks once; what comes of it is heard like every other call.
    func ask() async throws { try await patiently.watching { try await raw.ask() } }
}
