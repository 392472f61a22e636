// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import TestDoubles
import Testing

@testable import Migration

@Suite struct ReadMeterTests {
    private static func told(_ checkpoint: Checkpoint?) -> (total: Int, perSecond: Double)? {
        if case .reads(let total, let perSecond)? = checkpoint { (total, perSecond) } else { nil }
    }

    @Test func `it tells once a second, of whole seconds alone`() {
        let meter = ReadMeter()
        for moment in [100.0, 100.5, 100.99] { #expect(meter.hear(2, at: moment) == nil) }
        #expect(meter.hear(1, at: 101) == .reads(total: 7, perSecond: 6))
        #expect(meter.hear(1, at: 101.9) == nil)
        #expect(meter.hear(10, at: 102.5) == .reads(total: 18, perSecond: 4))
        #expect(meter.last == .reads(total: 18, perSecond: 0))
    }

    @Test func `moments that come out of order make no rate that is none`() throws {
        let meter = ReadMeter()
        for moment in [10.01, 9.99] { #expect(meter.hear(5, at: moment) == nil) }
        #expect(meter.hear(1, at: 11) == .reads(total: 11, perSecond: 10))
        #expect(meter.hear(1, at: 10.99) == nil)
    }

    @Test func `its rate is that of the last five seconds, and of no more`() throws {
        let meter = ReadMeter()
        for second in 0..<20 { _ = meter.hear(second < 10 ? 100 : 10, at: Double(second)) }
        #expect(meter.hear(1, at: 20) == .reads(total: 1101, perSecond: 10))
        #expect(meter.hear(1, at: 25) == .reads(total: 1102, perSecond: 1.0 / 5))
        #expect(meter.hear(1, at: 300) == .reads(total: 1103, perSecond: 0), "what was long ago is over")
    }

    @Test func `a run writes down what it has read, and every read of a transcript counts`() async throws {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let schedule = FaultSchedule()
        try await Simulation(world, schedule).live()
        let assets = world.source.all[SimulatedCourses.key]?.assets.count ?? 0
        let last = Self.told(
            world.log.contents.checkpoints.last { if case .reads = $0 { true } else { false } })
        // The first videos of a run are read twice.
        #expect(last?.total == 2 * assets && last?.perSecond == 0)
        #expect(assets > 0)
    }
}
