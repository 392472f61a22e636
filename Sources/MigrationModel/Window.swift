// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// The low-traffic hours in which new videos may start: on some days of the week, from one time of day to another, by the
/// clocks on the walls of one time zone.
package struct Window: Sendable, Hashable {
    /// Whether it is open, and until when.
    package enum Standing: Sendable, Hashable {
        /// nil for one that never shuts.
        case open(until: Date?)
        case shut(until: Date)
    }

    /// What is wrong with a text that should be a part of it: a clause, and what to write instead.
    package struct Invalid: Error, Sendable, Hashable {
        package let cause, advice: String
    }

    /// The days on which it opens, from 1 for Monday to 7 for Sunday; not empty.
    package let days: Set<Int>
    /// Minutes after midnight, 0 to 1439.
    package let opens: Int
    /// Minutes after midnight, 1 to 1440; on the next day where that is not after ``opens``.
    package let shuts: Int
    package let zone: TimeZone
    /// The zone's name as it was written.
    package let zoneName: String

    private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// - Parameters:
    ///   - days: `daily`, or days and spans of days: `mon-thu, sun`.
    ///   - hours: `HH:MM-HH:MM`; one that ends where it begins lasts a whole day.
    ///   - zone: a name of the time zone database, such as `Europe/Berlin`, or `UTC`.
    package init(days: String = "daily", hours: String, zone: String) throws(Invalid) {
        self.days = try Self.days(days)
        (opens, shuts) = try Self.hours(hours)
        self.zone = try Self.zone(zone)
        zoneName = zone
    }

    // MARK: - Texts

    package static func days(_ text: String) throws(Invalid) -> Set<Int> {
        let invalid = Invalid(
            cause: "\"\(text)\" names no days of the week", advice: "write daily, or such as mon-thu, sun")
        let written = text.lowercased().filter { $0 != " " }
        if written == "daily" { return Set(1...7) }
        var days: Set<Int> = []
        for part in written.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { end in
                names.firstIndex { $0 == end }
            }
            guard 1...2 ~= ends.count, let first = ends.first ?? nil, let last = ends.last ?? nil else { throw invalid }
            // A span goes over Sunday where it is written so.
            for step in 0...((last - first + 7) % 7) { days.insert((first + step) % 7 + 1) }
        }
        return days
    }

    package static func hours(_ text: String) throws(Invalid) -> (opens: Int, shuts: Int) {
        let times = text.filter { $0 != " " }.split(separator: "-", omittingEmptySubsequences: false).map(minutes)
        guard times.count == 2, let opens = times[0], let shuts = times[1], opens < 1440 else {
            throw Invalid(cause: "\"\(text)\" are no hours", advice: "write such as 22:00-05:00")
        }
        return (opens, shuts == 0 ? 1440 : shuts)
    }

    package static func zone(_ text: String) throws(Invalid) -> TimeZone {
        // Abbreviations such as CST are several zones, and none of them has a summer.
        let isName = text == "UTC" || text == "GMT" || text.contains("/")
        guard isName, let zone = TimeZone(identifier: text) else {
            throw Invalid(
                cause: "\"\(text)\" is no time zone that is known here", advice: "write such as Europe/Berlin, or UTC")
        }
        return zone
    }

    /// Minutes after midnight of `HH:MM`, up to 24:00; nil for another text.
    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { 48...57 ~= $0 } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60
        else { return nil }
        return hour * 60 + minute <= 1440 ? hour * 60 + minute : nil
    }

    // MARK: - Time

    /// Whether it is open at a moment. Pure: a clock that jumps, in either direction, is answered by what it shows.
    ///
    /// A time of day that is skipped in spring is the first one after it; of one that comes twice in autumn the first
    /// counts.
    package func standing(at date: Date) -> Standing {
        let spans = spans(around: date)
        guard let now = spans.first(where: { $0.contains(date) }) else {
            // Every week has a day in it.
            guard let next = spans.first(where: { $0.lowerBound > date }) else { return .open(until: nil) }
            return .shut(until: next.lowerBound)
        }
        let isEndless = now.upperBound.timeIntervalSince(date) > 8 * 86_400
        return .open(until: isEndless ? nil : now.upperBound)
    }

    /// When it opens next after a moment at which it is, or is going to be, shut.
    package func opening(after date: Date) -> Date? {
        if case .shut(let opening) = standing(at: date) { return opening }
        return nil
    }

    /// The times at which it is open from the day before to some two weeks after, in order, none touching the next.
    private func spans(around date: Date) -> [Range<Date>] {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let today = calendar.startOfDay(for: date)
        var spans: [Range<Date>] = []
        for offset in -2...15 {
            guard let day = calendar.date(byAdding: .day, value: offset, to: today),
                days.contains((calendar.component(.weekday, from: day) + 5) % 7 + 1),
                let begin = moment(opens, on: day, calendar),
                let end = moment(shuts > opens ? shuts : shuts + 1440, on: day, calendar), begin < end
            else { continue }
            if let last = spans.last, last.upperBound >= begin {
                spans[spans.count - 1] = last.lowerBound..<max(last.upperBound, end)
            } else {
                spans.append(begin..<end)
            }
        }
        return spans
    }

    private func moment(_ minutes: Int, on day: Date, _ calendar: Calendar) -> Date? {
        guard let day = calendar.date(byAdding: .day, value: minutes / 1440, to: day) else { return nil }
        let (hour, minute) = (minutes % 1440 / 60, minutes % 60)
        if hour == 0, minute == 0 { return calendar.startOfDay(for: day) }
        return calendar.nextDate(
            after: calendar.startOfDay(for: day).addingTimeInterval(-1),
            matching: DateComponents(hour: hour, minute: minute),
            matchingPolicy: .nextTime, repeatedTimePolicy: .first)
    }
}

extension Window: CustomStringConvertible {
    /// As it is written: `mon-fri 22:00-05:00 Europe/Berlin`.
    package var description: String {
        func clock(_ minutes: Int) -> String {
            let (hour, minute) = (minutes / 60, minutes % 60)
            return (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
        }
        let days = days.count == 7 ? "daily" : days.sorted().map { Self.names[$0 - 1] }.joined(separator: ",")
        return "\(days) \(clock(opens))-\(clock(shuts)) \(zoneName)"
    }

    /// A moment by this window's clocks: `Tue 24 Nov 22:00`.
    package func clock(at date: Date) -> String {
        let style = Date.VerbatimFormatStyle(
            format:
                "\(weekday: .abbreviated) \(day: .defaultDigits) \(month: .abbreviated) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits)",
            locale: Locale(identifier: "en_US_POSIX"), timeZone: zone, calendar: Calendar(identifier: .gregorian))
        return date.formatted(style)
    }
}
