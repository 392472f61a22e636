// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import TestDoubles
import Testing

@testable import Deployment
@testable import Ledger

@Suite struct ClearanceTests {
    private static func completed(_ number: Int, _ format: FormatPolicy? = .keep) -> CompletedRehearsal {
        CompletedRehearsal(
            ledger: "mallow.rehearsal-\(number).ledger", source: "olx:a", store: "", catalog: "", actor: "", began: 0,
            ended: 0, seconds: 0, courses: 1, videos: 1, transcripts: 1, retries: 0, rollbacks: 0,
            manner: format.map { manner($0).description })
    }

    private static func manner(_ format: FormatPolicy = .keep) -> Manner {
        Manner(format: format, prefix: "p/", declaredOnly: false)
    }

    private func clearance(
        _ completed: [CompletedRehearsal], _ format: FormatPolicy = .keep, without reason: String? = nil
    ) throws -> Clearance {
        try Clearance(
            after: completed, manner: Self.manner(format), without: reason, command: "mallow run --ledger 'night'")
    }

    @Test func `two completed rehearsals need no word`() throws {
        #expect(try clearance([Self.completed(1), Self.completed(2)]).override == nil)
        let three = try clearance([1, 2, 3].map { Self.completed($0) }, without: "in a hurry")
        #expect(three.override == nil, "there was none to be made")
    }

    @Test(arguments: [FormatPolicy.sjson, nil])
    func `rehearsals in another manner, or in nobody knows which, are not this run's`(_ other: FormatPolicy?) throws {
        let completed = [Self.completed(1), Self.completed(2, other), Self.completed(3, other)]
        let refusal = #expect(throws: NotRehearsed.self) { try clearance(completed) }
        #expect(refusal?.rehearsals == 1)
        #expect(
            refusal?.description.contains(
                "the ledger has 1, and 2 that did not write as this run would (--format=keep --prefix=p/)") == true)
        #expect(try clearance(completed + [Self.completed(4)]).override == nil)
    }

    @Test(arguments: [0, 1]) func `fewer need a reason, which is kept`(_ rehearsals: Int) throws {
        let refusal = #expect(throws: NotRehearsed.self) {
            try clearance((0..<rehearsals).map { Self.completed($0) })
        }
        #expect(refusal?.description.contains("and the ledger has \(rehearsals)") == true)
        #expect(refusal?.description.contains("--without-rehearsals=REASON") == true)
        #expect(refusal?.description.contains("mallow run --ledger 'night' makes one") == true)
        let override = try clearance(
            (0..<rehearsals).map { Self.completed($0) }, without: "a platform of our own"
        ).override
        #expect(override == "production after \(rehearsals) of 2 rehearsals: a platform of our own")
    }

    // MARK: - Before a run

    private func checks(
        _ completed: Int, in folder: String, rehearsal: String? = nil, hasStaging: Bool = true,
        keeping: Int = 9, older: FormatPolicy = .keep, newest: FormatPolicy = .keep,
        staging: @escaping @Sendable () throws -> Rehearsal
    ) async throws -> [String: PreflightCheck] {
        let endpoints = try Endpoints(
            source: "olx:\(folder)/exports", store: "file:\(folder)/objects", catalog: "sqlite:\(folder)/c.sqlite")
        let path = "\(folder)/mallow.ledger"
        let ledger = try Ledger(path: path, now: { Date() })
        for number in 1..<(completed + 1) {
            _ = try await ledger.keep(
                CompletedRehearsal(
                    ledger: "mallow.rehearsal-\(number).ledger", source: "\(endpoints.source)", store: "", catalog: "",
                    actor: "", began: 0, ended: Double(number), seconds: 0, courses: 1, videos: 1, transcripts: 1,
                    retries: 0, rollbacks: 0,
                    manner: number > keeping ? nil : Self.manner(number == completed ? newest : older).description))
        }
        let trial = RehearsalTrial(
            .production(endpoints), ledger: path, rehearsal: rehearsal, hasStaging: hasStaging,
            command: "mallow run --rehearsal --all --source 'olx:x'", staging: staging)
        return Dictionary(uniqueKeysWithValues: try trial.checks(ProbeClock()).map { ($0.name, $0) })
    }

    private static let none: @Sendable () throws -> Rehearsal = { throw NoRehearsal("no staging", "write it") }

    @Test func `a preflight says how many are completed, and what to do about the others`() async throws {
        try await withTemporaryFolder { folder in
            let check = try await checks(1, in: folder, staging: Self.none)["rehearsals"]
            #expect(check?.verdict == .attention)
            #expect(check?.measured == "1 of 2 completed, with --format=keep --prefix=p/")
            #expect(check?.advice?.contains("mallow run --rehearsal --all --source 'olx:x' makes one") == true)
        }
        try await withTemporaryFolder { folder in
            let check = try await checks(2, in: folder, staging: Self.none)["rehearsals"]
            #expect((check?.verdict, check?.measured) == (.pass, "2 of 2 completed, with --format=keep --prefix=p/"))
        }
        try await withTemporaryFolder { folder in
            let check = try await checks(3, in: folder, keeping: 1, staging: Self.none)["rehearsals"]
            #expect(check?.verdict == .attention)
            #expect(check?.measured == "1 of 2 completed, with --format=keep --prefix=p/; 2 otherwise")
        }
        try await withTemporaryFolder { folder in
            let check = try await checks(2, in: folder, newest: .sjson, staging: Self.none)["rehearsals"]
            #expect(check?.measured == "1 of 2 completed, with --format=sjson --prefix=p/; 1 otherwise")
        }
        try await withTemporaryFolder { folder in
            let check = try await checks(2, in: folder, older: .sjson, staging: Self.none)["rehearsals"]
            #expect(check?.measured == "1 of 2 completed, with --format=keep --prefix=p/; 1 otherwise")
        }
    }

    @Test func `a staging that is not apart is told, and one that nobody needs any more is not missed`() async throws {
        try await withTemporaryFolder { folder in
            let check = try await checks(2, in: folder, staging: Self.none)["staging"]
            #expect((check?.verdict, check?.measured, check?.advice) == (.attention, "no staging", "write it"))
            #expect(try await checks(2, in: folder, hasStaging: false, staging: Self.none)["staging"] == nil)
        }
        try await withTemporaryFolder { folder in
            let missed = try await checks(1, in: folder, hasStaging: false, staging: Self.none)
            #expect(missed["staging"]?.verdict == .attention)
        }
    }

    @Test func `the ledger of a completed rehearsal is no place for another one`() async throws {
        try await withTemporaryFolder { folder in
            let over = try await checks(1, in: folder, rehearsal: "mallow.rehearsal-1.ledger", staging: Self.none)
            #expect(over["rehearsals"]?.verdict == .fail)
            let next = try await checks(1, in: folder, rehearsal: "mallow.rehearsal-2.ledger", staging: Self.none)
            #expect(next["rehearsals"]?.verdict == .pass)
        }
    }
}
