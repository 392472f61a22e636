// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// The ids that were derived for videos without one, written into their course: before the flag, since learners find rows
/// by the id that the course holds.
struct WritingBack: Sendable {
    enum Outcome: Sendable {
        /// With what was written; nil where nothing had to be.
        case done(WriteBack?)
        /// Nothing may be written; with what somebody should know of it.
        case left(String)
        /// Somebody has saved the course since it was listed: it has to be listed again.
        case changed
    }

    let writer: (any CourseWriter)?
    let journal: Journal
    let course: CourseKey
    let surroundings: Surroundings

    /// - Parameters:
    ///   - reading: the gate's listing.
    ///   - reports: the last report of each of its videos.
    /// - Throws: ``LedgerLost``, and ``Failure`` from the source.
    func run(_ reading: CourseReading, _ reports: [UsageKey: VideoReport]) async throws -> Outcome {
        // What it wrote is another version than the one that was listed.
        if try await settleLast() { return .changed }
        var ids: [UsageKey: VideoID] = [:]
        // An id that one head holds is an author's: to publish it, or to bring it back, is for the author.
        for video in reading.videos where video.isNewID {
            // What nothing was stored for has nothing to be found by.
            if (reports[video.block.usageKey]?.counts.store ?? 0) > 0 { ids[video.block.usageKey] = video.video }
        }
        guard !ids.isEmpty else { return .done(nil) }
        guard let writer else { return .left(try await tell(ids.count)) }
        let planned = try await writer.plan(ids, in: course, at: reading.version, as: surroundings.newID())
        guard let planned else { return .changed }
        try await journal.record(.writeBackIntent(planned))
        guard try await apply(planned, writer) else {
            try await journal.record(.writeBackAbandoned(planned, reason: "somebody saved the course in this moment"))
            return .changed
        }
        guard try await writer.holds(planned) else {
            throw Failure(
                .transient, "writing back edx_video_ids", at: "\(course)", cause: "the course reads back without them",
                safe: "all its transcripts are migrated, and its flag is off", advice: "it is tried at the next attempt"
            )
        }
        try await journal.record(.wroteBack(planned))
        return .done(planned)
    }

    /// Looks once more, after the flag: a save of the platform's that had begun before may have ended over it since.
    ///
    /// - Returns: whether the course still holds its ids; else they are to be written again.
    func isLasting(_ written: WriteBack) async throws -> Bool {
        guard let writer, try await !writer.holds(written) else { return true }
        let text =
            "somebody has saved the course over its new edx_video_ids since they were written: its transcripts "
            + "are in the catalog, and learners do not see those of these videos until the ids are written again"
        try await journal.record([
            .writeBackAbandoned(written, reason: "somebody has saved the course over it"),
            .notice(course: course, block: nil, text: text),
        ])
        return false
    }

    private func apply(_ planned: WriteBack, _ writer: any CourseWriter) async throws -> Bool {
        do {
            return try await writer.apply(planned)
        } catch let failure as Failure where failure.class == .ambiguous {
            // In doubt, read: it looks how far it had come, and goes on there.
            return try await writer.apply(planned)
        }
    }

    /// One that an engine died in, or that nothing was heard of: it goes on where it was, unless somebody has saved the course
    /// since.
    ///
    /// - Returns: whether there was one.
    private func settleLast() async throws -> Bool {
        guard let writer, let open = try await journal.openWriteBack(of: course) else { return false }
        let isDone = try await apply(open, writer)
        let holds = isDone ? try await writer.holds(open) : false
        try await journal.record(
            holds ? .wroteBack(open) : .writeBackAbandoned(open, reason: "somebody had saved the course before its end")
        )
        return true
    }

    private func tell(_ count: Int) async throws -> String {
        let text =
            (count == 1 ? "1 video has a new edx_video_id" : "\(count) videos have new edx_video_ids")
            + " that the course does not hold yet: learners do not see their transcripts until it does; mallow report "
            + "lists them"
        try await journal.record(.notice(course: course, block: nil, text: text))
        return text
    }
}
