// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The ledger's tables. Steps are only ever added.
enum LedgerSchema {
    /// "Mall" in ASCII: tells a ledger from any other SQLite file.
    static let applicationID = 0x4D61_6C6C

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 runs, courses, videos, intents, events") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: runs)
            try db.execute(sql: courses)
            try db.execute(sql: transactions)
            try db.execute(sql: operators)
            try db.execute(sql: aggregates)
        }
        migrator.registerMigration("2 only committed intents are looked up by object") { db in
            try db.execute(sql: committedObjects)
        }
        migrator.registerMigration("3 what a console reads is indexed") { db in
            try db.execute(sql: consoleReading)
        }
        migrator.registerMigration("4 how long a video is in each step") { db in
            for step in ["reading", "storing", "checking"] {
                try db.execute(sql: "ALTER TABLE video ADD COLUMN \(step) REAL NOT NULL DEFAULT 0")
            }
        }
        migrator.registerMigration("5 courses are listed and filtered by an index alone") { db in
            // It changes when a course's state does, and not with each of its videos.
            try db.execute(sql: "CREATE INDEX course_listed ON course (key, state, title)")
        }
        migrator.registerMigration("6 what the brake leaves of a run's limit") { db in
            try db.execute(sql: "ALTER TABLE run ADD COLUMN braked_to INTEGER")
            try db.execute(sql: "ALTER TABLE run ADD COLUMN brake_reason TEXT")
        }
        migrator.registerMigration("7 what earlier runs made of a course stays") { db in
            try db.execute(sql: pastRuns)
        }
        migrator.registerMigration("8 how a run was asked to go about it") { db in
            try db.execute(sql: "ALTER TABLE run ADD COLUMN choices TEXT NOT NULL DEFAULT '[]'")
            try db.execute(sql: "UPDATE run SET ending = 'access refused' WHERE ending = 'credentials refused'")
        }
        migrator.registerMigration("9 rehearsals that were brought to their end") { db in
            try db.execute(sql: rehearsals)
        }
        migrator.registerMigration("10 which configuration a run was under") { db in
            try db.execute(sql: "ALTER TABLE run ADD COLUMN configuration TEXT")
        }
        migrator.registerMigration("11 courses without videos are told from those that nobody has listed") { db in
            try db.execute(sql: "ALTER TABLE course ADD COLUMN is_listed INTEGER NOT NULL DEFAULT 0")
            try db.execute(
                sql: "UPDATE course SET is_listed = 1 WHERE state IN ('empty', 'migrated', 'held', 'failed')")
        }
        migrator.registerMigration("12 ids that were written back into courses") { db in
            try db.execute(sql: writeBacks)
        }
        migrator.registerMigration("13 how much of the contentstore a run reads") { db in
            // In all, in each of its last seconds, and when it said so.
            try db.execute(sql: "ALTER TABLE run ADD COLUMN reads INTEGER")
            try db.execute(sql: "ALTER TABLE run ADD COLUMN read_rate REAL")
            try db.execute(sql: "ALTER TABLE run ADD COLUMN reads_at REAL")
        }
        migrator.registerMigration("14 in which manner a run and a rehearsal wrote", migrate: addManner)
        migrator.registerMigration("15 what is written into courses is worth a line") { db in
            try db.execute(sql: lines)
        }
        migrator.registerMigration("16 why a course as a whole failed") { db in
            // A Failure as JSON, as that of a video; NULL where its videos tell, and where an earlier version ran it.
            try db.execute(sql: "ALTER TABLE course ADD COLUMN failure TEXT")
        }
        migrator.registerMigration("17 indexes of a part compare words one by one") { db in
            try db.execute(sql: partsByComparison)
        }
        return migrator
    }

    /// Runs have kept it for the report. What was counted of a rehearsal does not tell it.
    private static func addManner(_ db: Database) throws {
        try db.execute(sql: "ALTER TABLE run ADD COLUMN manner TEXT; ALTER TABLE rehearsal ADD COLUMN manner TEXT")
        for row in try Row.fetchAll(db, sql: "SELECT id, options FROM run") {
            guard let manner = Manner(options: row["options"]) else { continue }
            try db.execute(
                sql: "UPDATE run SET manner = ? WHERE id = ?", arguments: [manner.description, row["id"] as Int64])
        }
    }

    /// Enough to look for each, and to take it back.
    private static let writeBacks = """
        CREATE TABLE write_back (
            id TEXT NOT NULL PRIMARY KEY, course TEXT NOT NULL, run INTEGER NOT NULL REFERENCES run (id), at REAL NOT NULL,
            -- 'open', 'done', 'abandoned' or 'undone'
            state TEXT NOT NULL, plan TEXT NOT NULL
        );
        CREATE INDEX write_back_course ON write_back (course, at);
        """

    /// In production's ledger. The name of its own ledger tells a rehearsal from every other: none is counted twice.
    private static let rehearsals = """
        CREATE TABLE rehearsal (
            ledger TEXT NOT NULL PRIMARY KEY, source TEXT NOT NULL, store TEXT NOT NULL, catalog TEXT NOT NULL,
            actor TEXT NOT NULL, began REAL NOT NULL, ended REAL NOT NULL, seconds REAL NOT NULL,
            courses INTEGER NOT NULL, videos INTEGER NOT NULL, transcripts INTEGER NOT NULL,
            retries INTEGER NOT NULL, rollbacks INTEGER NOT NULL
        ) WITHOUT ROWID;
        """

    private static let runs = """
        CREATE TABLE run (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
            ending TEXT, actor TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
            source TEXT NOT NULL, store TEXT NOT NULL, catalog TEXT NOT NULL, options TEXT NOT NULL,
            started REAL NOT NULL, ended REAL, unreadable INTEGER NOT NULL DEFAULT 0,
            exit INTEGER
        );
        -- The one engine that may write. The epoch grows with every engine that takes over.
        CREATE TABLE lease (
            id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, run INTEGER NOT NULL REFERENCES run (id),
            host TEXT NOT NULL, pid INTEGER NOT NULL, boot TEXT NOT NULL,
            since REAL NOT NULL, heartbeat REAL NOT NULL, released INTEGER NOT NULL
        );
        CREATE TABLE event (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, run INTEGER REFERENCES run (id),
            actor TEXT NOT NULL, kind TEXT NOT NULL, course INTEGER, block TEXT, language TEXT, object TEXT,
            from_state TEXT, to_state TEXT, class TEXT, attempt INTEGER, seconds REAL, bytes INTEGER, sha256 TEXT,
            detail TEXT
        );
        """

    private static let courses = """
        CREATE TABLE course (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, title TEXT NOT NULL, state TEXT NOT NULL,
            reason TEXT NOT NULL DEFAULT '', run INTEGER REFERENCES run (id), held_by TEXT,
            retries INTEGER NOT NULL DEFAULT 0, rollbacks INTEGER NOT NULL DEFAULT 0,
            verdict TEXT NOT NULL DEFAULT 'pending', flag INTEGER NOT NULL DEFAULT 0,
            unreachable INTEGER NOT NULL DEFAULT 0, started REAL, ended REAL,
            pending INTEGER NOT NULL DEFAULT 0, migrating INTEGER NOT NULL DEFAULT 0,
            verified INTEGER NOT NULL DEFAULT 0, rolled_back INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0, waived_videos INTEGER NOT NULL DEFAULT 0,
            contentstore INTEGER NOT NULL DEFAULT 0, store INTEGER NOT NULL DEFAULT 0,
            migrated INTEGER NOT NULL DEFAULT 0, present INTEGER NOT NULL DEFAULT 0,
            dangling INTEGER NOT NULL DEFAULT 0, corrupt INTEGER NOT NULL DEFAULT 0,
            conflict INTEGER NOT NULL DEFAULT 0, waived INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX course_run ON course (run, state);
        CREATE TABLE video (
            id INTEGER PRIMARY KEY, course INTEGER NOT NULL REFERENCES course (id) ON DELETE CASCADE,
            block TEXT NOT NULL, video_id TEXT NOT NULL, is_new_id INTEGER NOT NULL, display_name TEXT NOT NULL,
            state TEXT NOT NULL, failure TEXT, attempt INTEGER NOT NULL DEFAULT 0, seconds REAL NOT NULL DEFAULT 0,
            contentstore INTEGER NOT NULL DEFAULT 0, store INTEGER NOT NULL DEFAULT 0,
            migrated INTEGER NOT NULL DEFAULT 0, present INTEGER NOT NULL DEFAULT 0,
            dangling INTEGER NOT NULL DEFAULT 0, corrupt INTEGER NOT NULL DEFAULT 0,
            conflict INTEGER NOT NULL DEFAULT 0, waived INTEGER NOT NULL DEFAULT 0,
            UNIQUE (course, block)
        );
        """

    private static let transactions = """
        CREATE TABLE video_transaction (
            number INTEGER PRIMARY KEY, id BLOB NOT NULL, run INTEGER NOT NULL REFERENCES run (id),
            course TEXT NOT NULL, block TEXT NOT NULL, video_id TEXT NOT NULL
        );
        -- An intent is open until its object is behind a catalog row ('committed') or proven absent ('removed').
        -- 'stored' is an open one whose object was acknowledged, 'watched' one whose object may still arrive.
        CREATE TABLE intent (
            id BLOB NOT NULL PRIMARY KEY, owner INTEGER NOT NULL REFERENCES video_transaction (number),
            language TEXT NOT NULL, object TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
            format TEXT NOT NULL, state TEXT NOT NULL, written REAL NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX intent_object ON intent (object);
        CREATE INDEX intent_open ON intent (owner) WHERE state IN ('open', 'stored', 'watched');
        """

    /// Object names are random, so each one indexed costs a page of log of its own: an intent pays it when its object is
    /// behind a row, which nobody waits for, and not while its video waits to be written.
    private static let committedObjects = """
        DROP INDEX intent_object;
        CREATE INDEX intent_committed ON intent (object) WHERE state = 'committed';
        """

    /// Small: they hold what went wrong and what is worth a line, and a healthy fleet has little of either.
    private static let consoleReading = """
        CREATE INDEX video_troubled ON video (course) WHERE state IN ('failed', 'rolled back');
        CREATE INDEX event_worth_a_line ON event (seq)
            WHERE (kind IN ('rolled back', 'notice', 'unreadable', 'command applied', 'command refused', 'waived',
                'waiver withdrawn', 'held', 'released') OR kind = 'course' AND to_state NOT IN ('queued', 'pending')
                OR kind = 'video' AND to_state <> 'verified');
        CREATE INDEX event_of_course ON event (course, seq)
            WHERE NOT (kind = 'stored' OR kind = 'video' AND to_state = 'verified');
        ALTER TABLE run ADD COLUMN concurrency INTEGER NOT NULL DEFAULT 0;
        """

    /// A healthy fleet has one more for each course.
    private static let lines = """
        DROP INDEX event_worth_a_line;
        CREATE INDEX event_worth_a_line ON event (seq)
            WHERE (kind IN ('rolled back', 'notice', 'unreadable', 'command applied', 'command refused', 'waived',
                'waiver withdrawn', 'held', 'released', 'wrote back', 'write-back undone', 'write-back abandoned')
                OR kind = 'course' AND to_state NOT IN ('queued', 'pending') OR kind = 'video' AND to_state <> 'verified');
        """

    /// For IN and a list, SQLite makes and fills a table at every row that is written: more than a third of what a transaction
    /// computed.
    private static let partsByComparison = """
        DROP INDEX intent_open;
        CREATE INDEX intent_open ON intent (owner) WHERE (state = 'open' OR state = 'stored' OR state = 'watched');
        DROP INDEX event_worth_a_line;
        CREATE INDEX event_worth_a_line ON event (seq)
            WHERE NOT (kind = 'stored' OR kind = 'video' AND to_state = 'verified')
            AND (kind = 'video' OR kind = 'course' AND to_state NOT IN ('queued', 'pending')
                OR kind = 'rolled back' OR kind = 'notice' OR kind = 'unreadable' OR kind = 'command applied'
                OR kind = 'command refused' OR kind = 'waived' OR kind = 'waiver withdrawn' OR kind = 'held'
                OR kind = 'released' OR kind = 'wrote back' OR kind = 'write-back undone' OR kind = 'write-back abandoned');
        """

    private static let operators = """
        CREATE TABLE command (
            id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES run (id), at REAL NOT NULL,
            actor TEXT NOT NULL, command TEXT NOT NULL, based_on INTEGER NOT NULL,
            answered REAL, refusal TEXT
        );
        CREATE TABLE waiver (
            course TEXT NOT NULL, block TEXT NOT NULL, language TEXT NOT NULL DEFAULT '',
            actor TEXT NOT NULL, reason TEXT NOT NULL, at REAL NOT NULL,
            PRIMARY KEY (course, block, language)
        ) WITHOUT ROWID;
        CREATE TABLE failed_task (
            id INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL, task_name TEXT NOT NULL,
            course TEXT NOT NULL, exception TEXT NOT NULL, run INTEGER REFERENCES run (id),
            created REAL NOT NULL, resolved REAL
        );
        CREATE UNIQUE INDEX failed_task_open ON failed_task (task_id) WHERE resolved IS NULL;
        """

    /// What a run made of a course is kept in the very statement by which a later run takes it: nobody can forget it.
    /// Of its videos those stay that were brought to an end other than the right one.
    private static let pastRuns = """
        CREATE TABLE past_course (
            run INTEGER NOT NULL REFERENCES run (id), course INTEGER NOT NULL REFERENCES course (id) ON DELETE CASCADE,
            \(CourseRow.kept.map { "\($0) NOT NULL" }.joined(separator: ", ")), started REAL, ended REAL,
            PRIMARY KEY (run, course)
        ) WITHOUT ROWID;
        CREATE INDEX past_trouble ON past_course (retries, rollbacks) WHERE retries + rollbacks > 0;
        CREATE TABLE past_video (
            run INTEGER NOT NULL REFERENCES run (id), course INTEGER NOT NULL REFERENCES course (id) ON DELETE CASCADE,
            block TEXT NOT NULL, display_name TEXT NOT NULL, state TEXT NOT NULL, failure TEXT,
            PRIMARY KEY (run, course, block)
        ) WITHOUT ROWID;
        CREATE TRIGGER course_taken BEFORE UPDATE OF run ON course WHEN OLD.run <> NEW.run BEGIN
            INSERT OR REPLACE INTO past_course (run, course, started, ended, \(CourseRow.kept.joined(separator: ", ")))
            VALUES (OLD.run, OLD.id, OLD.started, OLD.ended, \(CourseRow.kept.map { "OLD.\($0)" }.joined(separator: ", ")));
            INSERT OR REPLACE INTO past_video
            SELECT OLD.run, course, block, display_name, state, failure FROM video
            WHERE course = OLD.id AND state NOT IN ('verified', 'pending');
        END;
        """

    /// A course's sums are kept in the very transaction that changes one of its videos: nobody can forget it.
    private static let aggregates: String = {
        let states = [
            ("pending", "pending"), ("migrating", "migrating"), ("verified", "verified"),
            ("rolled_back", "rolled back"), ("failed", "failed"), ("waived_videos", "waived"),
        ]
        let counts = ["contentstore", "store", "migrated", "present", "dangling", "corrupt", "conflict", "waived"]
        func assignments(old: Bool, new: Bool) -> String {
            let ofStates = states.map { column, state in
                "\(column) = \(column)" + (new ? " + (NEW.state = '\(state)')" : "")
                    + (old ? " - (OLD.state = '\(state)')" : "")
            }
            let ofCounts = counts.map { column in
                "\(column) = \(column)" + (new ? " + NEW.\(column)" : "") + (old ? " - OLD.\(column)" : "")
            }
            return (ofStates + ofCounts).joined(separator: ", ")
        }
        return """
            CREATE TRIGGER video_added AFTER INSERT ON video BEGIN
                UPDATE course SET \(assignments(old: false, new: true)) WHERE id = NEW.course;
            END;
            CREATE TRIGGER video_changed AFTER UPDATE OF state ON video BEGIN
                UPDATE course SET \(assignments(old: true, new: true)) WHERE id = NEW.course;
            END;
            CREATE TRIGGER video_gone AFTER DELETE ON video BEGIN
                UPDATE course SET \(assignments(old: true, new: false)) WHERE id = OLD.course;
            END;
            """
    }()
}
