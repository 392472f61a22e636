// SPDX-License-Identifier: Apache-2.0
import Ledger
import Migration
import MigrationModel

/// Prints plans as they come.
protocol PlanOutput {
    /// The courses printed so far.
    var planned: Set<CourseKey> { get }
    /// Courses that are there and could not be read.
    var refused: Set<CourseKey> { get }
    /// How many things could not be read.
    var unreadable: Int { get }
    /// The exit code that what was printed comes to.
    var exit: RunExit { get }
    mutating func add(_ item: PlanItem)
    /// All is printed.
    mutating func end()
    /// Something stopped it; what was printed is left well-formed.
    mutating func abandon()
}

extension PlanOutput {
    var exit: RunExit { unreadable > 0 ? .failed : .done }
}

/// One JSON object, written course by course.
struct JSONPlanOutput: PlanOutput {
    private(set) var planned: Set<CourseKey> = []
    private(set) var refused: Set<CourseKey> = []
    private var failures: [Unreadable] = []

    var unreadable: Int { failures.count }

    private struct Unreadable: Encodable {
        let name: String
        let failure: Failure
    }

    mutating func add(_ item: PlanItem) {
        switch item {
        case .plan(let plan):
            Output.print((planned.isEmpty ? Self.opening : ",") + Output.encoded(plan))
            planned.insert(plan.key)
        case .listing(.unreadable(let name, let failure)):
            failures.append(Unreadable(name: name, failure: failure))
            refused.insert(CourseKey(unchecked: name))
        case .listing(.course): break
        }
    }

    func end() {
        Output.print((planned.isEmpty ? Self.opening : "") + "],\"unreadable\":\(Output.encoded(failures))}")
    }

    func abandon() { if !planned.isEmpty { end() } }

    private static let opening = "{\"courses\":["
}

/// For people: a line a course, and a line for everything that needs a word.
struct TextPlanOutput: PlanOutput {
    let isVerbose: Bool
    private(set) var planned: Set<CourseKey> = []
    private(set) var refused: Set<CourseKey> = []
    private(set) var unreadable = 0
    private var videos = 0
    private var actions: [Action: Int] = [:]

    init(isVerbose: Bool) { self.isVerbose = isVerbose }

    mutating func add(_ item: PlanItem) { add(item, isSilent: false) }

    /// - Parameter isSilent: only count.
    mutating func add(_ item: PlanItem, isSilent: Bool) {
        switch item {
        case .plan(let plan):
            planned.insert(plan.key)
            videos += plan.videos.count
            actions.merge(plan.actions) { $0 + $1 }
            if !isSilent { show(plan) }
        case .listing(.unreadable(let name, let failure)):
            unreadable += 1
            refused.insert(CourseKey(unchecked: name))
            if !isSilent { Output.print("✗ \(failure)") }
        case .listing(.course): break
        }
    }

    private func show(_ plan: CoursePlan) {
        Output.print("\(plan.key)  \(plan.title)")
        Output.print("  \(counted(plan.videos.count, "video")): \(Self.words(plan.actions))")
        if plan.unreachable > 0 {
            Output.print("  \(counted(plan.unreachable, "video")) not reachable from the course's root, left out")
        }
        for note in plan.notes { Output.print("  note: \(note)") }
        for video in plan.videos { show(video) }
    }

    private func show(_ video: PlannedVideo) {
        let shown = video.transcripts.filter { transcript in
            isVerbose || transcript.failure != nil || transcript.action == .dangling || !transcript.notes.isEmpty
        }
        guard !shown.isEmpty || video.failure != nil || !video.notes.isEmpty else { return }
        Output.print(
            "  \(video.displayName)  \(video.usageKey.block)  \(video.edxVideoID)\(video.isNewID ? " (new id)" : "")")
        if let failure = video.failure { Output.print("    ✗ \(failure.cause); \(failure.advice)") }
        for note in video.notes { Output.print("    note: \(note)") }
        for transcript in shown {
            let found =
                transcript.asset.map { " \($0) (\(transcript.rule?.rawValue ?? ""), \(transcript.head.rawValue))" }
                ?? ""
            Output.print("    \(transcript.language): \(transcript.action.rawValue)\(found)")
            if let failure = transcript.failure { Output.print("      ✗ \(failure.cause); \(failure.advice)") }
            for note in transcript.notes { Output.print("      note: \(note)") }
        }
    }

    func end() {
        Output.print(
            "\(counted(planned.count, "course")), \(counted(videos, "video")): \(Self.words(actions))"
                + (unreadable > 0 ? "; \(unreadable) unreadable" : "")
        )
    }

    func abandon() {}

    private static func words(_ actions: [Action: Int]) -> String {
        let words = Action.allCases.compactMap { action in actions[action].map { "\($0) \(action.rawValue)" } }
        return words.isEmpty ? "no transcripts" : words.joined(separator: ", ")
    }
}
