// SPDX-License-Identifier: Apache-2.0
#if MySQL
import Foundation
import MariaDB
import MigrationModel

extension MySQLCatalog {
    /// Inserts a video with a transcript as a run would, and takes them back before anybody sees them; then counts what is
    /// there. Blocks.
    ///
    /// - Returns: how many rows there are.
    /// - Throws: ``Failure``.
    package func tryOut() throws -> (videos: Int, transcripts: Int) {
        let video = VideoID(unchecked: "mallow-canary-\(UUID().uuidString.lowercased())")
        let canary = VideoCommit(
            video: video,
            transcripts: [NewTranscript(language: "en", object: ObjectKey(unchecked: "\(video).srt"), format: .srt)])
        return try reader.runBlocking("try to insert rows", at: video.text) { connection in
            let session = MySQLSession(connection: connection)
            try connection.execute("START TRANSACTION")
            do {
                defer { connection.takeBack() }
                _ = try CatalogWriting(session: session, shape: reader.shape, now: now()).commit(canary)
            }
            // As a rollback looks for rows: it needs the right to share them.
            try connection.query(Self.sharedRows, [.text(video.text)])
            return try CatalogReading(session: session).counts()
        }
    }
}
#endif
