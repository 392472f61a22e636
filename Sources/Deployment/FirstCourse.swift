// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// Whether a source can be read: its first readable course, and no more of it than that.
struct FirstCourse: Sendable {
    let source: any CourseSource
    /// The source as the operator names it.
    let place: String

    /// Goes through the listing until a course's outline was read, then lets the listing go.
    ///
    /// - Throws: ``Failure`` when the source as a whole does not answer.
    func check() async throws -> PreflightCheck {
        let clock = ProbeClock()
        var unreadable: [Failure] = []
        for try await listing in source.courses() {
            switch listing {
            case .unreadable(_, let failure): unreadable.append(failure)
            case .course(let summary):
                do {
                    let outline = try await source.outline(of: summary.key)
                    await source.release(summary.key)
                    return found(summary.key, outline, after: unreadable, clock)
                } catch let failure as Failure {
                    await source.release(summary.key)
                    unreadable.append(failure)
                }
            }
        }
        guard let first = unreadable.first else {
            return clock.failed("source", "no course in \(place)", advice: "correct --source")
        }
        return clock.failed(
            "source", "none of \(unreadable.count) can be read, first \(words(first))", advice: first.advice)
    }

    private func found(
        _ key: CourseKey, _ outline: CourseOutline, after unreadable: [Failure], _ clock: ProbeClock
    ) -> PreflightCheck {
        let videos = counted(outline.videos.count, "video")
        let milliseconds = String(format: "%.0f", clock.seconds * 1000)
        let measured = "\(key) with \(videos) read in \(milliseconds) ms"
        guard let first = unreadable.first else { return clock.passed("source", measured) }
        return clock.attention(
            "source", "\(measured), \(unreadable.count) before it cannot be read",
            advice: "\(words(first)); \(first.advice)")
    }

    private func words(_ failure: Failure) -> String { "\(failure.what) at \(failure.place): \(failure.cause)" }
}
