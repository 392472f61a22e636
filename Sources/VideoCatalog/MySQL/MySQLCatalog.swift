// SPDX-License-Identifier: Apache-2.0
#if MySQL
package import Foundation
package import MariaDB
package import MigrationModel

/// edx-val's tables on a MySQL or MariaDB server. An object's key is the `transcript` column as it stands.
///
/// The platform uses them at the same time, and its rows win: each video is one transaction that inserts and changes
/// nothing, and waits no longer than ten seconds for the platform's locks.
package struct MySQLCatalog: VideoCatalog {
    let reader: MySQLCatalogReader
    let lost = LostCommits()
    let now: @Sendable () -> Date

    /// Looks at the tables of a database; blocks for as long as that takes. Nothing is made there, whatever is missing.
    ///
    /// - Parameters:
    ///   - width: how many connections there may be.
    ///   - now: the time that goes into `created`, `modified` and `change_date`.
    /// - Throws: ``Failure``; also for tables that rows of ours would not fit into.
    package init(
        _ address: ServerAddress, password: String?, width: Int, deadlines: ServerDeadlines = ServerDeadlines(),
        now: @escaping @Sendable () -> Date
    ) throws {
        reader = try MySQLCatalogReader(address, password: password, width: width, deadlines: deadlines)
        if let objection = reader.shape.writingObjection {
            throw CatalogShape.refusal(objection, at: reader.place)
        }
        self.now = now
    }

    package var foldsLanguageCase: Bool { reader.foldsLanguageCase }

    package func rows(of videos: Set<VideoID>) async throws -> [VideoID: [CatalogRow]] {
        try await reader.rows(of: videos)
    }

    package func rows(withKeys keys: Set<ObjectKey>) async throws -> [CatalogRow] {
        try await reader.rows(withKeys: keys)
    }

    package func newestObjects(_ count: Int) async throws -> [ObjectKey] { try await reader.newestObjects(count) }

    /// A transaction that is not over holds the rows that it inserted, and a read that wants to share them waits for it, as
    /// long as for every other lock.
    package func settled(_ keys: Set<ObjectKey>, of video: VideoID) async throws -> [CatalogRow] {
        try await reader.run("look for the video's rows", at: video.text) { [lost] connection in
            lost.end(on: connection)
            try connection.query(Self.sharedRows, [.text(video.text)])
            return try CatalogReading(session: MySQLSession(connection: connection)).rows(withKeys: keys)
        }
    }

    /// Shares a video's row and its transcripts', found by their indexes, when nobody else is about to change them. One row
    /// comes of it, so that what is refused is refused before a row is sent.
    static let sharedRows = """
        SELECT count(transcript.id) FROM edxval_video AS video
        LEFT JOIN edxval_videotranscript AS transcript ON transcript.video_id = video.id
        WHERE video.edx_video_id = ? LOCK IN SHARE MODE
        """

    package func flag(of course: CourseKey) async throws -> FlagState { try await reader.flag(of: course) }

    package func commit(_ video: VideoCommit) async throws -> CommitReceipt {
        try await write("commit the video", at: video.video.text) { try $0.commit(video) }
    }

    package func switchOn(_ course: CourseKey) async throws {
        guard reader.shape.hasFlags else { throw CatalogShape.noFlag(of: course) }
        try await write("switch the course's flag on", at: course.text) { try $0.switchOn(course) }
    }

    /// Keeps a failed task where `reapply_tasks` lists it. Does nothing where the platform has no table for it: the
    /// ledger keeps it anyway.
    package func record(_ task: FailedTask) async throws {
        guard reader.shape.hasFailedTasks else { return }
        try await write("record the failed task", at: task.course.text) { try $0.record(task) }
    }

    /// Stamps a course's failed tasks resolved. Does nothing where the platform has no table for them.
    package func resolveFailedTasks(of course: CourseKey) async throws {
        guard reader.shape.hasFailedTasks else { return }
        try await write("resolve failed tasks", at: course.text) { try $0.resolveFailedTasks(of: course) }
    }

    func write<Value: Sendable>(
        _ what: String, at place: String, _ body: @escaping @Sendable (CatalogWriting) throws -> Value
    ) async throws -> Value {
        let (shape, lost, now) = (reader.shape, lost, now)
        return try await reader.run(what, at: place) { connection in
            try connection.inTransaction(what, at: place, lost) {
                try body(CatalogWriting(session: MySQLSession(connection: connection), shape: shape, now: now()))
            }
        }
    }
}

extension ServerConnection {
    /// Takes back what the open transaction did. A connection that cannot is not used again, and with it the server takes
    /// it back: the next transaction on it would commit this one.
    func takeBack() {
        do { try execute("ROLLBACK") } catch { discard() }
    }

    /// Runs `body` in a transaction of its own.
    ///
    /// - Throws: ``Failure``: `ambiguous` when the answer to COMMIT was lost, else nothing was changed; what `body` throws.
    fileprivate func inTransaction<Value>(
        _ what: String, at place: String, _ lost: LostCommits, _ body: () throws -> Value
    ) throws -> Value {
        try execute("START TRANSACTION")
        let value: Value
        do {
            value = try body()
        } catch {
            takeBack()
            throw error
        }
        do {
            try execute("COMMIT")
            return value
        } catch {
            let failure = Failure(error, mysql: what, at: place, isCommit: true)
            if failure.class == .ambiguous { lost.add(identity) }
            discard()
            throw failure
        }
    }
}
#endif
