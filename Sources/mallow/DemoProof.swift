// SPDX-License-Identifier: Apache-2.0
import Deployment
import Foundation
import Ledger
import Migration
import MigrationModel

/// What a demo came to, from the raw stores: every object is read, and what is left is left for a reason.
///
/// It holds no list of what the sample should come to. A transcript may stay behind when the plan of its video, made
/// anew, says that the video cannot be migrated; everything else must be proven.
struct DemoProof: Encodable {
    /// A transcript that stays behind.
    struct Left: Encodable {
        let course: CourseKey
        /// The course's state.
        let state: String
        let video: UsageKey
        let name: String
        let language: LanguageCode
        let cause: String
    }

    let event = "demo"
    /// How many transcripts are in the store with the right bytes.
    private(set) var proven = 0
    /// How many a person lets stay behind.
    private(set) var waived = 0
    private(set) var left: [Left] = []
    /// What should not be so.
    private(set) var wrong: [String] = []
    /// How many courses are in which state.
    private(set) var courses: [String: Int] = [:]

    /// Whether everything that can migrate has.
    var holds: Bool { wrong.isEmpty && proven > 0 }

    private enum CodingKeys: String, CodingKey {
        case event, proven, waived, left, wrong, courses
    }

    /// Reads the whole sandbox; writes nothing.
    ///
    /// - Throws: ``Failure`` when a store or the ledger does not answer.
    init(of sandbox: Sandbox) async throws {
        let ledger = try Ledger(path: sandbox.ledger, now: { Date() })
        let platform = try ReadablePlatform(
            Endpoints(source: sandbox.source, store: sandbox.store, catalog: sandbox.catalog))
        let planner = CoursePlanner(platform.readers(format: .keep, lookUp: LookUp()), compares: false)
        let verification = Verification(
            platform.readers(format: .keep, lookUp: LookUp()), isDeep: true,
            written: { try await ledger.stored(under: $0) }, waivers: try await ledger.waivers()
        )
        let rows = try await ledger.snapshot().courses
        for try await listing in platform.source.courses() {
            guard case .course(let summary) = listing else {
                wrong.append("a course of the sample cannot be read")
                continue
            }
            let state = rows.first { $0.key.utf8.elementsEqual(summary.key.text.utf8) }?.state ?? "unknown"
            add(try await planner.plan(summary), try await verification.check(summary.key), state)
        }
        let open = try await ledger.openWork().transactions
        if open > 0 { wrong.append("\(counted(open, "transaction")) open") }
    }

    private mutating func add(_ plan: CoursePlan, _ checks: [TranscriptCheck], _ state: String) {
        courses[state, default: 0] += 1
        var waits = false
        for check in checks {
            if check.verdict == .pass {
                proven += 1
            } else if check.verdict == .waived {
                waived += 1
            } else if let video = plan.videos.first(where: { $0.usageKey == check.video }), let cause = video.obstacle {
                waits = true
                left.append(
                    Left(
                        course: plan.key, state: state, video: check.video, name: video.displayName,
                        language: check.language, cause: cause
                    ))
            } else {
                wrong.append("\(check.video.block) \(check.language) is \(check.verdict.rawValue)")
            }
        }
        let right: [CourseState] = waits ? [.held, .failed] : [.migrated, .empty]
        if !right.contains(where: { $0.rawValue == state }) { wrong.append("\(plan.key) is \(state)") }
    }

    /// In words, for a person.
    var lines: [String] {
        let states = courses.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let transcripts = "\(counted(proven, "transcript")) proven, \(waived) waived"
        var lines = ["every object was read: \(transcripts); courses: \(states)"]
        if !left.isEmpty { lines.append("left behind, as they must be until a person decides:") }
        var course: CourseKey?
        for (place, transcript) in left.enumerated() {
            if transcript.course != course { lines.append("  \(transcript.state): \(transcript.course)") }
            course = transcript.course
            // One line a video: checks of a video stand together.
            if place > 0, left[place - 1].video == transcript.video { continue }
            let languages = left.filter { $0.video == transcript.video }.map(\.language.text).joined(separator: ", ")
            lines.append("    \(transcript.name) (\(languages)): \(transcript.cause)")
        }
        lines += wrong.map { "wrong: \($0)" }
        lines.append(holds ? "everything that can migrate has" : "not everything that can migrate has; see above")
        return lines
    }
}

extension PlannedVideo {
    /// Why no retry can migrate it as a whole; nil when nothing stands in its way.
    fileprivate var obstacle: String? {
        (failure ?? transcripts.compactMap(\.failure).first { !$0.class.isRetryable })?.cause
    }
}
