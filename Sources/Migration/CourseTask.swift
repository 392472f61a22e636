// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// One course, from discovery to cut-over, with its retries.
struct CourseTask: Sendable {
    /// How often a course is listed again at the gate while its authors keep changing it.
    private static let mostListings = 5

    let engine: Engine
    let course: CourseKey

    /// Brings the course as far as it can be brought in this run.
    ///
    /// - Throws: ``LedgerLost`` alone.
    func run() async throws {
        var progress = Progress()
        while true {
            if engine.control.isDraining { return try await stop(progress) }
            try await enter(.running, reason: "", progress)
            switch try await attempt(&progress) {
            case .empty:
                return try await enter(.empty, reason: "the course has no videos", progress)
            case .stopped:
                return try await stop(progress)
            case .proven:
                switch try await cutOver(progress) {
                case .done: return try await enter(.migrated, reason: "", progress)
                case .held(let reason): return try await enter(.held, reason: reason, progress)
                case .failed(let failure):
                    guard try await mayRetry([failure], &progress) else {
                        return try await fail(whole: failure, progress)
                    }
                }
            case .unreadable(let failure):
                guard try await mayRetry([failure], &progress) else { return try await fail(whole: failure, progress) }
            case .failing(let failures):
                guard try await mayRetry(failures, &progress) else { return try await fail(failures, progress) }
            }
        }
    }

    // MARK: - One attempt

    /// What is known of the course so far, over all attempts.
    struct Progress: Sendable {
        var retries = 0
        /// Videos that were verified or waived, as they were listed then.
        var settled: [UsageKey: ResolvedVideo] = [:]
        var reports: [UsageKey: VideoReport] = [:]
    }

    private enum Attempt {
        case proven, empty, stopped
        /// Videos of the course failed.
        case failing([Failure])
        /// The course as a whole did.
        case unreadable(Failure)
    }

    /// Lists the course and migrates whatever is not settled as it is listed, until a listing brings nothing new.
    ///
    /// The last listing is the gate's: what authors changed while videos moved is migrated before it.
    private func attempt(_ progress: inout Progress) async throws -> Attempt {
        for _ in 1...Self.mostListings {
            let reading: CourseReading
            do {
                reading = try await CourseReading(
                    of: course, from: engine.connections.source, lookUp: engine.options.lookUp)
            } catch {
                return .unreadable(Failure(error, "reading a course", at: "\(course)"))
            }
            if reading.videos.isEmpty { return .empty }
            let unsettled = reading.videos.filter { progress.settled[$0.block.usageKey] != $0 }
            let listed = Set(reading.videos.map(\.block.usageKey))
            progress.reports = progress.reports.filter { listed.contains($0.key) }
            if unsettled.isEmpty { return .proven }
            try await outline(reading, unsettled)
            let failures = try await migrate(unsettled, &progress)
            if engine.control.isDraining { return .stopped }
            if !failures.isEmpty { return .failing(failures) }
        }
        let restless = Failure(
            .transient, "reading a course at the gate", at: "\(course)",
            cause: "it was different each of \(Self.mostListings) times", safe: "what is migrated stays migrated",
            advice: "run this course when its authors rest"
        )
        return .unreadable(restless)
    }

    private func outline(_ reading: CourseReading, _ videos: [ResolvedVideo]) async throws {
        var checkpoints: [Checkpoint] = [
            .outlined(
                course, videos: reading.videos.map(\.outline), pending: Set(videos.map(\.block.usageKey)),
                unreachable: reading.unreachable
            )
        ]
        checkpoints += reading.notes.map { .notice(course: course, block: nil, text: $0) }
        checkpoints += videos.flatMap { video in
            video.notes.map { .notice(course: course, block: video.block.usageKey, text: $0) }
        }
        try await engine.journal.record(checkpoints)
    }

    /// Runs videos in parallel, as many as the gate admits.
    ///
    /// - Returns: why those that failed did.
    private func migrate(_ videos: [ResolvedVideo], _ progress: inout Progress) async throws -> [Failure] {
        let task = VideoTask(
            engine: engine, course: course, waivers: try await engine.journal.waivers(of: course),
            attempt: progress.retries + 1
        )
        let admission = engine.control.admission
        let reports = try await withThrowingTaskGroup(of: VideoReport.self) { group in
            for video in videos {
                guard await admission.enter() else { break }
                group.addTask {
                    defer { admission.leave() }
                    return try await task.run(video)
                }
            }
            return try await group.reduce(into: [UsageKey: VideoReport]()) { $0[$1.block] = $1 }
        }
        progress.reports.merge(reports) { $1 }
        for video in videos {
            guard let report = reports[video.block.usageKey] else { continue }
            let isSettled = report.state == .verified || report.state == .waived
            progress.settled[video.block.usageKey] = isSettled ? video : nil
        }
        let failures = reports.values.filter { $0.state != .verified && $0.state != .waived }.sorted {
            $0.block < $1.block
        }
        if let refused = failures.compactMap(\.failure).first(where: { $0.class == .auth }) {
            engine.control.drain(.refused, reason: refused.description)
        }
        return failures.compactMap(\.failure)
    }

    // MARK: - Cut-over

    private func cutOver(_ progress: Progress) async throws -> Cutover.Outcome {
        let cutover = Cutover(catalog: engine.connections.catalog, journal: engine.journal, course: course)
        return try await cutover.run(Array(progress.reports.values))
    }

    // MARK: - Ends

    private func enter(_ state: CourseState, reason: String, _ progress: Progress) async throws {
        try await engine.journal.record(.courseState(course, state, reason: reason, retries: progress.retries))
    }

    private func stop(_ progress: Progress) async throws {
        let reason = engine.control.ending?.reason ?? "the run drains"
        try await enter(.queued, reason: "stopped before its end: \(reason); the next run goes on here", progress)
    }

    /// Waits before the next attempt, if there may be one.
    private func mayRetry(_ failures: [Failure], _ progress: inout Progress) async throws -> Bool {
        let policy = RetryPolicy()
        guard policy.allows(failures, after: progress.retries), !engine.control.isDraining else { return false }
        progress.retries += 1
        let first = failures.first { $0.class.isRetryable } ?? failures[0]
        try await enter(.retrying, reason: "retry \(progress.retries) of \(RetryPolicy.most): \(first.cause)", progress)
        // Cancelled only when the ledger is lost: then nothing may be done any more.
        do { try await engine.surroundings.sleep(policy.delay(jitter: engine.surroundings.jitter())) } catch {
            return false
        }
        return true
    }

    /// The course did not make it: it is held when an operator must decide, else kept as a failed task.
    private func fail(_ failures: [Failure], _ progress: Progress) async throws {
        if engine.control.isDraining { return try await stop(progress) }
        engine.control.failedForGood(failures.count)
        let videos = failures.count == 1 ? "1 video" : "\(failures.count) videos"
        if failures.allSatisfy({ $0.class == .conflict }) {
            let reason = "waits for the operator: \(videos) in conflict with the catalog; repair the rows or waive them"
            return try await enter(.held, reason: reason, progress)
        }
        let worst = failures.first { $0.class != .conflict } ?? failures[0]
        try await keepFailedTask(worst)
        try await enter(.failed, reason: "\(videos) failed, first at \(worst.place): \(worst.brief)", progress)
    }

    private func fail(whole failure: Failure, _ progress: Progress) async throws {
        if engine.control.isDraining { return try await stop(progress) }
        engine.control.failedForGood(1)
        try await keepFailedTask(failure)
        try await enter(.failed, reason: failure.description, progress)
    }

    private func keepFailedTask(_ failure: Failure) async throws {
        let exception = "\(failure.class.rawValue): \(failure.place): \(failure.cause)"
        let task = FailedTask(course: course, exception: exception)
        try await engine.journal.record(.failedTask(task))
        do {
            try await engine.connections.catalog.record(task)
        } catch {
            let text = "the failed task could not be written to the platform's database: \(error)"
            try await engine.journal.record(.notice(course: course, block: nil, text: text))
        }
    }
}
