// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// The inserts that a catalog takes from us, as SQL. Each runs in the transaction that is open.
struct CatalogWriting {
    let session: any CatalogSession
    let shape: CatalogShape
    let now: Date

    /// Inserts what is missing of a video: its own row first, then its transcripts in the order of their languages, so
    /// that whoever else does the same waits and is never waited for.
    ///
    /// What a unique key has already stays as it is and comes back.
    func commit(_ video: VideoCommit) throws -> CommitReceipt {
        let (number, isNew) = try videoRow(video.video)
        var inserted: Set<LanguageCode> = []
        var alreadyThere: [LanguageCode: CatalogRow] = [:]
        for transcript in video.transcripts.sorted(by: { $0.language < $1.language }) {
            // Where the Video row is ours, nobody else sees it yet.
            if !isNew, let row = try row(of: video.video, number, transcript.language) {
                alreadyThere[transcript.language] = row
            } else if try insert(transcript, number) {
                inserted.insert(transcript.language)
            } else if let row = try row(of: video.video, number, transcript.language) {
                alreadyThere[transcript.language] = row
            } else {
                throw vanished("a row for \(transcript.language)", at: video.video.text)
            }
        }
        return CommitReceipt(createdVideo: isNew, inserted: inserted, alreadyThere: alreadyThere)
    }

    /// Adds an enabled row that is the course's newest, even where a clock ran ahead before.
    func switchOn(_ course: CourseKey) throws {
        let time = CatalogValue.text(now.catalogText)
        try session.rows(
            """
            INSERT INTO video_config_coursevideotranscriptenabledflag
                (change_date, enabled, course_id, changed_by_id)
            SELECT \(session.larger)(?, coalesce(max(change_date), ?)), 1, ?, NULL
            FROM video_config_coursevideotranscriptenabledflag WHERE course_id = ?
            """, [time, time, .text(course.text), .text(course.text)])
    }

    /// Open edX: section 1.5.
    func record(_ task: FailedTask) throws {
        let id = CatalogValue.text(task.id.uuidString.lowercased())
        let kept = try session.rows(
            "SELECT 1 FROM celery_utils_failedtask WHERE task_id = ? AND datetime_resolved IS NULL", [id])
        if !kept.isEmpty { return }
        let time = CatalogValue.text(now.catalogText)
        try session.rows(
            """
            INSERT INTO celery_utils_failedtask
                (created, modified, task_name, task_id, args, kwargs, exc, datetime_resolved)
            VALUES (?, ?, ?, ?, ?, '{}', ?, NULL)
            """,
            [
                time, time, .text(Self.shortened(task.name)), id, .text(Self.arguments(task.course)),
                .text(Self.shortened(task.exception.filter { $0 != "," })),
            ])
    }

    func resolveFailedTasks(of course: CourseKey) throws {
        let time = CatalogValue.text(now.catalogText)
        try session.rows(
            """
            UPDATE celery_utils_failedtask SET modified = ?, datetime_resolved = ?
            WHERE task_name = 'mallow.migrate_course' AND args = ? AND datetime_resolved IS NULL
            """, [time, time, .text(Self.arguments(course))])
    }

    private func videoRow(_ video: VideoID) throws -> (number: Int64, isNew: Bool) {
        if let known = try number(of: video) { return (known, false) }
        let (name, value) = shape.hasErrorDescription ? (", error_description", ", NULL") : ("", "")
        let made = try session.insert(
            """
            INSERT INTO edxval_video (created, edx_video_id, client_video_id, duration, status\(name))
            VALUES (?, ?, 'external-video', 0.0, 'external'\(value))
            """, [.text(now.catalogText), .text(video.text)])
        if let made { return (made, true) }
        // Somebody was faster.
        guard let number = try number(of: video) else { throw vanished("its Video row", at: video.text) }
        return (number, false)
    }

    private func number(of video: VideoID) throws -> Int64? {
        try session.rows("SELECT id FROM edxval_video WHERE edx_video_id = ?", [.text(video.text)]).first?[0].integer
    }

    /// The row that the unique key would take for this language, by the column's own way of comparing.
    private func row(of video: VideoID, _ number: Int64, _ language: LanguageCode) throws -> CatalogRow? {
        try session.rows(
            """
            SELECT id, transcript, language_code, provider, file_format FROM edxval_videotranscript
            WHERE video_id = ? AND language_code = ?
            """, [.integer(number), .text(language.text)]
        ).first.map { CatalogRow($0, of: video) }
    }

    private func insert(_ transcript: NewTranscript, _ number: Int64) throws -> Bool {
        let time = CatalogValue.text(now.catalogText)
        return try session.insert(
            """
            INSERT INTO edxval_videotranscript
                (created, modified, transcript, language_code, provider, file_format, video_id)
            VALUES (?, ?, ?, ?, 'Custom', ?, ?)
            """,
            [
                time, time, .text(transcript.object.text), .text(transcript.language.text),
                .text(transcript.format.rawValue), .integer(number),
            ]) != nil
    }

    private func vanished(_ what: String, at place: String) -> Failure {
        Failure(
            .transient, "commit the video", at: place,
            cause: "another program added \(what) and removed it again in the same moment",
            advice: "the course is retried"
        )
    }

    /// A task's arguments as JSON text. No character of a course key needs an escape.
    private static func arguments(_ course: CourseKey) -> String { "[\"\(course)\"]" }

    /// At most 255 characters, with the middle left out.
    private static func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > 255 else { return text }
        return String(scalars.prefix(127)) + "..." + String(scalars.suffix(125))
    }
}
