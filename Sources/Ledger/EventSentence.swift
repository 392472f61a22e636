// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// An event in an operator's words: lines, bars and the console's log say the same.
package struct EventSentence: Sendable, Hashable {
    /// What kind of news it is.
    package enum Mark: Sendable, Hashable {
        case done, failed, attention, undone, active, idle, information
    }

    package let mark: Mark
    /// The course it is about, if it is about one.
    package let course: String?
    /// Whether it is about something inside a course.
    package let isInside: Bool
    /// The video's block within the course, if it is about a video.
    package let block: String?
    /// What happened, without course and block.
    package let words: String

    /// The whole sentence.
    package var text: String { [course, block, words].compactMap { $0 }.joined(separator: " ") }

    /// nil for events that only fill the ledger.
    package init?(_ event: EventRow) {
        let block = event.block.map { UsageKey(unchecked: $0).block }
        func sentence(_ head: String) -> String {
            [head, event.detail ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
        }
        switch (event.kind, event.toState) {
        case ("course", CourseState.queued.rawValue?), ("course", CourseState.pending.rawValue?): return nil
        case ("course", let state?): self.init(Self.mark(of: state), event.course, words: sentence(state))
        case ("video", let state?) where state != VideoState.verified.rawValue:
            self.init(Self.mark(ofVideo: state), event.course, block, isInside: true, words: sentence(state))
        case ("rolled back", EventRow.watched?):
            self.init(.undone, event.course, block, isInside: true, words: sentence("rolled back"))
        case ("rolled back", _):
            self.init(.undone, event.course, block, isInside: true, words: "rolled back, absence proven")
        case ("wrote back", _):
            self.init(.done, event.course, isInside: true, words: sentence("edx_video_ids written back"))
        case ("write-back undone", _):
            self.init(
                .undone, event.course, isInside: true, words: sentence("edx_video_ids taken back by \(event.actor)"))
        case ("write-back abandoned", _):
            self.init(.attention, event.course, isInside: true, words: sentence("edx_video_ids not written back"))
        case ("notice", _): self.init(.information, event.course, block, isInside: true, words: sentence(""))
        case ("unreadable", _): self.init(.failed, nil, words: sentence("unreadable"))
        case ("command applied", _), ("command refused", _):
            self.init(.information, nil, words: sentence("\(event.kind) by \(event.actor)"))
        case ("waived", _), ("waiver withdrawn", _), ("held", _), ("released", _):
            self.init(
                .information, event.course, block, isInside: true, words: sentence("\(event.kind) by \(event.actor)"))
        default: return nil
        }
    }

    private init(
        _ mark: Mark, _ course: String?, _ block: String? = nil, isInside: Bool = false, words: String
    ) {
        self.mark = mark
        self.course = course
        self.block = block
        self.isInside = isInside
        self.words = words
    }

    private static func mark(ofVideo state: String) -> Mark {
        switch VideoState(rawValue: state) {
        case .rolledBack: .undone
        case .waived: .attention
        case .failed, .pending, .migrating, .verified, nil: .failed
        }
    }

    private static func mark(of state: String) -> Mark {
        switch CourseState(rawValue: state) {
        case .migrated: .done
        case .failed: .failed
        case .held: .attention
        case .retrying: .undone
        case .running: .active
        case .empty, .pending, .queued, nil: .idle
        }
    }
}
