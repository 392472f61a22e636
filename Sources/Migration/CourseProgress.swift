// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// What is known of a course's videos so far, over all attempts of a run.
struct CourseProgress: Sendable {
    private struct Failed: Sendable {
        let video: ResolvedVideo
        let failure: Failure
        let attempts: Int
    }

    /// How often the course was retried.
    var retries = 0
    /// The last report of each video that is listed.
    private(set) var reports: [UsageKey: VideoReport] = [:]
    /// Videos that were verified or waived, as they were listed then.
    private var proven: [UsageKey: ResolvedVideo] = [:]
    private var failed: [UsageKey: Failed] = [:]
    private var listed: Set<UsageKey>?

    /// Takes a new listing: videos that are gone are forgotten.
    ///
    /// - Returns: whether the listing names other videos than the one before.
    mutating func list(_ videos: [ResolvedVideo]) -> Bool {
        let names = Set(videos.map(\.block.usageKey))
        defer { listed = names }
        reports = reports.filter { names.contains($0.key) }
        failed = failed.filter { names.contains($0.key) }
        return names != listed
    }

    /// Whether a video was verified or waived just as it is listed now.
    func isProven(_ video: ResolvedVideo) -> Bool { proven[video.block.usageKey] == video }

    /// Whether running a video that is not proven can help: it changed, or what stopped it may pass.
    func isWorthTrying(_ video: ResolvedVideo) -> Bool {
        guard let failed = failed[video.block.usageKey], failed.video == video else { return true }
        return RetryPolicy().mayPass(failed.failure, attempts: failed.attempts)
    }

    /// Takes what one attempt at a video came to.
    mutating func take(_ report: VideoReport, of video: ResolvedVideo) {
        let block = report.block
        let attempts = (failed[block]?.video == video ? failed[block]?.attempts ?? 0 : 0) + 1
        reports[block] = report
        proven[block] = nil
        failed[block] = nil
        if report.state == .verified || report.state == .waived {
            proven[block] = video
        } else if let failure = report.failure {
            failed[block] = Failed(video: video, failure: failure, attempts: attempts)
        }
    }

    /// What proved these videos no longer holds.
    mutating func doubt(_ blocks: Set<UsageKey>) {
        for block in blocks { proven[block] = nil }
    }

    /// Why the videos that are not proven are not, in order of their keys.
    var failures: [Failure] { failed.sorted { $0.key < $1.key }.map(\.value.failure) }

    /// Whether another attempt can help any of them.
    var mayPass: Bool {
        failed.values.contains { RetryPolicy().mayPass($0.failure, attempts: $0.attempts) }
    }
}
