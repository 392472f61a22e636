// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Synchronization

/// One course, from discovery to cut-over, with its retries.
struct CourseTask: Sendable {
    /// How often a course is listed again at the gate while its authors keep changing it.
    private static let mostListings = 5

    let engine: Engine
    let course: CourseKey

    /// Brings the course as far as it can be brought in this run.
    ///
    /// - Throws: ``LedgerLost``, or `CancellationError` when another course lost the ledger; nothing else.
    func run() async throws {
        var progress = CourseProgress()
        while true {
            if engine.control.isDraining { return try await stop(progress) }
            try await enter(.running, reason: "", progress)
            let began = engine.surroundings.uptime()
            switch try await attempt(&progress) {
            case .stopped: return try await stop(progress)
            case .done(let state, let reason): return try await enter(state, reason: reason, progress)
            case .failing:
                guard progress.mayPass, let failure = progress.failures.first(where: \.class.isRetryable) else {
                    return try await fail(progress)
                }
                guard try await retry(after: failure, of: began, &progress) else { return try await fail(progress) }
            case .failed(let failure):
                let mayPass = RetryPolicy().mayPass(failure, attempts: progress.retries + 1)
                guard mayPass, try await retry(after: failure, of: began, &progress) else {
                    return try await fail(whole: failure, progress)
                }
            }
        }
    }

    // MARK: - One attempt

    private enum Attempt {
        /// The course is at its end: migrated, held or empty.
        case done(CourseState, reason: String)
        /// The run drains.
        case stopped
        /// Videos of the course failed.
        case failing
        /// The course as a whole did.
        case failed(Failure)
    }

    /// Lists the course and migrates whatever is not proven as it is listed, until a listing brings nothing new; then
    /// cuts over.
    ///
    /// The last listing is the gate's: what authors changed while videos moved is migrated before it.
    private func attempt(_ progress: inout CourseProgress) async throws -> Attempt {
        for _ in 1...Self.mostListings {
            let reading: CourseReading
            do {
                reading = try await CourseReading(
                    of: course, from: engine.connections.source, lookUp: engine.options.lookUp
                )
            } catch {
                return .failed(Failure(error, "reading a course", at: "\(course)"))
            }
            let open = reading.videos.filter { !progress.isProven($0) }
            let isNews = progress.list(reading.videos)
            // What failed for good stays failed in the ledger too.
            let tried = open.filter(progress.isWorthTrying)
            if isNews || !tried.isEmpty { try await outline(reading, tried) }
            if reading.videos.isEmpty {
                try await cutover.resolveFailedTasks()
                return .done(.empty, reason: "the course has no videos")
            }
            if open.isEmpty {
                if let attempt = try await cutOver(reading, &progress) { return attempt }
                continue
            }
            try await migrate(tried, &progress)
            if engine.control.isDraining { return .stopped }
            if !progress.failures.isEmpty { return .failing }
        }
        return .failed(
            Failure(
                .transient, "reading a course at the gate", at: "\(course)",
                cause:
                    "somebody kept saving the course: it was listed \(Self.mostListings) times, and was never what had been listed before",
                safe: "what is migrated stays migrated",
                advice: "run this course when its authors rest"
            )
        )
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
    private func migrate(_ videos: [ResolvedVideo], _ progress: inout CourseProgress) async throws {
        let task = VideoTask(
            engine: engine, course: course, waivers: try await engine.journal.waivers(of: course),
            attempt: progress.retries + 1
        )
        let admission = engine.control.admission
        let reports = VideoReports()
        // A group that keeps what its tasks return keeps the tasks, too, until the last of the course's videos is begun.
        try await withThrowingDiscardingTaskGroup { group in
            for video in videos {
                guard await admission.enter() else { break }
                group.addTask {
                    defer { engine.control.leave { engine.journal.note($0) } }
                    do {
                        let began = engine.surroundings.uptime()
                        let report = try await task.run(video)
                        engine.window?.hear(engine.surroundings.uptime() - began)
                        // Nobody else is sent to be refused, too.
                        if let failure = report.failure, failure.class == .auth { refuse(failure) }
                        reports.add(report)
                    } catch {
                        // The ledger is lost: nobody may begin anything that it would not know of.
                        admission.shut()
                        throw error
                    }
                }
            }
        }
        for video in videos {
            if let report = reports[video.block.usageKey] { progress.take(report, of: video) }
        }
    }

    private func refuse(_ failure: Failure) {
        engine.control.drain(.refused, reason: failure.sentence)
    }

    // MARK: - Cut-over

    private var cutover: Cutover {
        Cutover(
            writer: engine.connections.writer, catalog: engine.connections.catalog, journal: engine.journal,
            course: course,
            surroundings: engine.surroundings
        )
    }

    /// - Returns: nil where the course has to be listed again first.
    private func cutOver(_ reading: CourseReading, _ progress: inout CourseProgress) async throws -> Attempt? {
        switch try await cutover.run(reading, progress.reports) {
        case .done(let remark): return .done(.migrated, reason: remark)
        case .held(let reason): return .done(.held, reason: reason)
        case .failed(let failure): return .failed(failure)
        case .changed: return nil
        case .stale(let blocks, let failure):
            progress.doubt(blocks)
            return .failed(failure)
        }
    }

    // MARK: - Ends

    private func enter(
        _ state: CourseState, reason: String, whole failure: Failure? = nil, _ progress: CourseProgress
    ) async throws {
        try await engine.journal.record(
            .courseState(course, state, reason: reason, retries: progress.retries, failure: failure))
    }

    /// - Parameter failure: what somebody has to settle before the course can go on; nil for nothing.
    private func stop(_ progress: CourseProgress, for failure: Failure? = nil) async throws {
        let reason = engine.control.ending?.reason ?? "the run drains"
        try await enter(
            .queued, reason: "stopped before its end: \(reason); the next run goes on here", whole: failure, progress
        )
    }

    /// Waits before the next attempt, if there may be one.
    ///
    /// An attempt that an outage fell into says nothing of the course: it does not count.
    ///
    /// - Parameter began: when the attempt did.
    private func retry(
        after failure: Failure, of began: Double, _ progress: inout CourseProgress
    ) async throws -> Bool {
        if let place = await engine.outages.place(outSince: began) {
            let reason = "waits for \(place.words), and tries again without counting it as a retry: \(failure.cause)"
            try await enter(.retrying, reason: reason, progress)
            await engine.outages.passed()
            if engine.control.isDraining { return false }
        } else {
            guard progress.retries < RetryPolicy.most, !engine.control.isDraining else { return false }
            progress.retries += 1
            try await enter(
                .retrying, reason: "retry \(progress.retries) of \(RetryPolicy.most): \(failure.cause)", progress
            )
        }
        try await engine.surroundings.sleep(RetryPolicy().delay(jitter: engine.surroundings.jitter()))
        return true
    }

    /// Videos did not make it: the course is held when an operator must decide, else kept as a failed task.
    private func fail(_ progress: CourseProgress) async throws {
        if engine.control.isDraining { return try await stop(progress) }
        let failures = progress.failures
        engine.control.failedForGood(failures.count)
        let videos = failures.count == 1 ? "1 video" : "\(failures.count) videos"
        guard let worst = failures.first(where: { $0.class != .conflict }) else {
            let reason = "waits for the operator: \(videos) in conflict with the catalog; repair the rows or waive them"
            return try await enter(.held, reason: reason, progress)
        }
        try await keepFailedTask(worst)
        try await enter(.failed, reason: "\(videos) failed, first at \(worst.place): \(worst.brief)", progress)
    }

    /// The course as a whole did not make it.
    private func fail(whole failure: Failure, _ progress: CourseProgress) async throws {
        if failure.class == .auth { refuse(failure) }
        // Of a run that ends for another reason the next one tries it anyway.
        if engine.control.isDraining { return try await stop(progress, for: failure.class == .auth ? failure : nil) }
        engine.control.failedForGood(1)
        try await keepFailedTask(failure)
        try await enter(.failed, reason: failure.sentence, whole: failure, progress)
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

/// How the videos of one attempt ended, as they end.
private final class VideoReports: Sendable {
    private let reports = Mutex<[UsageKey: VideoReport]>([:])

    func add(_ report: VideoReport) { reports.withLock { $0[report.block] = report } }
    subscript(block: UsageKey) -> VideoReport? { reports.withLock { $0[block] } }
}
