// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// A writer whose passing failures are waited out, as the source's are: each of its calls may be made twice.
struct PatientWriter: CourseWriter {
    let raw: any CourseWriter
    let patiently: Patience

    func plan(
        _ ids: [UsageKey: VideoID], in course: CourseKey, at version: String?, as id: UUID
    ) async throws -> WriteBack? {
        try await patiently { try await raw.plan(ids, in: course, at: version, as: id) }
    }

    func apply(_ writeBack: WriteBack) async throws -> Bool { try await patiently { try await raw.apply(writeBack) } }

    func holds(_ writeBack: WriteBack) async throws -> Bool { try await patiently { try await raw.holds(writeBack) } }

    func tryOut() async throws -> [WriteTrial] { try await patiently { try await raw.tryOut() } }

    func undo(_ writeBack: WriteBack) async throws -> Bool { try await patiently { try await raw.undo(writeBack) } }
}
