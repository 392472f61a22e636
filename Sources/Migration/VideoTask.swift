// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization

/// One attempt at one video, from reading to proof.
struct VideoTask: Sendable {
    let engine: Engine
    let course: CourseKey
    let waivers: [Waiver]
    /// From 1.
    let attempt: Int

    /// Brings one video to `verified` or `waived`, or says why not.
    ///
    /// - Throws: ``LedgerLost`` alone.
    func run(_ video: ResolvedVideo) async throws -> VideoReport {
        let started = engine.surroundings.uptime()
        let block = video.block.usageKey
        var steps = StepTimes()
        func report(_ state: VideoState, _ counts: TranscriptCounts, _ failure: Failure? = nil) -> VideoReport {
            VideoReport(
                course: course, block: block, state: state, failure: failure, counts: counts, attempt: attempt,
                seconds: engine.surroundings.uptime() - started, steps: steps
            )
        }
        engine.journal.note(.videoState(report(.migrating, TranscriptCounts())))
        var counts = TranscriptCounts()
        var outcome: VideoReport
        do {
            counts = try await engine.locks.holding(video.video) { try await migrate(video, &counts, &steps) }
            outcome = report(.verified, counts)
        } catch let lost as LedgerLost {
            throw lost
        } catch let unproven as RollbackUnproven {
            engine.unsettled.insert(block)
            outcome = report(.failed, counts, unproven.failure)
        } catch let undone as RolledBack {
            outcome = report(.rolledBack, counts, undone.cause)
        } catch {
            outcome = report(.failed, counts, Failure(error, "migrating a video", at: "\(block)"))
        }
        if let failure = outcome.failure, mayStayBehind(block, failure), !engine.unsettled.contains(block) {
            counts.waived += counts.contentstore - counts.store
            counts.contentstore = counts.store
            outcome = report(.waived, counts, failure)
        }
        try await engine.journal.record(.videoState(outcome))
        return outcome
    }

    private func mayStayBehind(_ block: UsageKey, _ failure: Failure) -> Bool {
        failure.class.mayStayBehind && waivers.contains { $0.block == block && $0.language == nil }
    }

    /// - Parameters:
    ///   - counts: set as soon as they are known, for the report of a failure.
    ///   - steps: as are the times.
    /// - Returns: the counts that prove the video.
    private func migrate(
        _ video: ResolvedVideo, _ counts: inout TranscriptCounts, _ steps: inout StepTimes
    ) async throws -> TranscriptCounts {
        var watch = StopWatch(engine.surroundings.uptime)
        defer { steps = watch.times }
        try await settleWhatIsOpen(video)
        let ordinal = engine.control.nextVideo()
        let plan = try await engine.planner.plan(
            video, in: course,
            rows: try await engine.connections.catalog.rows(of: [video.video])[video.video] ?? [],
            reading: .missing,
            readsTwice: ordinal < engine.options.readTwiceFirst || ordinal % 100 == 0
        )
        let rows = Set(plan.transcripts.compactMap { $0.row?.object })
        counts = plan.counts(ours: Set(try await engine.journal.committed(among: rows, for: course).keys))
        let waived = waivedLanguages(of: plan)
        let obstacles = plan.transcripts.filter { !waived.contains($0.language) }.compactMap(\.failure)
        // A transcript that cannot be stored fails its whole video. A conflict is about a row that is there, so
        // nothing of it is missing: the others go on, and the video is not verified.
        if let failure = plan.failure ?? obstacles.first(where: { $0.class != .conflict }) { throw failure }
        var written: [Intent] = []
        let missing = plan.toMigrate
        if !missing.isEmpty {
            watch.beginStoring()
            let transaction = transaction(for: missing, of: video)
            let receipt = try await transaction.run()
            written = transaction.intents.filter { receipt.inserted.contains($0.language) }
            counts.store += written.count
            counts.migrated += written.count
        }
        if let conflict = obstacles.first {
            try await refuseRowsInChange(plan.transcripts.filter { !waived.contains($0.language) })
            throw conflict
        }
        watch.beginChecking()
        return try await engine.check.prove(plan, of: course, written: written, waived: waived)
    }

    /// An author who deletes a transcript takes its object away first and its row last: in between it looks like a conflict.
    /// Open edX: section 5.2.
    ///
    /// - Throws: ``Failure``, of class `transient`, when a row in conflict is another one a moment later, or gone.
    private func refuseRowsInChange(_ transcripts: [TranscriptPlan]) async throws {
        let before = transcripts.filter { $0.action == .conflict }.compactMap(\.row)
        guard let video = before.first?.video else { return }
        try await engine.surroundings.sleep(.seconds(1))
        let now = Set(try await engine.connections.catalog.rows(of: [video])[video] ?? [])
        guard let changed = before.first(where: { !now.contains($0) }) else { return }
        throw Failure(
            .transient, "migrating a video", at: "\(video) \(changed.language)",
            cause: "somebody was changing its row in the catalog just then",
            advice: "it is looked at again at the next attempt")
    }

    /// Nothing new is begun for a video while an earlier transaction of it is open.
    private func settleWhatIsOpen(_ video: ResolvedVideo) async throws {
        let block = video.block.usageKey
        guard engine.unsettled.contains(block) else { return }
        if let failure = try await engine.recovery.settleAll(of: block).open.first { throw failure }
        engine.unsettled.remove(block)
    }

    /// The corrupt and conflicting transcripts that a named operator lets stay behind.
    private func waivedLanguages(of plan: VideoPlan) -> Set<LanguageCode> {
        let names = Set(waivers.filter { $0.block == plan.resolved.block.usageKey }.compactMap(\.language))
        return Set(plan.transcripts.filter { $0.failure != nil && names.contains($0.language) }.map(\.language))
    }

    private func transaction(for missing: [TranscriptPlan], of video: ResolvedVideo) -> VideoTransaction {
        let began = engine.surroundings.now()
        let header = TransactionHeader(
            id: engine.surroundings.newID().ordered(at: began), run: engine.run, course: course,
            block: video.block.usageKey, video: video.video
        )
        var (intents, objects): ([Intent], [NewObject]) = ([], [])
        for plan in missing {
            guard let transcript = plan.transcript else { preconditionFailure("a transcript to migrate has bytes") }
            let name = "\(engine.surroundings.newID().hexadecimal).\(transcript.format.rawValue)"
            let intent = Intent(
                id: engine.surroundings.newID().ordered(at: began), language: plan.language,
                object: ObjectKey(unchecked: engine.options.prefix + name),
                size: transcript.bytes.count, checksum: Checksum(of: transcript.bytes), format: transcript.format
            )
            intents.append(intent)
            objects.append(
                NewObject(
                    key: intent.object, bytes: transcript.bytes, checksum: intent.checksum,
                    contentType: transcript.format.contentType,
                    provenance: Provenance(run: engine.run, intent: intent.id)
                )
            )
        }
        return VideoTransaction(
            store: engine.connections.store, catalog: engine.connections.catalog, journal: engine.journal,
            rollback: engine.rollback, uptime: engine.surroundings.uptime,
            header: header, objects: objects, intents: intents
        )
    }
}

/// Tells how long a video is in each step.
private struct StopWatch {
    private let uptime: @Sendable () -> Double
    private let began: Double
    private var stored: Double?
    private var checked: Double?

    init(_ uptime: @escaping @Sendable () -> Double) {
        self.uptime = uptime
        began = uptime()
    }

    mutating func beginStoring() { stored = uptime() }
    mutating func beginChecking() { checked = uptime() }

    /// The times until now.
    var times: StepTimes {
        let now = uptime()
        var times = StepTimes()
        times.reading = (stored ?? checked ?? now) - began
        if let stored { times.storing = (checked ?? now) - stored }
        if let checked { times.checking = now - checked }
        return times
    }
}

/// Videos whose earlier transaction is still open.
final class UnsettledVideos: Sendable {
    private let blocks = Mutex<Set<UsageKey>>([])

    func insert(_ block: UsageKey) { blocks.withLock { _ = $0.insert(block) } }
    func remove(_ block: UsageKey) { blocks.withLock { _ = $0.remove(block) } }
    func contains(_ block: UsageKey) -> Bool { blocks.withLock { $0.contains(block) } }
}
