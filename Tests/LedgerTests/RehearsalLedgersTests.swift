// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestDoubles
import Testing

@testable import Ledger

@Suite struct RehearsalLedgersTests {
    @Test(arguments: [
        ("/a/mallow.ledger", 1, "/a/mallow.rehearsal-1.ledger"), ("/a/ledger", 12, "/a/ledger.rehearsal-12"),
        ("/a/b.c.sqlite", 2, "/a/b.c.rehearsal-2.sqlite"),
    ])
    func `a rehearsal's ledger is beside production's, and leads back to it`(
        _ production: String, _ number: Int, _ path: String
    ) {
        let ledgers = RehearsalLedgers(production)
        #expect(ledgers.named == nil)
        #expect(ledgers.path(number) == path)
        let named = RehearsalLedgers(path)
        #expect((named.production, named.named) == (production, number))
        #expect(named.path(number + 1) == ledgers.path(number + 1))
    }

    @Test(arguments: [
        "/a/mallow.rehearsal-0.ledger", "/a/mallow.rehearsal-01.ledger", "/a/mallow.rehearsal-x.ledger",
        "/a/mallow.rehearsal-.ledger", "/a/mallow-rehearsal-1.ledger", "/x.rehearsal-1/mallow.ledger", "/a/ledger",
    ])
    func `a file that is only named alike is none`(_ path: String) {
        #expect(RehearsalLedgers(path).named == nil)
        #expect(RehearsalLedgers(path).production == path)
    }

    @Test func `one goes on with the newest that is not complete, else with the next`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/mallow.ledger"
            let ledgers = RehearsalLedgers(path)
            #expect(ledgers.newest == nil)
            #expect(try ledgers.next() == 1)
            for name in [ledgers.name(1), ledgers.name(1) + "-wal", "mallow.rehearsal-9.ledger.engine.log"] {
                #expect(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil))
            }
            #expect(ledgers.newest == 1)
            #expect(try ledgers.next() == 1, "nobody has counted it")
            let ledger = try Ledger(path: path, now: { Date() })
            #expect(try await ledger.keep(.sample(ledgers.name(1))) == 1)
            #expect(try ledgers.next() == 2)
            try FileManager.default.removeItem(atPath: ledgers.path(1))
            #expect(try ledgers.next() == 2, "a number that was counted is never given again")
            #expect(FileManager.default.createFile(atPath: ledgers.path(2), contents: nil))
            #expect(try ledgers.next() == 2)
        }
    }

    @Test func `what is read is the newest with a run over courses in it`() async throws {
        try await withTemporaryFolder { folder in
            let ledgers = RehearsalLedgers("\(folder)/mallow.ledger")
            #expect(try ledgers.newestRun() == nil)
            for (number, kind) in [(1, "rehearsal"), (2, "discovery")] {
                let (_, log) = try await begin(ledgers.path(number), kind: kind)
                try await log.close()
            }
            #expect(FileManager.default.createFile(atPath: ledgers.path(3), contents: nil))
            #expect(try ledgers.newestRun() == 1)
            #expect(ledgers.newest == 3)
        }
    }

    @Test func `a folder that is not there has none`() throws {
        let ledgers = RehearsalLedgers("/nowhere-\(UUID())/mallow.ledger")
        #expect(ledgers.newest == nil)
        #expect(try ledgers.next() == 1)
    }
}

extension CompletedRehearsal {
    static func sample(
        _ ledger: String, of source: String = "olx:a", ended: Double = 2, manner: Manner? = .sample()
    ) -> CompletedRehearsal {
        CompletedRehearsal(
            ledger: ledger, source: source, store: "file:s", catalog: "sqlite:s", actor: "mira", began: 1, ended: ended,
            seconds: 1, courses: 1, videos: 1, transcripts: 3, retries: 0, rollbacks: 0,
            manner: manner?.description)
    }
}
