// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import MigrationModel
import TestDoubles
import Testing

/// One video with three transcripts, and every way in which one or two of its effects can go wrong.
@Suite struct FaultSweepTests {
    /// Runs one schedule until quiet and says what is wrong with the end.
    static func outcome(of faults: [Int: FaultKind]) async throws -> (effects: Int, complaints: [String]) {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let schedule = FaultSchedule(faults)
        let laws = Laws(before: world.contents, courses: SimulatedCourses.expectedOfOneVideo(), intents: [])
        let lives = try await Simulation(world, schedule).liveUntilQuiet()
        var complaints = schedule.breaches
        if lives == nil { complaints.append("not quiet: \(world.log.contents.courses)") }
        if schedule.firedCount != faults.count { complaints.append("a planned fault did not happen") }
        complaints += laws.knowing(world.intents).violations(in: world.contents, isFinished: true).map(\.description)
        return (schedule.effects, complaints)
    }

    @Test func `every single fault leaves the laws intact`() async throws {
        try await withTaskExecutorPreference(OneThread()) {
            let clean = try await Self.outcome(of: [:])
            #expect(clean.complaints.isEmpty)
            var schedules = 0
            for effect in 0..<clean.effects {
                for kind in FaultKind.allCases {
                    let complaints = try await Self.outcome(of: [effect: kind]).complaints
                    #expect(complaints.isEmpty, "\(kind) at effect \(effect)")
                    schedules += 1
                }
            }
            print("fault sweep: \(clean.effects) effects in a clean run, \(schedules) single faults")
        }
    }

    /// The second fault may hit anything that comes after the first: the rollback, the retry, or any step of recovery.
    @Test(.timeLimit(.minutes(5)))
    func `every pair of faults leaves the laws intact, crashes during recovery included`() async throws {
        let effects = try await withTaskExecutorPreference(OneThread()) { try await Self.outcome(of: [:]).effects }
        let halves = try await withThrowingTaskGroup(of: Int.self) { group in
            for half in 0..<2 {
                group.addTask(executorPreference: OneThread()) { try await Self.pairs(effects: effects, half: half) }
            }
            return try await group.reduce(0, +)
        }
        print("fault sweep: \(halves) pairs of faults")
    }

    /// All pairs whose first fault hits an even, or an odd, effect.
    private static func pairs(effects: Int, half: Int) async throws -> Int {
        var schedules = 0
        for first in stride(from: half, to: effects, by: 2) {
            for firstKind in FaultKind.allCases {
                let last = try await outcome(of: [first: firstKind]).effects
                for second in stride(from: first + 1, to: last, by: 1) {
                    for secondKind in FaultKind.allCases {
                        let complaints = try await outcome(of: [first: firstKind, second: secondKind]).complaints
                        if !complaints.isEmpty {
                            Issue.record("\(firstKind) at \(first), \(secondKind) at \(second): \(complaints)")
                        }
                        schedules += 1
                    }
                }
            }
        }
        return schedules
    }
}
