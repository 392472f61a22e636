// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import MigrationModel
import TestDoubles
import Testing

/// Random fleets of courses, random faults, a random editor who adds catalog rows and changes courses meanwhile.
///
/// `MALLOW_SEEDS=N` runs N seeds, `MALLOW_SEED=S` runs that one alone.
@Suite struct FleetTests {
    @Test(.timeLimit(.minutes(30)))
    func `random fleets under random faults end with the laws intact`() async throws {
        let environment = ProcessInfo.processInfo.environment
        let seeds: [UInt64]
        if let seed = environment["MALLOW_SEED"].flatMap(UInt64.init) {
            seeds = [seed]
        } else {
            seeds = (1...(environment["MALLOW_SEEDS"].flatMap(UInt64.init) ?? 2000)).map { $0 }
        }
        let tallies = try await withThrowingTaskGroup(of: Tally.self) { group in
            for half in 0..<2 {
                let mine = seeds.enumerated().filter { $0.offset % 2 == half }.map(\.element)
                group.addTask(executorPreference: OneThread()) { try await Self.run(mine) }
            }
            return try await group.reduce(into: Tally()) { $0.add($1) }
        }
        print("fleets: \(seeds.count) seeds, \(tallies)")
        #expect(tallies.videos > 0 && tallies.faults > 0 && tallies.lives > seeds.count)
    }

    /// The same with the real ledger on a real disk, which must agree with the log in memory at every step, and refuse
    /// a second engine in every life.
    @Test(.timeLimit(.minutes(10)))
    func `the real ledger carries random fleets through their faults`() async throws {
        var tally = Tally()
        for seed in UInt64(1)...60 {
            try await withTemporaryFolder { folder in
                let (result, complaints) = try await RandomFleet(seed: seed).live(ledger: "\(folder)/ledger")
                tally.add(result)
                if !complaints.isEmpty { Issue.record("seed \(seed): \(complaints.prefix(5))") }
            }
        }
        print("fleets on a real ledger: 60 seeds, \(tally)")
        #expect(tally.faults > 0 && tally.lives > 60)
    }

    struct Tally: Sendable, CustomStringConvertible {
        var videos = 0, faults = 0, lives = 0, edits = 0

        mutating func add(_ other: Tally) {
            videos += other.videos
            faults += other.faults
            lives += other.lives
            edits += other.edits
        }

        var description: String { "\(videos) videos, \(faults) faults, \(lives) lives, \(edits) edits by authors" }
    }

    private static func run(_ seeds: [UInt64]) async throws -> Tally {
        var tally = Tally()
        for seed in seeds {
            let fleet = RandomFleet(seed: seed)
            let (result, complaints) = try await fleet.live()
            tally.add(result)
            if !complaints.isEmpty {
                Issue.record("seed \(seed): \(complaints.prefix(5)); replay with Tests/run --seed \(seed)")
            }
        }
        return tally
    }
}
