// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The tables of a catalog file that is made anew: those that Django makes for edx-val 5 on SQLite, letter for letter,
/// and those of the course flag and of failed tasks. Open edX: sections 1.5, 5.1 and 6.1.
enum SQLiteSchema {
    /// Makes everything, in the transaction that is open.
    static func make(in database: Database) throws {
        for statement in edxval + flags + failedTasks { try database.execute(sql: statement) }
        for profile in profiles {
            try database.execute(sql: "INSERT INTO edxval_profile (profile_name) VALUES (?)", arguments: [profile])
        }
    }

    private static let profiles = [
        "audio_mp3", "desktop_mp4", "desktop_webm", "hls", "mobile_high", "mobile_low", "youtube",
    ]

    private static let edxval = [
        """
        CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
        "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL)
        """,
        """
        CREATE TABLE "edxval_coursevideo" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
        "course_id" varchar(255) NOT NULL, "video_id" integer NOT NULL REFERENCES "edxval_video" \
        ("id") DEFERRABLE INITIALLY DEFERRED, "is_hidden" bool NOT NULL)
        """,
        """
        CREATE UNIQUE INDEX "edxval_coursevideo_course_id_video_id_ebd82f35_uniq" ON "edxval_coursevideo" \
        ("course_id", "video_id")
        """,
        """
        CREATE INDEX "edxval_coursevideo_video_id_85dfcf76" ON "edxval_coursevideo" ("video_id")
        """,
        """
        CREATE TABLE "edxval_encodedvideo" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
        "created" datetime NOT NULL, "modified" datetime NOT NULL, "url" varchar(200) NOT NULL, \
        "file_size" integer unsigned NOT NULL CHECK ("file_size" >= 0), \
        "bitrate" integer unsigned NOT NULL CHECK ("bitrate" >= 0), \
        "profile_id" integer NOT NULL REFERENCES "edxval_profile" ("id") DEFERRABLE INITIALLY DEFERRED, \
        "video_id" integer NOT NULL REFERENCES "edxval_video" ("id") DEFERRABLE INITIALLY DEFERRED)
        """,
        """
        CREATE INDEX "edxval_encodedvideo_profile_id_d9f3e086" ON "edxval_encodedvideo" ("profile_id")
        """,
        """
        CREATE INDEX "edxval_encodedvideo_video_id_d8857acb" ON "edxval_encodedvideo" ("video_id")
        """,
        """
        CREATE TABLE "edxval_profile" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
        "profile_name" varchar(50) NOT NULL UNIQUE)
        """,
        """
        CREATE TABLE "edxval_thirdpartytranscriptcredentialsstate" \
        ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "created" datetime NOT NULL, \
        "modified" datetime NOT NULL, "org" varchar(32) NOT NULL, "provider" varchar(20) NOT NULL, \
        "has_creds" bool NOT NULL)
        """,
        """
        CREATE UNIQUE INDEX "edxval_thirdpartytranscriptcredentialsstate_org_provider_188f7ddf_uniq" ON \
        "edxval_thirdpartytranscriptcredentialsstate" ("org", "provider")
        """,
        """
        CREATE TABLE "edxval_transcriptpreference" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
        "created" datetime NOT NULL, "modified" datetime NOT NULL, \
        "course_id" varchar(255) NOT NULL UNIQUE, "provider" varchar(20) NOT NULL, \
        "cielo24_fidelity" varchar(20) NULL, "cielo24_turnaround" varchar(20) NULL, \
        "three_play_turnaround" varchar(20) NULL, "preferred_languages" text NOT NULL, \
        "video_source_language" varchar(50) NULL)
        """,
        """
        CREATE TABLE "edxval_video" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
        "created" datetime NOT NULL, "edx_video_id" varchar(100) NOT NULL UNIQUE, \
        "client_video_id" varchar(255) NOT NULL, "duration" real NOT NULL, "status" varchar(255) NOT NULL, \
        "error_description" text NULL)
        """,
        """
        CREATE INDEX "edxval_video_client_video_id_2b668312" ON "edxval_video" ("client_video_id")
        """,
        """
        CREATE INDEX "edxval_video_status_5f33a104" ON "edxval_video" ("status")
        """,
        """
        CREATE TABLE "edxval_videoimage" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
        "created" datetime NOT NULL, "modified" datetime NOT NULL, "image" varchar(500) NULL, \
        "generated_images" text NOT NULL, \
        "course_video_id" integer NOT NULL UNIQUE REFERENCES "edxval_coursevideo" \
        ("id") DEFERRABLE INITIALLY DEFERRED)
        """,
        """
        CREATE TABLE "edxval_videotranscript" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
        "created" datetime NOT NULL, "modified" datetime NOT NULL, "transcript" varchar(255) NULL, \
        "language_code" varchar(50) NOT NULL, "provider" varchar(30) NOT NULL, \
        "file_format" varchar(20) NOT NULL, "video_id" integer NULL REFERENCES "edxval_video" \
        ("id") DEFERRABLE INITIALLY DEFERRED)
        """,
        """
        CREATE INDEX "edxval_videotranscript_file_format_3adddaf7" ON "edxval_videotranscript" \
        ("file_format")
        """,
        """
        CREATE INDEX "edxval_videotranscript_language_code_d78ce3d1" ON "edxval_videotranscript" \
        ("language_code")
        """,
        """
        CREATE INDEX "edxval_videotranscript_video_id_6ffdfb56" ON "edxval_videotranscript" ("video_id")
        """,
        """
        CREATE UNIQUE INDEX "edxval_videotranscript_video_id_language_code_37532906_uniq" ON \
        "edxval_videotranscript" ("video_id", "language_code")
        """,
    ]

    private static let flags = [
        """
        CREATE TABLE "video_config_videotranscriptenabledflag" \
        ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "change_date" datetime NOT NULL, "enabled" bool NOT NULL, \
        "enabled_for_all_courses" bool NOT NULL, "changed_by_id" integer NULL)
        """,
        """
        CREATE TABLE "video_config_coursevideotranscriptenabledflag" \
        ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "change_date" datetime NOT NULL, "enabled" bool NOT NULL, \
        "course_id" varchar(255) NOT NULL, "changed_by_id" integer NULL)
        """,
        """
        CREATE INDEX "video_config_coursevideotranscriptenabledflag_course_id" \
        ON "video_config_coursevideotranscriptenabledflag" ("course_id")
        """,
    ]

    private static let failedTasks = [
        """
        CREATE TABLE "celery_utils_failedtask" \
        ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "created" datetime NOT NULL, "modified" datetime NOT NULL, \
        "task_name" varchar(255) NOT NULL, "task_id" varchar(255) NOT NULL, "args" text NOT NULL, \
        "kwargs" text NOT NULL, "exc" varchar(255) NOT NULL, "datetime_resolved" datetime NULL)
        """,
        """
        CREATE INDEX "celery_utils_failedtask_task_id_37af0933" ON "celery_utils_failedtask" ("task_id")
        """,
        """
        CREATE INDEX "celery_utils_failedtask_datetime_resolved_8160e407" ON "celery_utils_failedtask" ("datetime_resolved")
        """,
        """
        CREATE INDEX "idx_failedtask_task_exc" ON "celery_utils_failedtask" ("task_name", "exc")
        """,
    ]
}
