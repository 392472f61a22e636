// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import MigrationModel

extension Ledger.Readiness {
    /// What a ledger that opens says: who holds it, what is open in it, and whether the clock went back since.
    func checks(at date: Date, _ clock: ProbeClock) -> [PreflightCheck] {
        [engine(clock), transactions(clock), wallClock(date, clock)]
    }

    private func engine(_ clock: ProbeClock) -> PreflightCheck {
        guard let holder else {
            guard isOfEarlierVersion else { return clock.passed("ledger", "can be locked; no engine runs") }
            return clock.attention(
                "ledger", "can be locked; no engine runs; its schema is of an earlier version",
                advice: "the first run brings it up to date; earlier versions of mallow cannot open it then")
        }
        let heard = String(format: "%.0f", holder.heartbeatAge)
        return clock.failed(
            "ledger", "process \(holder.pid) on \(holder.host) holds it, heard \(heard) s ago",
            advice: isOfEarlierVersion
                ? "another run begins when that one has ended: watch it with the earlier version of mallow that it is of"
                : "another run begins when that one has ended: watch it with mallow status")
    }

    private func transactions(_ clock: ProbeClock) -> PreflightCheck {
        let name = "ledger: transactions"
        if openTransactions == 0 { return clock.passed(name, "none open") }
        let are = openTransactions == 1 ? "transaction is" : "transactions are"
        return clock.attention(
            name, "\(openTransactions) video \(are) open",
            advice: holder == nil
                ? "the run settles them first; mallow recover does it now" : "the engine that runs has them in hand")
    }

    /// What can be said of one clock alone: that it is not before what it showed when the newest event was written.
    private func wallClock(_ date: Date, _ clock: ProbeClock) -> PreflightCheck {
        guard let newestEvent else { return clock.passed("clock", "no event to compare with") }
        let ahead = date.timeIntervalSince(newestEvent)
        guard ahead < 0 else {
            return clock.passed("clock", "\(Self.text(ahead)) after the newest event")
        }
        return clock.attention(
            "clock", "\(Self.text(-ahead)) before the newest event",
            advice: "set the clock; times in the ledger and in the catalog would go back with it")
    }

    private static func text(_ seconds: TimeInterval) -> String {
        Duration.seconds(seconds.rounded()).formatted(
            .units(allowed: [.days, .hours, .minutes, .seconds], width: .narrow, maximumUnitCount: 2)
                .locale(Locale(identifier: "en_US_POSIX")))
    }
}
