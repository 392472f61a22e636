// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// A platform whose courses are written to, put to the proof: what its authors do and what it shows them, without the code
/// under test.
package protocol WritableCourses: Sendable {
    /// A key of the kind that it has.
    var course: CourseKey { get }

    /// Reads as a run does.
    var source: any CourseSource { get }

    /// Opens the writer as a run does.
    func writer() throws -> any CourseWriter

    /// Makes the course with these videos, each under its root.
    func add(_ videos: [VideoBlock]) async throws

    /// Saves the course as an author does who changes these fields in a video's draft, and publishes nothing.
    func save(_ video: UsageKey, _ change: @Sendable (inout VideoFields) -> Void) async throws
}
