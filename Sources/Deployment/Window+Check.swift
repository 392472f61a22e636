// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

extension Window {
    /// How it stands for a run that would begin at a moment.
    func check(at date: Date, _ clock: ProbeClock) -> PreflightCheck {
        switch standing(at: date) {
        case .open(nil): clock.passed("window", "open at every hour")
        case .open(let end?): clock.passed("window", "open until \(self.clock(at: end)) \(zoneName)")
        case .shut(let opening):
            clock.attention(
                "window", "shut, opens \(self.clock(at: opening)) \(zoneName)",
                advice: "mallow run --wait-for-window begins then; --outside-window=REASON runs at any hour")
        }
    }
}
