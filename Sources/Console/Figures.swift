// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Numbers and times as screens and lines write them.
package enum Figures {
    /// `18,402`
    package static func number(_ value: Int) -> String {
        var text = String(abs(value))
        var place = text.count - 3
        while place > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return value < 0 ? "-\(text)" : text
    }

    /// `42s`, `3m05s`, `2h07m`
    package static func duration(_ seconds: Double) -> String {
        let whole = Int(min(max(0, seconds), 1e9).rounded(.up))
        if whole < 60 { return "\(whole)s" }
        if whole < 3600 { return "\(whole / 60)m\(two(whole % 60))s" }
        return "\(whole / 3600)h\(two(whole % 3600 / 60))m"
    }

    /// `02:48`
    static func hour(_ date: Date, _ zone: TimeZone) -> String {
        String(clock(date.timeIntervalSince1970, zone).prefix(5))
    }

    /// `02:48:10`
    package static func clock(_ seconds: Double, _ zone: TimeZone) -> String {
        let local = Int(seconds) + zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
        let second = (local % 86_400 + 86_400) % 86_400
        return "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
    }

    /// `2026-11-23 02:48:10`
    package static func stamp(_ seconds: Double, _ zone: TimeZone) -> String {
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: zone)
        return Date(timeIntervalSince1970: seconds.rounded(.down)).formatted(
            style.year().month().day().time(includingFractionalSeconds: false))
    }

    /// `12 ms`, `1.5 s`, then as a duration.
    static func milliseconds(_ seconds: Double) -> String {
        if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
        return seconds < 60 ? "\(Int(seconds)).\(Int(seconds * 10) % 10) s" : duration(seconds)
    }

    /// Of a cue: `00:01:02.345`; as many blanks for a line that has none.
    package static func cueTime(_ milliseconds: Int?) -> String {
        guard let milliseconds else { return String(repeating: " ", count: 12) }
        let (seconds, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { two(Int($0)) }.joined(separator: ":")
        return "\(milliseconds < 0 ? "-" : "")\(clock).\(String(rest + 1000).dropFirst())"
    }

    static func percent(_ part: Int, of whole: Int) -> String {
        // 100 only when it is all.
        whole > 0 ? "\(part * 100 / whole)%" : "-"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
