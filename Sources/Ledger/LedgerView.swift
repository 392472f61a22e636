// SPDX-License-Identifier: Apache-2.0
package import Foundation
import GRDB
package import MigrationModel
import Synchronization

/// What a console looks at: it loads the rows that are on the screen and no others, whatever the ledger's size.
package struct ViewRequest: Sendable, Hashable {
    /// Only courses whose key or title has this text in it, whatever its case; empty for all.
    package var filter = ""
    /// Keeps the order of the last view, so that nothing moves under an operator's hand.
    package var keepsOrder = false
    /// The course under the cursor, and how many rows above it are shown.
    package var cursor: Int64?
    package var rowsAbove = 0
    /// How many courses fit.
    package var courseRows = 0
    /// Courses that an operator has marked, wherever they are in the list.
    package var marks: Set<Int64> = []
    /// The videos to skip, worst first, and how many fit.
    package var firstVideo = 0
    package var videoRows = 0
    /// The newest event to show; nil for the newest there is.
    package var newestEvent: Int64?
    /// How many events fit.
    package var eventRows = 0
    /// Whether the troubled videos of all courses are wanted.
    package var wantsTroubles = false
    /// A video whose history is wanted: a usage key.
    package var history: String?

    package init() {}
}

/// One consistent view of the ledger, as far as a screen shows it.
package struct LedgerView: Sendable {
    /// When it was read.
    package let at: Date
    package let run: RunRow?
    /// Seconds since the engine's last heartbeat; nil when no engine lives.
    package let heartbeatAge: Double?
    /// Over every course of the ledger, as `mallow status` sums them.
    package let totals: RunTotals
    /// The ids of all courses that pass the filter, in the order they are shown.
    package let order: [Int64]
    /// The place in `order` of the first row in `courses`.
    package let firstCourse: Int
    package let courses: [CourseRow]
    /// The course under the cursor.
    package let selected: CourseRow?
    /// The marked courses that still exist, in the order of their keys.
    package let marked: [MarkedCourse]
    /// A page of its videos, worst first.
    package let videos: [VideoRow]
    /// Oldest first.
    package let events: [EventRow]
    /// The number of the newest event.
    package let lastEvent: Int64
    /// The newest commands, newest first.
    package let commands: [CommandRow]
    package let troubles: [TroubledVideo]
    /// The events of one video, oldest first.
    package let history: [EventRow]
}

/// What is told of a marked course before something is done with it.
package struct MarkedCourse: Sendable, Hashable, Codable, FetchableRecord {
    package let id: Int64
    package let key: String
    package let heldBy: String?
    package let videos: Int
    package let verified: Int

    package init(_ row: CourseRow) {
        (id, key, heldBy, verified) = (row.id, row.key, row.heldBy, row.verified)
        videos = row.pending + row.migrating + row.verified + row.rolledBack + row.failed + row.waivedVideos
    }
}

/// A command as the ledger keeps it.
package struct CommandRow: Sendable, Hashable, Codable, FetchableRecord {
    package let id: Int64
    package let at: Double
    package let actor: String
    /// An ``OperatorCommand`` as JSON.
    package let command: String
    package let answered: Double?
    package let refusal: String?

    /// What was asked; nil when a later version of the program asked it.
    package var asked: OperatorCommand? { try? JSONDecoder().decode(OperatorCommand.self, from: Data(command.utf8)) }
}

/// A video that failed or was rolled back, and whose course it is.
package struct TroubledVideo: Sendable, Hashable, Codable, FetchableRecord {
    package let key: String
    package let block: String
    package let displayName: String
    package let state: String
    /// A ``Failure`` as JSON.
    package let failure: String?
    package let attempt: Int

    /// Why; nil when a later version of the program wrote it.
    package var why: Failure? { failure.flatMap { try? JSONDecoder().decode(Failure.self, from: Data($0.utf8)) } }
}

/// Reads one ledger for one console, on a connection that cannot write.
package final class LedgerWatch: Sendable {
    private let ledger: Ledger
    private let database: DatabaseQueue
    /// What takes a look at every course, as of a version of the ledger: a key that only moves a cursor needs no new one.
    private let overview = Mutex(Overview())

    private struct Overview: Sendable {
        var version: Int?
        var totals = RunTotals(states: [])
        /// By the filter it was made for.
        var order: (filter: String, courses: [Int64])?
    }

    /// Opens the reading side of a ledger. Blocks for some milliseconds.
    ///
    /// - Throws: ``Failure``.
    package init(_ ledger: Ledger) throws {
        self.ledger = ledger
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        configuration.label = "console"
        do {
            database = try DatabaseQueue(path: ledger.path, configuration: configuration)
        } catch let error as DatabaseError {
            throw Failure(error, ledger: ledger.path)
        }
    }

    /// A number that is another one as soon as anybody has written to the ledger. Reads no page of it.
    package func version() async throws -> Int {
        try await reading { try Self.version($0) }
    }

    /// Loads what a screen shows.
    ///
    /// - Parameter order: the order of the last view, for a request that keeps it.
    /// - Throws: ``Failure``.
    package func view(_ request: ViewRequest, keeping order: [Int64]) async throws -> LedgerView {
        let date = ledger.now()
        return try await reading { [self] db in
            let totals = try totals(db)
            let order = request.keepsOrder ? order : try self.order(db, request.filter)
            return try LedgerView(db, request, order: order, totals: totals, at: date)
        }
    }

    private func totals(_ db: Database) throws -> RunTotals {
        // Within this read transaction nothing changes any more.
        let version = try Self.version(db)
        if let known = overview.withLock({ $0.version == version ? $0.totals : nil }) { return known }
        let statement = try db.cachedStatement(sql: RunTotals.ofAll)
        let totals = RunTotals(states: try RunTotals.State.fetchAll(statement))
        overview.withLock { $0 = Overview(version: version, totals: totals, order: nil) }
        return totals
    }

    /// Called after the totals, which forget an order of an earlier version.
    private func order(_ db: Database, _ filter: String) throws -> [Int64] {
        let known = overview.withLock { $0.order }
        if let known, known.filter == filter { return known.courses }
        let made = try CourseOrder.worstFirst(db, filter)
        overview.withLock { $0.order = (filter, made) }
        return made
    }

    private static func version(_ db: Database) throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "PRAGMA data_version")) ?? 0
    }

    private func reading<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value
    {
        do {
            return try await database.read(body)
        } catch let error as DatabaseError {
            throw Failure(error, ledger: ledger.path)
        }
    }
}

/// In which order courses are shown.
private enum CourseOrder {
    /// What needs somebody first: failed, held, retrying, at work, waiting, done; by key where that is the same.
    static func worstFirst(_ db: Database, _ filter: String) throws -> [Int64] {
        // By key there is an index; the few states are cheaper to tell apart here than to sort by there.
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, state FROM course WHERE ?1 = '' OR instr(lower(key || ' ' || title), lower(?1)) > 0 ORDER BY key
                """
        )
        var ranks: [[Int64]] = Array(repeating: [], count: states.count + 1)
        let rows = try Row.fetchCursor(statement, arguments: [filter])
        while let row = try rows.next() {
            let state: String = row[1]
            ranks[states[state] ?? states.count].append(row[0])
        }
        return Array(ranks.joined())
    }

    private static let states: [String: Int] = {
        let order: [CourseState] = [.failed, .held, .retrying, .running, .queued, .pending, .migrated, .empty]
        return Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1.rawValue, $0) })
    }()
}

extension LedgerView {
    fileprivate init(_ db: Database, _ request: ViewRequest, order: [Int64], totals: RunTotals, at date: Date) throws {
        let lease = try Lease.fetch(db)
        // The cursor's row stays where it is on the screen, and the page is full where there are rows to fill it.
        let place = request.cursor.flatMap { order.firstIndex(of: $0) } ?? 0
        let first = max(0, min(place - request.rowsAbove, order.count - request.courseRows))
        let selected = try order.isEmpty ? nil : Self.rows(db, [order[place]]).first
        let newest = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(seq) FROM event")) ?? 0
        self.init(
            at: date,
            run: try Snapshot.newestRun(db),
            heartbeatAge: lease.flatMap {
                $0.isAlive(at: date) ? max(0, date.timeIntervalSince1970 - $0.heartbeat) : nil
            },
            totals: totals, order: order, firstCourse: first,
            courses: try Self.rows(db, order[first..<min(order.count, first + request.courseRows)]),
            selected: selected,
            marked: try request.marks.isEmpty ? [] : Self.marked(db, request.marks),
            videos: try selected.map { try Self.videos(db, of: $0, request) } ?? [],
            events: try Self.events(db, upTo: request.newestEvent ?? newest, limit: request.eventRows),
            lastEvent: newest,
            commands: try CommandRow.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM command ORDER BY id DESC LIMIT 20")),
            troubles: request.wantsTroubles ? try Self.troubles(db) : [],
            history: try request.history.map { try Self.history(db, of: $0, in: selected) } ?? []
        )
    }

    private static func rows(_ db: Database, _ ids: some Sequence<Int64>) throws -> [CourseRow] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM course WHERE id = ?")
        return try ids.compactMap { try CourseRow.fetchOne(statement, arguments: [$0]) }
    }

    private static func marked(_ db: Database, _ ids: Set<Int64>) throws -> [MarkedCourse] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, key, held_by AS heldBy, verified,
                    pending + migrating + verified + rolled_back + failed + waived_videos AS videos
                FROM course WHERE id = ?
                """
        )
        return try ids.compactMap { try MarkedCourse.fetchOne(statement, arguments: [$0]) }.sorted { $0.key < $1.key }
    }

    private static func videos(_ db: Database, of course: CourseRow, _ request: ViewRequest) throws -> [VideoRow] {
        guard request.videoRows > 0 else { return [] }
        let statement = try db.cachedStatement(
            sql: VideoRow.query + """
                 ORDER BY CASE v.state WHEN 'failed' THEN 0 WHEN 'rolled back' THEN 1 WHEN 'migrating' THEN 2
                    WHEN 'pending' THEN 3 WHEN 'waived' THEN 4 ELSE 5 END, v.id LIMIT ?2 OFFSET ?3
                """
        )
        return try VideoRow.fetchAll(statement, arguments: [course.key, request.videoRows, request.firstVideo])
    }

    private static func events(_ db: Database, upTo newest: Int64, limit: Int) throws -> [EventRow] {
        guard limit > 0 else { return [] }
        let statement = try db.cachedStatement(
            sql: EventRow.query
                + " WHERE e.seq IN (SELECT seq FROM event WHERE seq <= ? AND \(EventRow.isNotable) "
                + "ORDER BY seq DESC LIMIT ?) ORDER BY e.seq"
        )
        return try EventRow.fetchAll(statement, arguments: [newest, limit])
    }

    private static func history(_ db: Database, of block: String, in course: CourseRow?) throws -> [EventRow] {
        guard let course else { return [] }
        let statement = try db.cachedStatement(
            sql: EventRow.query
                + " WHERE e.seq IN (SELECT seq FROM event WHERE course = ? AND block = ? AND \(EventRow.isNotable) "
                + "ORDER BY seq DESC LIMIT 200) ORDER BY e.seq"
        )
        return try EventRow.fetchAll(statement, arguments: [course.id, block])
    }

    /// At most a thousand: more are one cause, not a thousand decisions.
    private static func troubles(_ db: Database) throws -> [TroubledVideo] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT c.key, v.block, v.display_name AS displayName, v.state, v.failure, v.attempt
                FROM video v JOIN course c ON c.id = v.course
                WHERE v.state IN ('failed', 'rolled back') ORDER BY v.course, v.id LIMIT 1000
                """
        )
        return try TroubledVideo.fetchAll(statement)
    }
}
