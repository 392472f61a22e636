// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// Whether cut-over could write new ids into courses: the rights of both users, of the source and of the catalog.
struct WriteBackTrial: Sendable {
    private static let name = "write-back"
    private static let advice =
        "give the users these rights (in MongoDB the role readWrite has them), or run with --no-write-back, and "
        + "learners do not see the transcripts of videos that had no edx_video_id; as it is, courses migrate, and the run "
        + "stops at the first that gets new ids, before its flag"

    let writer: any CourseWriter

    /// Nothing where there is no course to write into.
    ///
    /// - Throws: ``Failure`` when a place does not answer.
    func checks() async throws -> [PreflightCheck] {
        let clock = ProbeClock()
        let trials = try await writer.tryOut()
        guard !trials.isEmpty else { return [] }
        let refused = trials.compactMap { trial in trial.refusal.map { "\(trial.right): \($0)" } }
        guard refused.isEmpty else {
            return [
                clock.failed(
                    Self.name, "edx_video_ids cannot be written; missing is \(refused.joined(separator: "; "))",
                    advice: Self.advice)
            ]
        }
        let rights = trials.map(\.right).joined(separator: "; ")
        return [clock.passed(Self.name, "edx_video_ids can be written: \(rights); tried on nothing")]
    }
}
