// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// When work has to be done: the end of the window, or what an operator named. A console reckons with it and says what
/// fits; nothing is stopped by it.
package struct Deadline: Sendable, Hashable {
    package let shuts: Date

    package init(shuts: Date) { self.shuts = shuts }

    /// The next time that a clock on the wall shows `HH:MM`; where that hour is skipped in spring, the time after it.
    ///
    /// - Returns: nil when the text is no time of day.
    package init?(clock text: String, after now: Date, in zone: TimeZone) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isWholeNumber) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let time = DateComponents(hour: hour, minute: minute)
        guard let shuts = calendar.nextDate(after: now, matching: time, matchingPolicy: .nextTime) else { return nil }
        self.shuts = shuts
    }

    /// Whether work fits before the window shuts.
    package enum Verdict: String, Sendable, Hashable {
        case fits = "FITS"
        /// Only if it goes as fast as it may.
        case unsure = "MAY NOT FIT"
        case late = "LATE"
    }

    /// - Parameter remaining: seconds that the work may take, from few to many.
    package func verdict(on remaining: ClosedRange<Double>, at now: Date) -> Verdict {
        let left = shuts.timeIntervalSince(now)
        if remaining.upperBound <= left { return .fits }
        return remaining.lowerBound <= left ? .unsure : .late
    }
}
