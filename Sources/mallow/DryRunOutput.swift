// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import Migration
import MigrationModel

/// What a run would come to, foretold from plans: the same summary and the same exit code, and nothing written.
///
/// Waivers are not taken into account: it shows what they would be needed for.
struct DryRunOutput: PlanOutput {
    let isJSON: Bool
    private let started = Date()
    private var text = TextPlanOutput(isVerbose: false)
    private var courses: [String: Int] = [:]
    private var videos: [String: Int] = [:]
    private var transcripts: [String: Int] = [:]

    var planned: Set<CourseKey> { text.planned }
    var refused: Set<CourseKey> { text.refused }
    var unreadable: Int { text.unreadable }

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// The exit code that the run would have.
    var exit: RunExit {
        if unreadable > 0 || courses[CourseState.failed.rawValue] != nil { return .failed }
        return courses[CourseState.held.rawValue] == nil ? .done : .unproven
    }

    mutating func add(_ item: PlanItem) {
        text.add(item, isSilent: isJSON)
        switch item {
        case .plan(let plan): add(plan)
        case .listing(.unreadable(let name, let failure)):
            if isJSON { Output.print(json: Line(event: "unreadable", name: name, failure: failure)) }
        case .listing(.course): break
        }
    }

    private mutating func add(_ plan: CoursePlan) {
        let state = Self.end(of: plan)
        courses[state.rawValue, default: 0] += 1
        for video in plan.videos {
            let end: VideoState = Self.isSound(video) ? .verified : .failed
            videos[end.rawValue, default: 0] += 1
            count(video)
        }
        guard isJSON else { return }
        let actions = plan.actions.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value }
        Output.print(json: Line(event: "planned", course: plan.key.text, state: state.rawValue, transcripts: actions))
    }

    /// The transcripts of a video that fails as a whole stay where they are.
    private mutating func count(_ video: PlannedVideo) {
        let isBlocked = Self.isBlocked(video)
        for transcript in video.transcripts {
            let name = transcript.action == .migrate ? (isBlocked ? "blocked" : "migrated") : transcript.action.rawValue
            transcripts[name, default: 0] += 1
            if transcript.asset != nil { transcripts["contentstore", default: 0] += 1 }
            if name == "migrated" || transcript.action == .present { transcripts["store", default: 0] += 1 }
        }
    }

    func end() {
        if !isJSON { return Output.print("dry run: nothing was written") }
        let seconds = Date().timeIntervalSince(started)
        Output.print(
            json: Summary(
                exit: exit.rawValue, courses: courses, videos: videos, transcripts: transcripts, seconds: seconds
            )
        )
    }

    func abandon() {}

    /// Whether nothing of a video can be migrated.
    private static func isBlocked(_ video: PlannedVideo) -> Bool {
        video.failure != nil || video.transcripts.contains { $0.action == .corrupt }
    }

    private static func isSound(_ video: PlannedVideo) -> Bool {
        !isBlocked(video) && !video.transcripts.contains { $0.action == .conflict }
    }

    private static func end(of plan: CoursePlan) -> CourseState {
        if plan.videos.isEmpty { return .empty }
        if plan.videos.contains(where: isBlocked) { return .failed }
        return plan.videos.allSatisfy(isSound) ? .migrated : .held
    }

    private struct Line: Encodable {
        let event: String
        var name: String?
        var course: String?
        var state: String?
        var transcripts: [String: Int]?
        var failure: Failure?
    }

    private struct Summary: Encodable {
        let event = "summary"
        let exit: Int32
        /// 0: the ledger does not know of it.
        let run = 0
        let courses: [String: Int]
        let videos: [String: Int]
        let transcripts: [String: Int]
        let retries = 0
        let rollbacks = 0
        let seconds: Double

        private enum CodingKeys: String, CodingKey {
            case event, exit, run, courses, videos, transcripts, retries, rollbacks, seconds
        }
    }
}
