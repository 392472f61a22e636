// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// An event in an operator's words: lines, bars and the console's log say the same.
package struct EventSentence: Sendable, Hashable {
    /// What kind of news it is.
    package enum Mark: Sendable, Hashable {
        case done, failed, attention, undone, active, idle, information
    }

    package let mark: Mark
    /// Whether it is about something inside a course.
    package let isInside: Bool
    package let text: String

    /// nil for events that only fill the ledger.
    package init?(_ event: EventRow) {
        let course = event.course ?? ""
        let block = event.block.map { UsageKey(unchecked: $0).block } ?? ""
        let detail = event.detail.map { ": \($0)" } ?? ""
        let place = [course, block].filter { !$0.isEmpty }.joined(separator: " ")
        switch (event.kind, event.toState) {
        case ("course", CourseState.queued.rawValue?), ("course", CourseState.pending.rawValue?): return nil
        case ("course", let state?): self.init(Self.mark(of: state), "\(course) \(state)\(detail)")
        case ("video", let state?) where state != VideoState.verified.rawValue:
            self.init(.failed, isInside: true, "\(place) \(state)\(detail)")
        case ("rolled back", _): self.init(.undone, isInside: true, "\(place) rolled back, absence proven")
        case ("notice", _): self.init(.information, isInside: true, "\(place)\(detail)")
        case ("unreadable", _): self.init(.failed, "unreadable\(detail)")
        case ("command applied", _), ("command refused", _):
            self.init(.information, "\(event.kind) by \(event.actor)\(detail)")
        case ("waived", _), ("waiver withdrawn", _), ("held", _), ("released", _):
            self.init(.information, isInside: true, "\(place) \(event.kind) by \(event.actor)\(detail)")
        default: return nil
        }
    }

    private init(_ mark: Mark, isInside: Bool = false, _ text: String) {
        self.mark = mark
        self.isInside = isInside
        self.text = text
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
