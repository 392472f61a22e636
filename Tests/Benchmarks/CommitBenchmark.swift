// SPDX-License-Identifier: Apache-2.0
#if MySQL
import Foundation
import MariaDB
import MigrationModel
import VideoCatalog

/// Takes videos through the catalog as a run does, and does nothing else with them: its rows are read, it is committed with
/// its transcripts, and its rows are read again. What plain_client.c sends is the same.
struct CommitBenchmark {
    private static let languages: [LanguageCode] = ["ar", "de", "en", "es", "fr", "hi", "ja", "ru"]

    let videos: Int
    let transcripts: Int
    let connections: Int

    /// The database is `edxval` on this machine, and the password stands in the environment.
    func run(port: UInt32) async throws {
        let address = ServerAddress(
            host: "127.0.0.1", port: port, user: "mallow", database: "edxval", encryption: .none)
        let catalog = try MySQLCatalog(
            address, password: ProcessInfo.processInfo.environment["MALLOW_CATALOG_PASSWORD"], width: connections,
            now: { Date() })
        let taken = try await seconds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<connections {
                    group.addTask {
                        for number in stride(from: worker, to: videos, by: connections) {
                            try await migrate(number, in: catalog)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        print(String(format: "%.4f", taken))
    }

    private func migrate(_ number: Int, in catalog: MySQLCatalog) async throws {
        let video = VideoID(unchecked: UUID().uuidString.lowercased())
        _ = try await catalog.rows(of: [video])
        let receipt = try await catalog.commit(
            VideoCommit(
                video: video,
                transcripts: Self.languages.prefix(transcripts).map { language in
                    let name = UUID().uuidString.lowercased().replacing("-", with: "")
                    return NewTranscript(
                        language: language, object: ObjectKey(unchecked: "video-transcripts/\(name).srt"), format: .srt)
                }))
        precondition(receipt.inserted.count == transcripts, "nobody else writes there")
        _ = try await catalog.rows(of: [video])
    }
}
#endif
