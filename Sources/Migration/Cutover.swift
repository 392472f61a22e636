// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// The gate and what comes after it: law 7, cut-over is last and proven.
struct Cutover: Sendable {
    enum Outcome: Sendable {
        case done
        /// It waits for the operator.
        case held(String)
        case failed(Failure)
    }

    let catalog: any VideoCatalog
    let journal: Journal
    let course: CourseKey

    /// Checks the counts of every video, then switches the course's flag, once.
    ///
    /// - Parameter reports: the last report of each video that the gate's listing names.
    /// - Throws: ``LedgerLost`` alone.
    func run(_ reports: [VideoReport]) async throws -> Outcome {
        precondition(
            reports.allSatisfy { $0.state == .verified || $0.state == .waived }, "the gate comes after the videos")
        let proven = reports.filter { $0.state == .verified }
        let contentstore = proven.reduce(0) { $0 + $1.counts.contentstore }
        let store = proven.reduce(0) { $0 + $1.counts.store }
        let result: CheckResult = proven.allSatisfy { $0.counts.contentstore <= $0.counts.store } ? .pass : .fail
        try await journal.record(.checked(course, result, contentstore: contentstore, store: store))
        guard result == .pass else {
            return .held("the contentstore has \(contentstore) transcripts, the object store \(store)")
        }
        if try await journal.isHeld(course) { return .held("an operator holds back its cut-over; release it to go on") }
        do {
            try await switchFlag()
            try await resolveFailedTasks()
            return .done
        } catch let lost as LedgerLost {
            throw lost
        } catch {
            return .failed(Failure(error, "cutting over", at: "\(course)"))
        }
    }

    private func switchFlag() async throws {
        let flag = try await catalog.flag(of: course)
        guard flag.isAvailable else {
            let text = "the platform has no feature flag tables; rows and edx_video_ids are the switch there"
            return try await journal.record(.notice(course: course, block: nil, text: text))
        }
        if flag.isOn { return try await journal.record(.flagOn(course)) }
        try await journal.record(.flagIntent(course))
        do {
            try await catalog.switchOn(course)
        } catch let failure as Failure where failure.class == .ambiguous {
            // In doubt, read: below.
        }
        guard try await catalog.flag(of: course).isOn else {
            throw Failure(
                .transient, "switching the feature flag", at: "\(course)", cause: "it reads back as off",
                safe: "all its transcripts are migrated; only the flag is missing",
                advice: "it is switched at the next attempt"
            )
        }
        try await journal.record(.flagOn(course))
    }

    private func resolveFailedTasks() async throws {
        try await catalog.resolveFailedTasks(of: course)
        try await journal.record(.failedTasksResolved(course))
    }
}
