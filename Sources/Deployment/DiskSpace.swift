// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// Whether there is room where a run writes.
struct DiskSpace: Sendable {
    /// Below this, in bytes, somebody should know.
    static let enough: UInt64 = 1 << 30
    /// Below this, in bytes, no run begins.
    static let least: UInt64 = 256 << 20

    /// What is written, and where.
    let places: [(what: String, path: PathOnDisk)]

    /// One check for each file system, as places on the same one share its room. Blocks.
    ///
    /// - Throws: ``Failure`` when one cannot be measured.
    func checks() throws -> [PreflightCheck] {
        let clock = ProbeClock()
        var systems: [(system: FileSystem, whats: [String])] = []
        for (what, path) in places {
            let system = try path.fileSystem()
            if let known = systems.firstIndex(where: { $0.system.device == system.device }) {
                systems[known].whats.append(what)
            } else {
                systems.append((system, [what]))
            }
        }
        return systems.map { Self.check("disk: \($0.whats.joined(separator: ", "))", free: $0.system.free, clock) }
    }

    static func check(_ name: String, free: UInt64, _ clock: ProbeClock) -> PreflightCheck {
        let measured = "\(text(free)) free"
        let limit = "at least \(text(enough))"
        let advice = "make room there before the run: without it videos fail, and without a ledger it ends"
        if free < least { return clock.failed(name, measured, limit: "at least \(text(least))", advice: advice) }
        if free < enough { return clock.attention(name, measured, limit: limit, advice: advice) }
        return clock.passed(name, measured, limit: limit)
    }

    /// Rounded down, so that nothing just below a limit reads as the limit.
    private static func text(_ bytes: UInt64) -> String {
        if bytes < enough { return "\(bytes >> 20) MiB" }
        let tenths = ((bytes % (1 << 30)) * 10) >> 30
        return tenths == 0 ? "\(bytes >> 30) GiB" : "\(bytes >> 30).\(tenths) GiB"
    }
}
