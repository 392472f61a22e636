// SPDX-License-Identifier: Apache-2.0
package import Ledger
package import MigrationModel

/// Videos that failed for the same reason: one decision, not many.
package struct TroubleGroup: Sendable, Hashable {
    /// nil when the cause was written by a later version of the program.
    package let failure: Failure?
    /// Not empty; in order of their courses.
    package let videos: [TroubledVideo]

    package var `class`: String { failure?.class.rawValue ?? "unknown" }
    package var courses: Int { Set(videos.map(\.key)).count }

    /// Whether running again can help.
    package var mayPass: Bool { failure?.class.isRetryable ?? false }

    /// Groups videos by the class of their failure and by what stopped; the largest group first.
    static func grouped(_ videos: [TroubledVideo]) -> [TroubleGroup] {
        struct Cause: Hashable {
            let `class`, what, words: String
        }
        var groups: [Cause: [TroubledVideo]] = [:]
        var order: [Cause] = []
        for video in videos {
            let why = video.why
            let cause = Cause(class: why?.class.rawValue ?? "", what: why?.what ?? "", words: why?.advice ?? "")
            if groups[cause] == nil { order.append(cause) }
            groups[cause, default: []].append(video)
        }
        return order.compactMap { cause in
            groups[cause].map { TroubleGroup(failure: $0[0].why, videos: $0) }
        }
        .sorted { $0.videos.count > $1.videos.count }
    }
}

extension Model {
    /// What failed, by cause.
    package var troubleGroups: [TroubleGroup] { TroubleGroup.grouped(view?.troubles ?? []) }

    func waiving(_ group: TroubleGroup) -> Waiving {
        Waiving(
            videos: group.videos.map {
                Waiving.Video(course: CourseKey(unchecked: $0.key), block: UsageKey(unchecked: $0.block))
            },
            cause: group.failure?.cause ?? group.class
        )
    }
}
