// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MigrationModel

extension LedgerView {
    init(
        _ db: Database, _ request: ViewRequest, order: [Int64], totals: RunTotals, marked: [ChosenCourse], at date: Date
    ) throws {
        let lease = try Lease.fetch(db)
        let living = lease.flatMap { $0.isAlive(at: date) ? $0 : nil }
        let page = Page(order, around: request.course, rows: request.courseRows)
        let selected = try order.isEmpty ? nil : Self.rows(db, [order[page.cursor]]).first
        let videoOrder = try selected.map { try Self.videoOrder(db, of: $0) } ?? []
        let videoPage = Page(videoOrder, around: request.video, rows: request.videoRows)
        let newest = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(seq) FROM event")) ?? 0
        let run = try Snapshot.newestRun(db)
        self.init(
            at: date,
            run: run,
            heartbeatAge: living.map { max(0, date.timeIntervalSince1970 - $0.heartbeat) },
            totals: totals, order: order, firstCourse: page.first,
            courses: try Self.rows(db, order[page.rows]),
            selected: selected, filter: request.filter, sort: request.sort, marked: marked,
            chosen: try request.choice.map { try Self.chosen(db, $0) } ?? [],
            pace: request.choice == nil ? nil : try Self.pace(db),
            rehearsals: try Self.rehearsals(db),
            videoOrder: videoOrder, firstVideo: videoPage.first,
            videos: try selected.map { try Self.videos(db, of: $0, videoOrder[videoPage.rows]) } ?? [],
            events: try Self.events(
                db, upTo: Self.newest(db, request, newest), limit: request.eventRows, filter: request.eventFilter),
            lastEvent: newest,
            commands: try CommandRow.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM command ORDER BY id DESC LIMIT 20")),
            orders: try run.map { try Orders(db, of: $0.id) } ?? Orders(), open: try OpenWork(db),
            troubles: request.wantsTroubles ? try Self.troubles(db, limit: Self.mostTroubles) : [],
            troubledCourses: request.wantsTroubles ? try Self.troubledCourses(db, limit: Self.mostTroubles) : [],
            troubleWaivers: request.wantsTroubles ? try Self.troubleWaivers(db) : [],
            openVideo: request.openVideo,
            video: try request.openVideo.map { try Self.video(db, $0) } ?? nil,
            history: try request.openVideo.map { try Self.history(db, of: $0) } ?? [],
            waivers: try request.openVideo.map { video in
                try Waiver.fetch(db, course: video.course).filter { $0.block == video.block }
            } ?? [],
            engineKind: try living.map { lease in
                try String.fetchOne(db, sql: "SELECT kind FROM run WHERE id = ?", arguments: [lease.run]) ?? ""
            },
            enginePID: living.flatMap { $0.host == EngineIdentity.current.host ? $0.pid : nil }
        )
    }

    /// The rows that are on the screen: the cursor's stays where it is, and the page is full where there are rows for it.
    private struct Page {
        /// The place of the cursor; 0 when what it was on is gone.
        let cursor: Int
        let rows: Range<Int>
        var first: Int { rows.lowerBound }

        init(_ order: [Int64], around place: ListCursor, rows: Int) {
            cursor = place.id.flatMap { order.firstIndex(of: $0) } ?? 0
            let first = max(0, min(cursor - place.rowsAbove, order.count - rows))
            self.rows = first..<min(order.count, first + max(0, rows))
        }
    }

    private static func rows(_ db: Database, _ ids: some Sequence<Int64>) throws -> [CourseRow] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM course WHERE id = ?")
        return try ids.compactMap { try CourseRow.fetchOne(statement, arguments: [$0]) }
    }

    /// The courses of a choice, in the order of their keys.
    static func chosen(_ db: Database, _ choice: CourseChoice) throws -> [ChosenCourse] {
        let columns = """
            SELECT id, key, state, held_by AS heldBy, verified, flag,
                pending + migrating + verified + rolled_back + failed + waived_videos AS videos,
                iif(pending + migrating + rolled_back + failed > 0, 0,
                    (SELECT count(*) FROM video v WHERE v.course = course.id AND v.is_new_id AND v.store > 0)) AS newIDs,
                state IN (\(CourseState.unfinishedStates)) AND run IS (\(Snapshot.newestRun)) AS isUnfinished
            FROM course
            """
        switch choice {
        case .marked(let ids):
            let statement = try db.cachedStatement(sql: columns + " WHERE id = ?")
            return try ids.compactMap { try ChosenCourse.fetchOne(statement, arguments: [$0]) }.sorted {
                $0.key < $1.key
            }
        case .named(let keys):
            let statement = try db.cachedStatement(sql: columns + " WHERE key = ?")
            return try keys.sorted().compactMap { try ChosenCourse.fetchOne(statement, arguments: [$0.text]) }
        case .failed:
            return try ChosenCourse.fetchAll(db, sql: columns + " WHERE state = 'failed' ORDER BY key")
        case .unfinished:
            return try ChosenCourse.fetchAll(
                db, sql: columns + " WHERE state IN (\(CourseState.unfinishedStates)) ORDER BY key")
        }
    }

    /// Of the newest run that had enough to do for a figure; of one whose engine died, until it was last heard.
    private static func pace(_ db: Database) throws -> Pace? {
        let runs = try Row.fetchCursor(
            db,
            sql: """
                WITH past AS (
                    SELECT id, ifnull(ended, (SELECT heartbeat FROM lease WHERE run = r.id)) - started AS seconds FROM run r
                )
                SELECT id, seconds FROM past WHERE seconds >= 1 ORDER BY id DESC LIMIT 20
                """
        )
        let statement = try db.cachedStatement(
            sql: "SELECT sum(verified + rolled_back + failed + waived_videos) FROM (\(CourseRow.ofRun))")
        while let row = try runs.next() {
            let (run, seconds): (Int64, Double) = (row[0], row[1])
            let videos = try Int.fetchOne(statement, arguments: [run]) ?? 0
            if videos >= 10 {
                return Pace(
                    run: run, videos: videos, seconds: seconds,
                    secondsEach: try Double.fetchOne(db, sql: secondsEach) ?? 0)
            }
        }
        return nil
    }

    private static func rehearsals(_ db: Database) throws -> [Rehearsed: Int] {
        let statement = try db.cachedStatement(
            sql: "SELECT source, manner, count(*) FROM rehearsal WHERE manner IS NOT NULL GROUP BY source, manner")
        return try Row.fetchAll(statement).reduce(into: [:]) { $0[Rehearsed(source: $1[0], manner: $1[1])] = $1[2] }
    }

    /// Of videos that were looked at again there is next to nothing to learn; a fleet of any size is asked in no time.
    private static let secondsEach = """
        SELECT avg(seconds) FROM (SELECT state, seconds, migrated FROM video ORDER BY id DESC LIMIT 2000)
        WHERE state = 'verified' AND migrated > 0
        """

    // MARK: - Videos

    private static func videoOrder(_ db: Database, of course: CourseRow) throws -> [Int64] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id FROM video WHERE course = ?
                ORDER BY CASE state WHEN 'failed' THEN 0 WHEN 'rolled back' THEN 1 WHEN 'migrating' THEN 2
                    WHEN 'pending' THEN 3 WHEN 'waived' THEN 4 ELSE 5 END, id
                """
        )
        return try Int64.fetchAll(statement, arguments: [course.id])
    }

    private static func videos(
        _ db: Database, of course: CourseRow, _ ids: some Sequence<Int64>
    ) throws -> [VideoRow] {
        let statement = try db.cachedStatement(sql: VideoRow.query + " AND v.id = ?2")
        return try ids.compactMap { try VideoRow.fetchOne(statement, arguments: [course.key, $0]) }
    }

    private static func video(_ db: Database, _ video: VideoReference) throws -> VideoRow? {
        let statement = try db.cachedStatement(sql: VideoRow.query + " AND v.block = ?2")
        return try VideoRow.fetchOne(statement, arguments: [video.course.text, video.block.text])
    }

    /// - Parameter limit: at most so many; -1 for all.
    static func troubles(_ db: Database, limit: Int) throws -> [TroubledVideo] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT c.key, c.state AS courseState, v.block, v.display_name AS displayName, v.state, v.failure, v.attempt,
                    EXISTS (SELECT 1 FROM waiver w WHERE w.course = c.key AND w.block = v.block) AS isWaived
                FROM video v JOIN course c ON c.id = v.course
                WHERE v.state IN ('failed', 'rolled back') ORDER BY v.course, v.id LIMIT ?
                """
        )
        return try TroubledVideo.fetchAll(statement, arguments: [limit])
    }

    /// Courses of which a run says why it could not go on with them, and those that failed or are held for nothing that one
    /// of their videos tells.
    ///
    /// - Parameter limit: at most so many; -1 for all.
    static func troubledCourses(_ db: Database, limit: Int) throws -> [TroubledCourse] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT key, title, state, reason, failure, held_by AS heldBy, retries FROM course c
                WHERE failure IS NOT NULL OR state IN ('failed', 'held') AND NOT EXISTS
                    (SELECT 1 FROM video v WHERE v.course = c.id AND v.state IN ('failed', 'rolled back'))
                ORDER BY id LIMIT ?
                """
        )
        return try TroubledCourse.fetchAll(statement, arguments: [limit])
    }

    /// In the order of their courses and videos.
    private static func troubleWaivers(_ db: Database) throws -> [Waiver] {
        let troubled = """
            SELECT 1 FROM video v JOIN course c ON c.id = v.course
            WHERE c.key = w.course AND v.block = w.block AND v.state IN ('failed', 'rolled back')
            """
        return try Waiver.fetch(
            db, sql: "SELECT * FROM waiver w WHERE EXISTS (\(troubled)) ORDER BY course, block, language")
    }

    // MARK: - Events

    /// The newest event to show: some lines of the log after the one that was asked for.
    private static func newest(_ db: Database, _ request: ViewRequest, _ newest: Int64) throws -> Int64 {
        guard let pinned = request.newestEvent else { return newest }
        guard request.eventShift > 0 else { return pinned }
        let statement = try db.cachedStatement(
            sql: """
                SELECT max(seq) FROM (
                    SELECT seq FROM event WHERE seq > ?1 AND \(EventRow.isWorthALine) AND \(isWanted)
                    ORDER BY seq LIMIT ?2
                )
                """
        )
        let arguments: StatementArguments = [pinned, request.eventShift, request.eventFilter]
        return try Int64.fetchOne(statement, arguments: arguments) ?? pinned
    }

    /// Whether the text `?3` stands in an event, or in the key of its course.
    private static let isWanted = """
        (?3 = '' OR instr(lower(kind || ' ' || actor || ' ' || ifnull(to_state, '') || ' ' || ifnull(block, '')
                || ' ' || ifnull(language, '') || ' ' || ifnull(detail, '')), lower(?3)) > 0
            OR course IN (SELECT id FROM course WHERE instr(lower(key), lower(?3)) > 0))
        """

    /// The last lines of the log up to an event, oldest first. A filter looks at ``filteredLines`` of them.
    private static func events(_ db: Database, upTo newest: Int64, limit: Int, filter: String) throws -> [EventRow] {
        guard limit > 0 else { return [] }
        let statement = try db.cachedStatement(
            sql: EventRow.query
                + """
                 WHERE e.seq IN (
                    SELECT seq FROM event WHERE seq IN (
                        SELECT seq FROM event WHERE seq <= ?1 AND \(EventRow.isWorthALine)
                        ORDER BY seq DESC LIMIT iif(?3 = '', ?2, \(filteredLines))
                    ) AND \(isWanted) ORDER BY seq DESC LIMIT ?2
                ) ORDER BY e.seq
                """
        )
        return try EventRow.fetchAll(statement, arguments: [newest, limit, filter])
    }

    /// The first lines of the log after an event, oldest first.
    static func lines(_ db: Database, after seq: Int64, limit: Int, filter: String) throws -> [EventRow] {
        let statement = try db.cachedStatement(
            sql: EventRow.query
                + """
                 WHERE e.seq IN (
                    SELECT seq FROM event WHERE seq > ?1 AND \(EventRow.isWorthALine) AND \(isWanted)
                    ORDER BY seq LIMIT ?2
                ) ORDER BY e.seq
                """
        )
        return try EventRow.fetchAll(statement, arguments: [seq, limit, filter])
    }

    private static func history(_ db: Database, of video: VideoReference) throws -> [EventRow] {
        let statement = try db.cachedStatement(
            sql: EventRow.query
                + " WHERE e.seq IN (SELECT seq FROM event WHERE course = (SELECT id FROM course WHERE key = ?) "
                + "AND block = ? AND \(EventRow.isNotable) ORDER BY seq DESC LIMIT 200) ORDER BY e.seq"
        )
        return try EventRow.fetchAll(statement, arguments: [video.course.text, video.block.text])
    }
}
