// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MigrationModel

/// Turns a checkpoint into the state that follows from it and an event that says it happened.
struct CheckpointWriter: Sendable {
    let run: RunID
    let actor: String
    let at: Date

    private var time: Double { at.timeIntervalSince1970 }

    func write(_ checkpoint: Checkpoint, to db: Database) throws {
        switch checkpoint {
        case .runState(let state, let reason):
            try execute(
                db, "UPDATE run SET state = ?, reason = ? WHERE id = ? AND ended IS NULL",
                [state.rawValue, reason, run.number]
            )
            try event(db, "run", to: state.rawValue, detail: reason)
        case .runEnded(let ending, let reason):
            let state: RunState = ending == .completed ? .finished : .aborted
            try execute(
                db,
                """
                UPDATE run SET state = ?, ending = ?, reason = ?, ended = ?, braked_to = NULL, brake_reason = NULL
                WHERE id = ?
                """,
                [state.rawValue, ending.rawValue, reason, time, run.number]
            )
            let exit = try RunExit(of: run, in: db)
            try execute(db, "UPDATE run SET exit = ? WHERE id = ?", [exit.rawValue, run.number])
            try event(db, "run ended", to: ending.rawValue, detail: reason)
        case .concurrency(let videos):
            try execute(db, "UPDATE run SET concurrency = ? WHERE id = ?", [videos, run.number])
        case .braked(let bound, let reason): try brake(bound, reason, db)
        case .reads(let total, let perSecond):
            try execute(
                db, "UPDATE run SET reads = ?, read_rate = ?, reads_at = ? WHERE id = ?",
                [total, perSecond, time, run.number])
        case .unreadable(let name, let failure):
            try execute(db, "UPDATE run SET unreadable = unreadable + 1 WHERE id = ?", [run.number])
            try event(db, "unreadable", class: failure.class, detail: "\(name): \(failure.description)")
        case .courseFound(let summary, let state): try found(summary, state, db)
        case .courseListed(let summary, let videos, let unreachable): try list(summary, videos, unreachable, db)
        case .courseState(let key, let state, let reason, let retries, let failure):
            try enter(key, state, reason, retries, failure, db)
        case .outlined(let key, let videos, let pending, let unreachable):
            try outline(key, videos, pending, unreachable, db)
        case .videoState(let report): try enter(report, db)
        case .intents(let header, let intents): try plan(header, intents, db)
        case .stored(let header, let intent, let seconds): try store(header, intent, seconds, db)
        case .committed(_, let intents):
            for id in intents { try execute(db, "UPDATE intent SET state = 'committed' WHERE id = ?", [id]) }
        case .removed(let header, let intent): try end(intent, of: header, as: "removed", db)
        case .watched(let header, let intent): try end(intent, of: header, as: "watched", db)
        case .rolledBack(let header, let failure, let absence):
            try execute(db, "UPDATE course SET rollbacks = rollbacks + 1 WHERE key = ?", [header.course.text])
            try event(
                db, "rolled back", course: header.course, block: header.block,
                to: absence.watched == 0 ? nil : EventRow.watched, class: failure.class,
                detail: absence.watched == 0 ? failure.brief : Self.words(absence)
            )
        case .checked(let key, let result, let contentstore, let store):
            try execute(db, "UPDATE course SET verdict = ? WHERE key = ?", [result.rawValue, key.text])
            try event(
                db, "checked", course: key, to: result.rawValue,
                detail: "contentstore \(contentstore), object store \(store)"
            )
        case .writeBackIntent(let plan):
            try execute(
                db, "INSERT INTO write_back (id, course, run, at, state, plan) VALUES (?, ?, ?, ?, 'open', ?)",
                [plan.id.uuidString, plan.course.text, run.number, time, try WriteBackRow.text(of: plan)])
            try event(db, "write-back intent", course: plan.course, detail: WriteBackRow.words(plan))
        case .wroteBack(let plan):
            try execute(db, "UPDATE write_back SET state = 'done' WHERE id = ?", [plan.id.uuidString])
            try mark(plan, asNew: false, db)
            try event(db, "wrote back", course: plan.course, detail: WriteBackRow.words(plan))
        case .writeBackAbandoned(let plan, let reason):
            try execute(db, "UPDATE write_back SET state = 'abandoned' WHERE id = ?", [plan.id.uuidString])
            try mark(plan, asNew: true, db)
            try event(db, "write-back abandoned", course: plan.course, detail: reason)
        case .writeBackUndoIntent(let plan):
            try event(db, "write-back undo intent", course: plan.course, detail: WriteBackRow.words(plan))
        case .writeBackUndone(let plan):
            try execute(db, "UPDATE write_back SET state = 'undone' WHERE id = ?", [plan.id.uuidString])
            try mark(plan, asNew: true, db)
            try execute(
                db, "UPDATE course SET reason = ? WHERE key = ?",
                [
                    "its new edx_video_ids were taken back: learners do not see these transcripts until its next run writes "
                        + "them again", plan.course.text,
                ])
            try event(db, "write-back undone", course: plan.course, detail: WriteBackRow.words(plan))
        case .flagIntent(let key): try event(db, "flag intent", course: key)
        case .flagOn(let key):
            try execute(db, "UPDATE course SET flag = 1 WHERE key = ? AND NOT flag", [key.text])
            if db.changesCount > 0 { try event(db, "flag on", course: key) }
        case .failedTask(let task):
            try execute(
                db,
                """
                INSERT INTO failed_task (task_id, task_name, course, exception, run, created) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (task_id) WHERE resolved IS NULL DO UPDATE SET exception = excluded.exception, run = excluded.run
                """,
                [task.id.uuidString.lowercased(), task.name, task.course.text, task.exception, run.number, time]
            )
            try event(db, "failed task", course: task.course, detail: task.exception)
        case .failedTasksResolved(let key):
            try execute(
                db, "UPDATE failed_task SET resolved = ? WHERE course = ? AND resolved IS NULL", [time, key.text]
            )
        case .notice(let course, let block, let text):
            try event(db, "notice", course: course, block: block, detail: text)
        }
    }

    /// Whether the course holds the ids of these videos now.
    private func mark(_ plan: WriteBack, asNew isNew: Bool, _ db: Database) throws {
        for block in plan.ids.keys {
            try execute(
                db,
                """
                UPDATE video SET is_new_id = ? WHERE block = ? AND course = (SELECT id FROM course WHERE key = ?)
                """,
                [isNew, block.text, plan.course.text])
        }
    }

    private static func words(_ absence: Absence) -> String {
        (absence.proven == 0 ? "" : "\(counted(absence.proven, "object")) proven absent; ")
            + "\(counted(absence.watched, "object")) may still arrive and \(absence.watched == 1 ? "is" : "are") watched for"
    }

    // MARK: - The run

    /// Events say when it begins and when it ends; in between the bound moves every second.
    private func brake(_ bound: Int?, _ reason: String, _ db: Database) throws {
        let before = try Int.fetchOne(
            db.cachedStatement(sql: "SELECT braked_to FROM run WHERE id = ?"), arguments: [run.number]
        )
        try execute(
            db, "UPDATE run SET braked_to = ?, brake_reason = ? WHERE id = ? AND ended IS NULL",
            [bound, bound == nil ? nil : reason, run.number]
        )
        guard (before == nil) != (bound == nil) else { return }
        try event(db, "brake", from: before.map(String.init), to: bound.map(String.init) ?? "released", detail: reason)
    }

    // MARK: - Courses and videos

    private func found(_ summary: CourseSummary, _ state: CourseState, _ db: Database) throws {
        try execute(
            db,
            """
            INSERT INTO course (key, title, state, run) VALUES (?, ?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET title = excluded.title, state = excluded.state, run = excluded.run,
                reason = '', failure = NULL, retries = 0, rollbacks = 0, verdict = 'pending', started = NULL, ended = NULL
            """,
            [summary.key.text, summary.title, state.rawValue, run.number]
        )
        try event(db, "course", course: summary.key, to: state.rawValue)
    }

    /// Adds what is not known; a course that was run keeps what its run said.
    private func list(
        _ summary: CourseSummary, _ videos: [VideoOutline], _ unreachable: Int, _ db: Database
    ) throws {
        try execute(
            db,
            """
            INSERT INTO course (key, title, state, unreachable, is_listed) VALUES (?, ?, ?, ?, 1)
            ON CONFLICT (key) DO NOTHING
            """,
            [summary.key.text, summary.title, (videos.isEmpty ? CourseState.empty : .pending).rawValue, unreachable]
        )
        for video in videos {
            try execute(
                db,
                """
                INSERT INTO video (course, block, video_id, is_new_id, display_name, state)
                VALUES ((SELECT id FROM course WHERE key = ?), ?, ?, ?, ?, 'pending') ON CONFLICT (course, block) DO NOTHING
                """,
                [summary.key.text, video.block.text, video.video.text, video.isNewID, video.displayName]
            )
        }
        try event(db, "listed", course: summary.key, detail: "\(videos.count) videos, \(unreachable) not reachable")
    }

    private func enter(
        _ key: CourseKey, _ state: CourseState, _ reason: String, _ retries: Int, _ failure: Failure?, _ db: Database
    ) throws {
        let before = try String.fetchOne(
            db.cachedStatement(sql: "SELECT state FROM course WHERE key = ?"), arguments: [key.text]
        )
        try execute(
            db,
            """
            UPDATE course SET state = ?, reason = ?, failure = ?, retries = ?, started = ifnull(started, ?), ended = ?
            WHERE key = ?
            """,
            [
                state.rawValue, reason, try Self.kept(failure), retries, time,
                state == .running || state == .retrying ? nil : time, key.text,
            ]
        )
        try event(
            db, "course", course: key, from: before, to: state.rawValue, class: failure?.class, attempt: retries + 1,
            detail: reason)
    }

    private func outline(
        _ key: CourseKey, _ videos: [VideoOutline], _ pending: Set<UsageKey>, _ unreachable: Int, _ db: Database
    ) throws {
        let course = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM course WHERE key = ?"), arguments: [key.text]
        )
        let listed = Set(videos.map(\.block))
        let known = try String.fetchAll(
            db.cachedStatement(sql: "SELECT block FROM video WHERE course = ?"), arguments: [course]
        )
        for block in known where !listed.contains(UsageKey(unchecked: block)) {
            try execute(db, "DELETE FROM video WHERE course = ? AND block = ?", [course, block])
        }
        for video in videos where pending.contains(video.block) {
            try execute(
                db,
                """
                INSERT INTO video (course, block, video_id, is_new_id, display_name, state) VALUES (?, ?, ?, ?, ?, 'pending')
                ON CONFLICT (course, block) DO UPDATE SET video_id = excluded.video_id, is_new_id = excluded.is_new_id,
                    display_name = excluded.display_name, failure = NULL,
                    state = CASE state WHEN 'verified' THEN 'verified' ELSE 'pending' END
                """,
                [course, video.block.text, video.video.text, video.isNewID, video.displayName]
            )
        }
        try execute(db, "UPDATE course SET unreachable = ?, is_listed = 1 WHERE id = ?", [unreachable, course])
        try event(
            db, "listed", course: key,
            detail: "\(videos.count) videos, \(pending.count) to look at, \(unreachable) not reachable"
        )
    }

    private func enter(_ report: VideoReport, _ db: Database) throws {
        // A video that was verified counts as that until it is found to be something else.
        if report.state == .migrating {
            return try execute(
                db,
                """
                UPDATE video SET state = 'migrating', attempt = ?
                WHERE course = (SELECT id FROM course WHERE key = ?) AND block = ? AND state <> 'verified'
                """,
                [report.attempt, report.course.text, report.block.text]
            )
        }
        let counts = report.counts
        try execute(
            db,
            """
            UPDATE video SET state = ?, failure = ?, attempt = ?, seconds = ?, contentstore = ?, store = ?, migrated = ?,
                present = ?, dangling = ?, corrupt = ?, conflict = ?, waived = ?, reading = ?, storing = ?, checking = ?
            WHERE course = (SELECT id FROM course WHERE key = ?) AND block = ?
            """,
            [
                report.state.rawValue, try Self.kept(report.failure), report.attempt, report.seconds,
                counts.contentstore, counts.store,
                counts.migrated, counts.present, counts.dangling, counts.corrupt, counts.conflict, counts.waived,
                report.steps.reading, report.steps.storing, report.steps.checking, report.course.text,
                report.block.text,
            ]
        )
        try event(
            db, "video", course: report.course, block: report.block, to: report.state.rawValue,
            class: report.failure?.class, attempt: report.attempt, seconds: report.seconds,
            detail: report.failure?.brief
        )
    }

    private static func kept(_ failure: Failure?) throws -> String? {
        try failure.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    }

    // MARK: - Transactions

    private func plan(_ header: TransactionHeader, _ intents: [Intent], _ db: Database) throws {
        try execute(
            db, "INSERT INTO video_transaction (id, run, course, block, video_id) VALUES (?, ?, ?, ?, ?)",
            [header.id, header.run.number, header.course.text, header.block.text, header.video.text]
        )
        let number = db.lastInsertedRowID
        for intent in intents {
            try execute(
                db,
                """
                INSERT INTO intent (id, owner, language, object, size, sha256, format, state, written)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?)
                """,
                [
                    intent.id, number, intent.language.text, intent.object.text, intent.size,
                    intent.checksum.hexadecimal, intent.format.rawValue, time,
                ]
            )
        }
    }

    private func store(_ header: TransactionHeader, _ intent: Intent, _ seconds: Double, _ db: Database) throws {
        try execute(db, "UPDATE intent SET state = 'stored' WHERE id = ? AND state = 'open'", [intent.id])
        try event(
            db, "stored", course: header.course, block: header.block, language: intent.language, object: intent.object,
            seconds: seconds, bytes: intent.size, checksum: intent.checksum
        )
    }

    private func end(_ intent: Intent, of header: TransactionHeader, as state: String, _ db: Database) throws {
        try execute(
            db,
            """
            UPDATE intent SET state = ?1, written = iif(?1 = 'watched' AND state <> 'watched', ?2, written)
            WHERE id = ?3 AND state <> 'committed'
            """,
            [state, time, intent.id]
        )
        try event(
            db, state, course: header.course, block: header.block, language: intent.language, object: intent.object
        )
    }

    // MARK: - Statements

    private func execute(_ db: Database, _ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws {
        let statement = try db.cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(arguments))
        try statement.execute()
    }

    private func event(
        _ db: Database, _ kind: String, course: CourseKey? = nil, block: UsageKey? = nil, language: LanguageCode? = nil,
        object: ObjectKey? = nil, from: String? = nil, to: String? = nil, class: Failure.Class? = nil,
        attempt: Int? = nil, seconds: Double? = nil, bytes: Int? = nil, checksum: Checksum? = nil, detail: String? = nil
    ) throws {
        try execute(
            db,
            """
            INSERT INTO event (at, run, actor, kind, course, block, language, object, from_state, to_state, class,
                attempt, seconds, bytes, sha256, detail)
            VALUES (?, ?, ?, ?, (SELECT id FROM course WHERE key = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                time, run.number, actor, kind, course?.text, block?.text, language?.text, object?.text, from, to,
                `class`?.rawValue, attempt, seconds, bytes, checksum?.hexadecimal,
                detail?.isEmpty == true ? nil : detail,
            ]
        )
    }
}
