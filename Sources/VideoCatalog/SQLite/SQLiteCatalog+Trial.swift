// SPDX-License-Identifier: Apache-2.0
import GRDB
import MigrationModel

extension SQLiteCatalog {
    /// What a run would find in a catalog's file.
    package enum Trial: Sendable, Hashable {
        /// No tables: the first run makes them.
        case empty
        /// Tables that rows of ours fit into, and how many rows they have.
        case tables(videos: Int, transcripts: Int)
        /// Another program has its write lock, and did not give it back in two seconds.
        case locked
    }

    /// Looks whether a run could use the file at `path`, which is there: its tables are judged as a run judges them, and
    /// the write lock is taken and given back before anything is counted. Writes nothing; blocks, up to two seconds for
    /// other programs' locks.
    ///
    /// - Throws: ``Failure``, as a run would.
    package static func tryOut(path: String) throws -> Trial {
        do {
            var configuration = Configuration()
            configuration.label = "catalog trial"
            configuration.busyMode = .timeout(2)
            return try DatabaseQueue(path: path, configuration: configuration).writeWithoutTransaction { database in
                try database.beginTransaction(.immediate)
                try database.rollback()
                return try found(in: database, path)
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return .locked
        } catch {
            throw error as? Failure ?? Failure(error, sqlite: "open the catalog", at: path)
        }
    }

    private static func found(in database: Database, _ path: String) throws -> Trial {
        let shape = try CatalogShape(of: CatalogTables(of: database))
        if shape.isEmpty { return .empty }
        if let objection = shape.writingObjection { throw CatalogShape.refusal(objection, at: path) }
        let (videos, transcripts) = try CatalogReading(session: SQLiteSession(database: database)).counts()
        return .tables(videos: videos, transcripts: transcripts)
    }
}
