// SPDX-License-Identifier: Apache-2.0
import GRDB
import MigrationModel
import Synchronization

/// Reads one ledger for one console, on a connection that cannot write.
package final class LedgerWatch: Sendable {
    private let ledger: Ledger
    private let database: DatabaseQueue
    /// Which file was opened.
    private let file: FileIdentity?
    /// What takes a look at every course, as of a version of the ledger: a key that only moves a cursor needs no new one.
    private let overview = Mutex(Overview())

    private struct Overview: Sendable {
        var version: Int?
        var totals = RunTotals(states: [])
        /// By the filter and the sort it was made for.
        var order: (filter: String, sort: CourseSort, courses: [Int64])?
        var marked: (ids: Set<Int64>, courses: [ChosenCourse])?
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
            file = FileIdentity(ledger.path)
        } catch let error as DatabaseError {
            throw Failure(error, ledger: ledger.path)
        }
    }

    /// Before the ledger itself: whoever cannot write cannot take the log away.
    deinit {
        try? database.close()  // one that cannot be closed now is closed with its last holder
    }

    /// A number that is another one as soon as anybody has written to the ledger. Reads no page of it.
    ///
    /// - Throws: ``Failure``, also when the file is gone or another one: what is open is then nobody's any more.
    package func version() async throws -> Int {
        try refuseLoss()
        return try await reading { try Self.version($0) }
    }

    /// - Throws: ``Failure`` when the ledger's file is not the one that was opened. What would be written into that one
    ///   nobody would ever read.
    package func refuseLoss() throws {
        guard FileIdentity(ledger.path) != file else { return }
        throw Failure(
            .conflict, "reading the ledger", at: ledger.path, cause: "the file that was opened is not there any more",
            safe: "what it said stands on the screen, and nothing is written",
            advice: "put it back, and open the console anew"
        )
    }

    /// Takes the look at every course that the first view needs, so that it can be taken while something else is made ready.
    ///
    /// - Throws: ``Failure``.
    package func prepare(_ sort: CourseSort) async throws {
        try await reading { [self] db in
            _ = try totals(db)
            _ = try order(db, "", sort)
        }
    }

    /// Loads what a screen shows.
    ///
    /// - Parameter order: the order of the last view, for a request that keeps it.
    /// - Throws: ``Failure``.
    package func view(_ request: ViewRequest, keeping order: [Int64]) async throws -> LedgerView {
        let date = ledger.now()
        return try await reading { [self] db in
            let totals = try totals(db)
            let order = request.keepsOrder ? order : try self.order(db, request.filter, request.sort)
            let marked = try self.marked(db, request.marks)
            return try LedgerView(db, request, order: order, totals: totals, marked: marked, at: date)
        }
    }

    private func totals(_ db: Database) throws -> RunTotals {
        // Within this read transaction nothing changes any more.
        let version = try Self.version(db)
        if let known = overview.withLock({ $0.version == version ? $0.totals : nil }) { return known }
        let statement = try db.cachedStatement(sql: RunTotals.ofAll)
        let totals = RunTotals(states: try RunTotals.State.fetchAll(statement), earlier: try EarlierTrouble(db))
        overview.withLock { $0 = Overview(version: version, totals: totals) }
        return totals
    }

    /// Called after the totals, which forget an order of an earlier version.
    private func order(_ db: Database, _ filter: String, _ sort: CourseSort) throws -> [Int64] {
        let known = overview.withLock { $0.order }
        if let known, known.filter == filter, known.sort == sort { return known.courses }
        let made = try sort.courses(db, filter)
        overview.withLock { $0.order = (filter, sort, made) }
        return made
    }

    private func marked(_ db: Database, _ ids: Set<Int64>) throws -> [ChosenCourse] {
        if ids.isEmpty { return [] }
        if let known = overview.withLock({ $0.marked }), known.ids == ids { return known.courses }
        let made = try LedgerView.chosen(db, .marked(ids))
        overview.withLock { $0.marked = (ids, made) }
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
