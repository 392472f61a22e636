// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// The gate and what comes after it: law 7, cut-over is last and proven.
struct Cutover: Sendable {
    enum Outcome: Sendable {
        /// With what somebody should know of it; empty for nothing.
        case done(String)
        /// It waits for the operator.
        case held(String)
        case failed(Failure)
        /// The catalog has lost rows of these videos since they were checked.
        case stale(Set<UsageKey>, Failure)
        /// Somebody has saved the course since it was listed.
        case changed
    }

    let writer: (any CourseWriter)?
    let catalog: any VideoCatalog
    let journal: Journal
    let course: CourseKey
    let surroundings: Surroundings

    /// Counts every video anew, writes new ids back, then switches the course's flag, once, and looks whether it still holds
    /// the ids then.
    ///
    /// - Parameters:
    ///   - reading: the gate's listing; every video of it is verified or waived.
    ///   - reports: the last report of each of them.
    /// - Throws: ``LedgerLost`` alone.
    func run(_ reading: CourseReading, _ reports: [UsageKey: VideoReport]) async throws -> Outcome {
        do {
            let missing = try await count(reading, reports)
            guard missing.isEmpty else {
                return .stale(
                    missing,
                    Failure(
                        .transient, "checking a course at the gate", at: "\(course)",
                        cause:
                            "\(missing.count) of its videos have fewer rows in the catalog than when they were checked",
                        safe: "the flag is off", advice: "they are looked at again at the next attempt"
                    )
                )
            }
            if try await journal.isHeld(course) {
                return .held("an operator holds back its cut-over; release it to go on")
            }
            let writing = WritingBack(writer: writer, journal: journal, course: course, surroundings: surroundings)
            let remarks: [String?]
            switch try await writing.run(reading, reports) {
            case .done(let written):
                remarks = [try await switchFlag()]
                if let written, try await !writing.isLasting(written) { return .changed }
            case .left(let remark): remarks = [try await switchFlag(), remark]
            case .changed: return .changed
            }
            try await resolveFailedTasks()
            return .done(remarks.compactMap(\.self).joined(separator: "; "))
        } catch let lost as LedgerLost {
            throw lost
        } catch {
            return .failed(Failure(error, "cutting over", at: "\(course)"))
        }
    }

    /// The consistency check of the course: contentstore count <= store count for each video, on rows read now.
    ///
    /// - Returns: the videos that have too few.
    private func count(_ reading: CourseReading, _ reports: [UsageKey: VideoReport]) async throws -> Set<UsageKey> {
        let verified = reading.videos.filter { reports[$0.block.usageKey]?.state == .verified }
        let waivers = try await journal.waivers(of: course)
        let rows = verified.isEmpty ? [:] : try await catalog.rows(of: Set(verified.map(\.video)))
        var (contentstore, store) = (0, 0)
        var missing: Set<UsageKey> = []
        for video in verified {
            let block = video.block.usageKey
            let waived = Set(waivers.filter { $0.block == block }.compactMap(\.language))
            let wanted = video.languages.filter { $0.isFound && !waived.contains($0.language) }.map(\.language)
            let there = Set((rows[video.video] ?? []).filter { $0.object != nil }.map(\.language))
            contentstore += wanted.count
            store += there.count
            if !wanted.allSatisfy(there.contains) { missing.insert(block) }
        }
        let result: CheckResult = missing.isEmpty ? .pass : .fail
        try await journal.record(.checked(course, result, contentstore: contentstore, store: store))
        return missing
    }

    /// - Returns: what somebody has to do besides; nil for nothing.
    private func switchFlag() async throws -> String? {
        let flag = try await catalog.flag(of: course)
        guard flag.isAvailable else {
            let text = "the platform has no feature flag tables; rows and edx_video_ids are the switch there"
            try await journal.record(.notice(course: course, block: nil, text: text))
            return nil
        }
        if flag.isOn {
            try await journal.record(.flagOn(course))
            guard flag.platform == .off else { return nil }
            try await journal.record(.notice(course: course, block: nil, text: Self.without))
            return Self.without
        }
        try await journal.record(.flagIntent(course))
        do {
            try await catalog.switchOn(course)
        } catch let failure as Failure where failure.class == .ambiguous {
            // In doubt, read: below.
        }
        let now = try await catalog.flag(of: course)
        guard now.isOn else {
            throw Failure(
                .transient, "switching the feature flag", at: "\(course)", cause: "it reads back as off",
                safe: "all its transcripts are migrated; only the flag is missing",
                advice: "it is switched at the next attempt"
            )
        }
        let text = Self.effect(now.platform, surroundings.clock(at: surroundings.uptime() + FlagState.cached))
        try await journal.record([.flagOn(course), .notice(course: course, block: nil, text: text)])
        return now.platform == .off ? Self.without : nil
    }

    /// What the course's flag does now, and when.
    ///
    /// - Parameter moment: when no process of the platform goes by what it read before any more.
    private static func effect(_ platform: FlagState.Platform, _ moment: String) -> String {
        switch platform {
        case .byCourse:
            "the flag is on; processes of the platform that read it before go by that until \(moment) at the latest"
        case .allCourses: "the flag is on; the platform's own flag had it on for all courses already"
        case .off: without
        }
    }

    private static let without =
        "the flag is on, but the platform's own (VideoTranscriptEnabledFlag) is off, and with it every course's: "
        + "a release that goes by it needs it switched on in Django's admin"

    /// Stamps what is left of earlier failures. What stands in its way does not undo a migration: it is a notice.
    func resolveFailedTasks() async throws {
        do {
            try await catalog.resolveFailedTasks(of: course)
            try await journal.record(.failedTasksResolved(course))
        } catch let lost as LedgerLost {
            throw lost
        } catch {
            let text = "failed tasks could not be stamped resolved in the platform's database: \(error)"
            try await journal.record(.notice(course: course, block: nil, text: text))
        }
    }
}
