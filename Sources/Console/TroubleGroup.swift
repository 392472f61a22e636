// SPDX-License-Identifier: Apache-2.0
package import Ledger
package import MigrationModel

/// Videos that failed for the same reason: one decision, not many.
package struct TroubleGroup: Sendable, Hashable {
    /// What they have in common.
    package struct Cause: Sendable, Hashable {
        package let `class`, what, advice: String
    }

    package let cause: Cause
    /// The first one's; nil when a later version of the program wrote it.
    package let failure: Failure?
    /// Not empty; in order of their courses.
    package let videos: [TroubledVideo]

    var references: [VideoReference] {
        videos.map { VideoReference(course: CourseKey(unchecked: $0.key), block: UsageKey(unchecked: $0.block)) }
    }

    package var courses: Set<CourseKey> { Set(videos.map { CourseKey(unchecked: $0.key) }) }

    /// Whether running again can help.
    package var mayPass: Bool { failure?.class.isRetryable ?? false }

    /// In how many words of the server it is told; more than one says that they are alike, and not the same.
    package var wordings: Int { Set(videos.map { $0.why?.cause ?? "" }).count }

    /// Groups videos by the class of their failure, what stopped and what is to be done. What does not pass by
    /// itself comes first, and of that the largest group.
    package static func grouped(_ videos: [TroubledVideo]) -> [TroubleGroup] {
        var groups: [Cause: [(TroubledVideo, Failure?)]] = [:]
        var order: [Cause] = []
        for video in videos {
            let why = video.why
            let cause = Cause(class: why?.class.rawValue ?? "unknown", what: why?.what ?? "", advice: why?.advice ?? "")
            if groups[cause] == nil { order.append(cause) }
            groups[cause, default: []].append((video, why))
        }
        return order.compactMap { cause in
            groups[cause].map { TroubleGroup(cause: cause, failure: $0[0].1, videos: $0.map(\.0)) }
        }
        .sorted { ($0.mayPass ? 1 : 0, -$0.videos.count) < ($1.mayPass ? 1 : 0, -$1.videos.count) }
    }
}

extension Model {
    /// What failed, by cause.
    package var troubleGroups: [TroubleGroup] { TroubleGroup.grouped(view?.troubles ?? []) }

    /// The place of a cause among the groups; 0 when it is gone.
    func place(of cause: TroubleGroup.Cause?, in groups: [TroubleGroup]) -> Int {
        cause.flatMap { cause in groups.firstIndex { $0.cause == cause } } ?? 0
    }

    /// The waivers in force for its videos and for their transcripts.
    func waivers(of group: TroubleGroup) -> [Waiver] {
        let videos = Set(group.references)
        return (view?.troubleWaivers ?? []).filter {
            videos.contains(VideoReference(course: $0.course, block: $0.block))
        }
    }

    func waiving(_ group: TroubleGroup) -> Waiving {
        Waiving(
            videos: group.references,
            name: group.videos[0].displayName,
            cause: group.wordings == 1
                ? group.failure?.cause ?? group.cause.class : "\(group.cause.class), in \(group.wordings) wordings",
            standing: waivers(of: group).map(\.language)
        )
    }
}
