// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MigrationModel

/// The inserts that a catalog takes from us, as SQL. Each runs in the transaction that is open.
struct CatalogWriting {
    let database: Database
    let shape: CatalogShape
    let now: Date

    /// Inserts what is missing of a video. The write lock is held, so what is looked up here stays true to the end.
    func commit(_ video: VideoCommit) throws -> CommitReceipt {
        let (number, isNew) = try videoRow(video.video)
        var inserted: Set<LanguageCode> = []
        var alreadyThere: [LanguageCode: CatalogRow] = [:]
        for transcript in video.transcripts {
            if let row = try row(of: video.video, number, transcript.language) {
                alreadyThere[transcript.language] = row
            } else {
                try insert(transcript, number)
                inserted.insert(transcript.language)
            }
        }
        return CommitReceipt(createdVideo: isNew, inserted: inserted, alreadyThere: alreadyThere)
    }

    /// Adds an enabled row that is the course's newest, even where a clock ran ahead before.
    func switchOn(_ course: CourseKey) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO video_config_coursevideotranscriptenabledflag
                    (change_date, enabled, course_id, changed_by_id)
                SELECT max(?1, coalesce(max(change_date), ?1)), 1, ?2, NULL
                FROM video_config_coursevideotranscriptenabledflag WHERE course_id = ?2
                """
        )
        .execute(arguments: [now.catalogText, course.text])
    }

    /// Open edX: section 1.5.
    func record(_ task: FailedTask) throws {
        let id = task.id.uuidString.lowercased()
        let isKept = try Int.fetchOne(
            database.cachedStatement(
                sql: "SELECT 1 FROM celery_utils_failedtask WHERE task_id = ? AND datetime_resolved IS NULL"
            ),
            arguments: [id]
        )
        if isKept != nil { return }
        try database.cachedStatement(
            sql: """
                INSERT INTO celery_utils_failedtask
                    (created, modified, task_name, task_id, args, kwargs, exc, datetime_resolved)
                VALUES (?1, ?1, ?2, ?3, ?4, '{}', ?5, NULL)
                """
        )
        .execute(
            arguments: [
                now.catalogText, Self.shortened(task.name), id, Self.arguments(task.course),
                Self.shortened(task.exception.filter { $0 != "," }),
            ]
        )
    }

    func resolveFailedTasks(of course: CourseKey) throws {
        try database.cachedStatement(
            sql: """
                UPDATE celery_utils_failedtask SET modified = ?1, datetime_resolved = ?1
                WHERE task_name = 'mallow.migrate_course' AND args = ?2 AND datetime_resolved IS NULL
                """
        )
        .execute(arguments: [now.catalogText, Self.arguments(course)])
    }

    private func videoRow(_ video: VideoID) throws -> (number: Int64, isNew: Bool) {
        let known = try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM edxval_video WHERE edx_video_id = ?"),
            arguments: [video.text]
        )
        if let known { return (known, false) }
        let (name, value) = shape.hasErrorDescription ? (", error_description", ", NULL") : ("", "")
        try database.cachedStatement(
            sql: """
                INSERT INTO edxval_video (created, edx_video_id, client_video_id, duration, status\(name))
                VALUES (?, ?, 'external-video', 0.0, 'external'\(value))
                """
        )
        .execute(arguments: [now.catalogText, video.text])
        return (database.lastInsertedRowID, true)
    }

    /// The row that the unique key would take for this language, by the column's own way of comparing.
    private func row(of video: VideoID, _ number: Int64, _ language: LanguageCode) throws -> CatalogRow? {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT id, transcript, language_code, provider, file_format FROM edxval_videotranscript
                    WHERE video_id = ? AND language_code = ?
                    """
            ),
            arguments: [number, language.text]
        )
        return row.map { row in
            CatalogRow(
                id: row[0],
                video: video,
                language: LanguageCode(unchecked: row[2]),
                object: (row[1] as String?).map(ObjectKey.init(unchecked:)),
                format: row[4],
                provider: row[3]
            )
        }
    }

    private func insert(_ transcript: NewTranscript, _ number: Int64) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO edxval_videotranscript
                    (created, modified, transcript, language_code, provider, file_format, video_id)
                VALUES (?1, ?1, ?2, ?3, 'Custom', ?4, ?5)
                """
        )
        .execute(
            arguments: [
                now.catalogText, transcript.object.text, transcript.language.text, transcript.format.rawValue, number,
            ]
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
