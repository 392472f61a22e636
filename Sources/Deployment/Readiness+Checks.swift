// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import MigrationModel

extension Ledger.Readiness {
    /// What a ledger that opens says: who holds it, what is open in it, and whether the clock went back since.
    func checks(at date: Date, _ clock: Stopwatch) -> [PreflightCheck] {
        [engine(clock), transactions(clock), wallClock(date, clock)]
    }

    private func engine(_ clock: Stopwatch) -> PreflightCheck {
        guard let holder else {
            return clock.passed("ledger", "can be written; no engine runs", limit: "no other engine")
        }
        let heard = String(format: "%.0f", holder.heartbeatAge)
        return clock.failed(
            "ledger", "process \(holder.pid) on \(holder.host) holds it, heard \(heard) s ago",
            limit: "no other engine",
            advice: "another run begins when that one has ended: watch it with mallow status")
    }

    private func transactions(_ clock: Stopwatch) -> PreflightCheck {
        let name = "ledger: transactions"
        if openTransactions == 0 { return clock.passed(name, "none open") }
        let are = openTransactions == 1 ? "transaction is" : "transactions are"
        return clock.attention(
            name, "\(openTransactions) video \(are) open", limit: "0",
            advice: holder == nil
                ? "the run settles them first; mallow recover does it now" : "the engine that runs has them in hand")
    }

    /// What can be said of one clock alone: that it is not before what it showed when the newest event was written.
    private func wallClock(_ date: Date, _ clock: Stopwatch) -> PreflightCheck {
        guard let newestEvent else { return clock.passed("clock", "no event to compare with") }
        let ahead = date.timeIntervalSince(newestEvent)
        let limit = "not before the newest event"
        guard ahead < 0 else {
            return clock.passed("clock", "\(Self.text(ahead)) after the newest event", limit: limit)
        }
        return clock.attention(
            "clock", "\(Self.text(-ahead)) before the newest event", limit: limit,
            advice: "set the clock; times in the ledger and in the catalog would go back with it")
    }

    private static func text(_ seconds: TimeInterval) -> String {
        Duration.seconds(seconds.rounded()).formatted(
            .units(allowed: [.days, .hours, .minutes, .seconds], width: .narrow, maximumUnitCount: 2)
                .locale(Locale(identifier: "en_US_POSIX")))
    }
}
