// SPDX-License-Identifier: Apache-2.0
package import Ledger
package import MigrationModel

/// Videos, or courses as a whole, that failed for the same reason: one decision, not many.
package struct TroubleGroup: Sendable, Hashable {
    /// What they have in common.
    package struct Cause: Sendable, Hashable {
        /// Whether it is about courses as a whole, and not about their videos.
        package let isOfCourses: Bool
        /// Whether an operator holds them back: nothing failed, and to release them is all there is to do.
        let isHeldBack: Bool
        package let `class`, what, advice: String
        /// What is said of the courses where no failure is kept of them; else empty.
        let reason: String

        init(_ video: TroubledVideo, _ why: Failure?) {
            self.init(class: why?.class.rawValue ?? "unknown", why)
        }

        init(_ course: TroubledCourse, _ why: Failure?) {
            self.init(
                isOfCourses: true, isHeldBack: course.isHeld && course.heldBy != nil,
                class: why?.class.rawValue ?? course.state, why, reason: why == nil ? course.reason : "")
        }

        private init(
            isOfCourses: Bool = false, isHeldBack: Bool = false, class: String, _ why: Failure?, reason: String = ""
        ) {
            (self.isOfCourses, self.isHeldBack, self.class, self.reason) = (isOfCourses, isHeldBack, `class`, reason)
            (what, advice) = (why?.what ?? "", why?.advice ?? "")
        }
    }

    package let cause: Cause
    /// The first one's; nil where a later version of the program wrote it, and where a course has a reason alone.
    package let failure: Failure?
    /// In order of their courses; empty where it is about whole courses.
    package let videos: [TroubledVideo]
    /// In the order in which the ledger met them; empty where it is about videos.
    package let wholeCourses: [TroubledCourse]

    /// How many there are of what it is about.
    package var count: Int { cause.isOfCourses ? wholeCourses.count : videos.count }

    var references: [VideoReference] {
        videos.map { VideoReference(course: CourseKey(unchecked: $0.key), block: UsageKey(unchecked: $0.block)) }
    }

    package var courses: Set<CourseKey> {
        Set((videos.map(\.key) + wholeCourses.map(\.key)).map { CourseKey(unchecked: $0) })
    }

    /// Whether running again can help.
    package var mayPass: Bool { failure?.class.isRetryable ?? false }

    /// Whether its courses wait, and nothing failed.
    package var isHeld: Bool { failure == nil && wholeCourses.contains(where: \.isHeld) }

    /// Whether a waiver would count: there are videos, and they failed for themselves.
    package var mayStayBehind: Bool { !cause.isOfCourses && failure?.class.mayStayBehind != false }

    /// In how many words of the server it is told; more than one says that they are alike, and not the same.
    package var wordings: Int { Set((videos.map(\.why) + wholeCourses.map(\.why)).map { $0?.cause ?? "" }).count }

    /// Groups videos by the class of their failure, what stopped and what is to be done, and courses as well. What does
    /// not pass by itself comes first, what is only held last, and of each the largest group.
    package static func grouped(_ videos: [TroubledVideo], _ courses: [TroubledCourse]) -> [TroubleGroup] {
        let ofVideos = grouped(videos, by: { Cause($0, $0.why) })
            .map { TroubleGroup(cause: $0.cause, failure: $0.members[0].why, videos: $0.members, wholeCourses: []) }
        let ofCourses = grouped(courses, by: { Cause($0, $0.why) })
            .map { TroubleGroup(cause: $0.cause, failure: $0.members[0].why, videos: [], wholeCourses: $0.members) }
        func order(_ group: TroubleGroup) -> (Int, Int) { (group.isHeld ? 2 : group.mayPass ? 1 : 0, -group.count) }
        return (ofVideos + ofCourses).sorted { order($0) < order($1) }
    }

    private static func grouped<Member>(
        _ members: [Member], by cause: (Member) -> Cause
    ) -> [(cause: Cause, members: [Member])] {
        var groups: [Cause: [Member]] = [:]
        var order: [Cause] = []
        for member in members {
            let cause = cause(member)
            if groups[cause] == nil { order.append(cause) }
            groups[cause, default: []].append(member)
        }
        return order.compactMap { cause in groups[cause].map { (cause, $0) } }
    }
}

extension Model {
    /// What failed or waits, by cause.
    package var troubleGroups: [TroubleGroup] {
        TroubleGroup.grouped(view?.troubles ?? [], view?.troubledCourses ?? [])
    }

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

    /// Why nothing of this class can stay behind, and what helps instead; nil where it can.
    func insteadOfWaiver(_ class: Failure.Class) -> String? {
        guard !`class`.mayStayBehind else { return nil }
        return `class` == .auth
            ? "no waiver counts here: access was refused, and that is not the videos' fault; put it right, then run them again"
            : "no waiver counts here: it may pass by itself; run them again when the place that failed is well"
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
