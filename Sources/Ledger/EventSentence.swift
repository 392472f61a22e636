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
    /// What happened, without the course.
    package let words: String

    /// The whole sentence.
    package var text: String { [course, words].compactMap { $0 }.joined(separator: " ") }

    /// nil for events that only fill the ledger.
    package init?(_ event: EventRow) {
        let block = event.block.map { UsageKey(unchecked: $0).block }
        func sentence(_ parts: String?...) -> String {
            let head = parts.compactMap { $0 }.joined(separator: " ")
            return [head, event.detail ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
        }
        switch (event.kind, event.toState) {
        case ("course", CourseState.queued.rawValue?), ("course", CourseState.pending.rawValue?): return nil
        case ("course", let state?): self.init(Self.mark(of: state), event.course, sentence(state))
        case ("video", let state?) where state != VideoState.verified.rawValue:
            self.init(.failed, event.course, isInside: true, sentence(block, state))
        case ("rolled back", _):
            self.init(.undone, event.course, isInside: true, "\(block ?? "") rolled back, absence proven")
        case ("notice", _): self.init(.information, event.course, isInside: true, sentence(block))
        case ("unreadable", _): self.init(.failed, nil, sentence("unreadable"))
        case ("command applied", _), ("command refused", _):
            self.init(.information, nil, sentence("\(event.kind) by \(event.actor)"))
        case ("waived", _), ("waiver withdrawn", _), ("held", _), ("released", _):
            self.init(.information, event.course, isInside: true, sentence(block, "\(event.kind) by \(event.actor)"))
        default: return nil
        }
    }

    private init(_ mark: Mark, _ course: String?, isInside: Bool = false, _ words: String) {
        self.mark = mark
        self.course = course
        self.isInside = isInside
        self.words = words
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
