// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A moment as Django keeps it in a database: UTC, to the microsecond. Open edX: section 5.1.
struct CatalogTime: Sendable, Comparable {
    /// Microseconds since 1970.
    private let value: Int64

    private init(value: Int64) { self.value = value }

    init(_ date: Date) { value = Int64((date.timeIntervalSince1970 * 1_000_000).rounded()) }

    /// Reads `YYYY-MM-DD HH:MM:SS`, which up to six digits may follow behind a point; nil for what is written otherwise.
    init?(_ text: String) {
        guard let written = text.wholeMatch(of: /(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?/) else {
            return nil
        }
        let parts = [written.1, written.2, written.3, written.4, written.5, written.6].compactMap { Int64($0) }
        let digits = written.7 ?? ""
        let zeros = String(repeating: "0", count: 6 - digits.utf8.count)
        guard parts.count == 6, let fraction = Int64(digits + zeros), (1...12).contains(parts[1]), parts[2] > 0 else {
            return nil
        }
        let day = Self.day(parts[0], parts[1], parts[2])
        value = (((day * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5]) * 1_000_000 + fraction
    }

    static func < (left: Self, right: Self) -> Bool { left.value < right.value }

    /// The microsecond after it.
    var next: CatalogTime { CatalogTime(value: value + 1) }

    /// As Django writes it into SQLite: `YYYY-MM-DD HH:MM:SS.ffffff`.
    var text: String {
        let (seconds, fraction) = value.dividedFlooring(by: 1_000_000)
        let (days, ofDay) = seconds.dividedFlooring(by: 86_400)
        let (year, month, day) = Self.civil(days)
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2)) "
            + "\(Self.padded(ofDay / 3600, 2)):\(Self.padded(ofDay / 60 % 60, 2)):\(Self.padded(ofDay % 60, 2))"
            + ".\(Self.padded(fraction, 6))"
    }

    /// How many days after 1970-01-01 a date of the Gregorian calendar is, counted as in ``civil(_:)``.
    private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).dividedFlooring(by: 400)
        let monthFromMarch = month <= 2 ? month + 9 : month - 3
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The date of the Gregorian calendar that is `days` after 1970-01-01, counted in years that begin in March so that
    /// the leap day is the last of its year.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).dividedFlooring(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Date {
    /// As Django writes it into SQLite: `YYYY-MM-DD HH:MM:SS.ffffff` in UTC.
    var catalogText: String { CatalogTime(self).text }
}

extension Int64 {
    fileprivate func dividedFlooring(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
