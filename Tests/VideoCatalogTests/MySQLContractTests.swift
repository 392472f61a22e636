// SPDX-License-Identifier: Apache-2.0
#if MySQL
import Foundation
import MariaDB
import MigrationModel
import Synchronization
import TestDoubles
import Testing
import VideoCatalog

/// On a real server, which `Tests/mysql/database.py` has started, with the tables that edx-val's own migrations make.
@Suite struct MySQLContractTests {
    @Test(arguments: VideoCatalogContract.cases)
    func `a server keeps the contract`(_ promise: ContractCase<any VideoCatalog>) async throws {
        try await withDatabase { address, password in
            try await promise.verify(
                MySQLCatalog(address, password: password, width: 32, now: { .now }))
        }
    }

    @Test func `a server that folds case says so, and its row of the other case wins`() async throws {
        try await withDatabase { address, password in
            let catalog = try MySQLCatalog(address, password: password, width: 2, now: { .now })
            #expect(catalog.foldsLanguageCase, "edx-val's migrations use the database's own collation")
            _ = try await catalog.commit(Self.commit("v1", "zh-CN", "k/1.srt"))
            let receipt = try await catalog.commit(Self.commit("V1", "zh-cn", "k/2.srt"))
            #expect(!receipt.createdVideo)
            #expect(receipt.alreadyThere["zh-cn"]?.object == "k/1.srt")
            #expect(try await catalog.rows(of: ["V1"])["V1"]?.map(\.object) == ["k/1.srt"], "as readers find it")
        }
    }

    @Test func `a commit whose connection is lost before it is sent changed nothing`() async throws {
        try await withDatabase { address, password in
            let other = try ServerConnection(address, password: password, deadlines: ServerDeadlines())
            let catalog = try MySQLCatalog(address, password: password, width: 1, now: { .now })
            // Its only connection is ended behind its back.
            let mine = other.identity.number
            let rows = try other.query(
                "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> ?", [.integer(mine)])
            for row in rows { try other.execute("KILL \(try #require(row[0].integer))") }
            let failure = await #expect(throws: Failure.self) {
                _ = try await catalog.commit(Self.commit("v1", "en", "k/1.srt"))
            }
            #expect(failure?.class == .transient)
            #expect(try await catalog.rows(of: ["v1"]) == [:])
            #expect(try await catalog.commit(Self.commit("v1", "en", "k/1.srt")).createdVideo)
        }
    }

    @Test func `somebody else's lock is waited for, and then it is a passing failure`() async throws {
        try await withDatabase { address, password in
            let other = try ServerConnection(address, password: password, deadlines: ServerDeadlines())
            let catalog = try MySQLCatalog(
                address, password: password, width: 2, deadlines: ServerDeadlines(lock: 1), now: { .now })
            try other.execute("START TRANSACTION")
            try other.execute(
                "INSERT INTO edxval_video (created, edx_video_id, client_video_id, duration, status) "
                    + "VALUES (now(6), 'v1', '', 0, 'external')")
            let failure = await #expect(throws: Failure.self) {
                _ = try await catalog.commit(Self.commit("v1", "en", "k/1.srt"))
            }
            #expect(failure?.class == .transient)
            try other.execute("ROLLBACK")
            #expect(try await catalog.commit(Self.commit("v1", "en", "k/1.srt")).createdVideo)
        }
    }

    @Test func `nobody is told that there are no rows while a dead engine's commit may still make them`() async throws {
        try await withDatabase { address, password in
            let dead = try ServerConnection(address, password: password, deadlines: ServerDeadlines())
            let catalog = try MySQLCatalog(
                address, password: password, width: 2, deadlines: ServerDeadlines(lock: 1), now: { .now })
            _ = try await catalog.commit(Self.commit("v1", "en", "k/1.srt"))
            for (video, language) in [("v1", "fr"), ("v2", "fr")] {
                let key = ObjectKey(unchecked: "k/\(video).srt")
                #expect(try await catalog.settled([key], of: VideoID(unchecked: video)).isEmpty)
                try dead.execute("START TRANSACTION")
                if video == "v2" {
                    try dead.execute(
                        "INSERT INTO edxval_video (created, edx_video_id, client_video_id, duration, status) "
                            + "VALUES (now(6), 'v2', '', 0, 'external')")
                }
                try dead.query(
                    "INSERT INTO edxval_videotranscript (created, modified, video_id, transcript, language_code, "
                        + "provider, file_format) SELECT now(6), now(6), id, ?, ?, 'Custom', 'srt' "
                        + "FROM edxval_video WHERE edx_video_id = ?",
                    [.text(key.text), .text(language), .text(video)])
                let failure = await #expect(throws: Failure.self) {
                    _ = try await catalog.settled([key], of: VideoID(unchecked: video))
                }
                #expect(failure?.class == .transient)
                try dead.execute("COMMIT")
                #expect(try await catalog.settled([key], of: VideoID(unchecked: video)).map(\.object) == [key])
            }
        }
    }

    @Test func `tables that are not edx-val's are refused with the difference`() async throws {
        try await withDatabase { address, password in
            let other = try ServerConnection(address, password: password, deadlines: ServerDeadlines())
            try other.execute("ALTER TABLE edxval_videotranscript ADD COLUMN region varchar(9) NOT NULL")
            let wants = #expect(throws: Failure.self) {
                _ = try MySQLCatalog(address, password: password, width: 1, now: { .now })
            }
            #expect(wants?.cause == "it wants values that we do not know for edxval_videotranscript.region")
            try other.execute("ALTER TABLE edxval_videotranscript DROP COLUMN file_format")
            let lacks = #expect(throws: Failure.self) {
                _ = try MySQLCatalogReader(address, password: password, width: 1)
            }
            #expect(lacks?.cause == "it has no column edxval_videotranscript.file_format")
        }
    }

    @Test func `a wrong password, a wrong database and a closed port are told apart`() async throws {
        try await withDatabase { address, password in
            func failure(_ address: ServerAddress, _ password: String?) -> Failure.Class? {
                #expect(throws: Failure.self) {
                    _ = try MySQLCatalogReader(address, password: password, width: 1)
                }?.class
            }
            #expect(failure(address, "wrong") == .auth)
            func other(port: UInt32? = nil, database: String? = nil) -> ServerAddress {
                ServerAddress(
                    host: address.host, port: port ?? address.port, user: address.user,
                    database: database ?? address.database, encryption: address.encryption)
            }
            #expect(failure(other(database: "none"), password) == .bug)
            #expect(failure(other(port: 1), password) == .transient)
        }
    }

    private static func commit(_ video: VideoID, _ language: LanguageCode, _ key: ObjectKey) -> VideoCommit {
        VideoCommit(video: video, transcripts: [NewTranscript(language: language, object: key, format: .srt)])
    }
}
#endif
