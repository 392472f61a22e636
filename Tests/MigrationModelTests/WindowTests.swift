// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Testing

@Suite struct WindowTests {
    private func date(_ text: String) throws -> Date {
        try Date(text, strategy: Date.ISO8601FormatStyle(timeZone: .gmt))
    }

    @Test(arguments: [
        // Berlin is an hour ahead of UTC then; 23 November 2026 is a Monday.
        ("2026-11-23T20:59:59Z", "shut 2026-11-23T21:00:00Z"),
        ("2026-11-23T21:00:00Z", "open 2026-11-24T04:00:00Z"),
        ("2026-11-24T03:59:59Z", "open 2026-11-24T04:00:00Z"),
        ("2026-11-24T04:00:00Z", "shut 2026-11-24T21:00:00Z"),
        ("2026-11-27T03:00:00Z", "open 2026-11-27T04:00:00Z"),
        ("2026-11-27T21:30:00Z", "shut 2026-11-30T21:00:00Z"),
    ])
    func `a night over midnight belongs to the day on which it begins`(_ at: String, _ standing: String) throws {
        let window = try Window(days: "mon-thu", hours: "22:00-05:00", zone: "Europe/Berlin")
        #expect(words(window.standing(at: try date(at))) == standing)
    }

    @Test(arguments: [
        // 02:30 is skipped in the night on which clocks go forward, and comes twice in the one on which they go back.
        ("01:00-02:30", "2026-03-29T00:30:00Z", "open 2026-03-29T01:00:00Z"),
        ("02:30-04:00", "2026-03-29T00:30:00Z", "shut 2026-03-29T01:00:00Z"),
        ("02:10-02:50", "2026-03-29T00:30:00Z", "shut 2026-03-30T00:10:00Z"),
        ("01:00-02:30", "2026-10-25T00:10:00Z", "open 2026-10-25T00:30:00Z"),
        ("01:00-02:30", "2026-10-25T01:10:00Z", "shut 2026-10-26T00:00:00Z"),
        ("22:00-05:00", "2026-10-24T20:00:00Z", "open 2026-10-25T04:00:00Z"),
        ("22:00-05:00", "2026-03-28T21:00:00Z", "open 2026-03-29T03:00:00Z"),
    ])
    func `the nights on which clocks change are as long as they are`(
        _ hours: String, _ at: String, _ standing: String
    ) throws {
        let window = try Window(hours: hours, zone: "Europe/Berlin")
        #expect(words(window.standing(at: try date(at))) == standing)
    }

    @Test func `a leap day is a day`() throws {
        let window = try Window(days: "tue", hours: "22:00-05:00", zone: "UTC")
        #expect(words(window.standing(at: try date("2028-02-29T23:00:00Z"))) == "open 2028-03-01T05:00:00Z")
        #expect(words(window.standing(at: try date("2028-02-28T23:00:00Z"))) == "shut 2028-02-29T22:00:00Z")
    }

    @Test func `where midnight is skipped the day begins with its first moment`() throws {
        // Clocks in Santiago go from 24:00 to 01:00 on the evening of 5 September 2026.
        let window = try Window(days: "sun", hours: "00:00-06:00", zone: "America/Santiago")
        #expect(words(window.standing(at: try date("2026-09-06T03:00:00Z"))) == "shut 2026-09-06T04:00:00Z")
        #expect(words(window.standing(at: try date("2026-09-06T04:00:00Z"))) == "open 2026-09-06T09:00:00Z")
    }

    @Test func `windows that touch are one, and one that is always open never shuts`() throws {
        let now = try date("2026-11-23T12:00:00Z")
        #expect(words(try Window(hours: "22:00-22:00", zone: "UTC").standing(at: now)) == "open")
        #expect(words(try Window(hours: "00:00-24:00", zone: "UTC").standing(at: now)) == "open")
        let weekend = try Window(days: "fri-mon", hours: "00:00-24:00", zone: "UTC")
        #expect(words(weekend.standing(at: now)) == "open 2026-11-24T00:00:00Z")
    }

    @Test(arguments: ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
    func `what is said of a moment holds up to the moment that is named`(_ zone: String) throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<400 {
            let days = ["daily", "mon-fri", "sat, sun", "fri-mon", "wed"].randomElement(using: &random) ?? "daily"
            let (from, to) = (Int.random(in: 0..<96, using: &random) * 15, Int.random(in: 1...96, using: &random) * 15)
            func clock(_ minutes: Int) -> String { String(format: "%02d:%02d", minutes / 60, minutes % 60) }
            let window = try Window(days: days, hours: "\(clock(from))-\(clock(to))", zone: zone)
            let at = Date(timeIntervalSince1970: Double.random(in: 1.77e9...1.84e9, using: &random).rounded())
            switch window.standing(at: at) {
            case .open(nil): #expect(days == "daily")
            case .open(let end?):
                #expect(end > at)
                #expect(window.standing(at: end.addingTimeInterval(-1)) == .open(until: end), "\(window) \(at)")
                #expect(window.opening(after: end) != nil, "\(window) \(at)")
            case .shut(let opening):
                #expect(opening > at)
                #expect(window.standing(at: opening.addingTimeInterval(-1)) == .shut(until: opening), "\(window) \(at)")
                #expect(window.opening(after: opening) == nil, "\(window) \(at)")
            }
        }
    }

    @Test(arguments: ["", "mo", "mon-", "-mon", "mon,,tue", "mon-tue-wed", "monday", "weekdays", "1-5"])
    func `days that are none are refused`(_ text: String) {
        #expect(throws: Window.Invalid.self) { try Window(days: text, hours: "22:00-05:00", zone: "UTC") }
    }

    @Test(arguments: [
        "", "22:00", "22-05", "24:00-05:00", "22:00-24:01", "22:60-05:00", "-1:00-05:00", "2:00-5:00", "０5:00-06:00",
    ])
    func `hours that are none are refused`(_ text: String) {
        #expect(throws: Window.Invalid.self) { try Window(hours: text, zone: "UTC") }
    }

    @Test(arguments: ["", "CET", "CST", "Europe", "Europe/Berlinn", "+01:00"])
    func `zones that are none, or several, are refused`(_ text: String) {
        #expect(throws: Window.Invalid.self) { try Window(hours: "22:00-05:00", zone: text) }
    }

    @Test func `it is told as it is written`() throws {
        let window = try Window(days: "Sun - Tue, thu", hours: "22:00 - 05:30", zone: "Europe/Berlin")
        #expect("\(window)" == "mon,tue,thu,sun 22:00-05:30 Europe/Berlin")
        #expect("\(try Window(hours: "09:05-24:00", zone: "UTC"))" == "daily 09:05-24:00 UTC")
        #expect(window.clock(at: try date("2026-11-24T21:00:00Z")) == "Tue 24 Nov 22:00")
    }

    private func words(_ standing: Window.Standing) -> String {
        switch standing {
        case .open(let end): end.map { "open \($0.formatted(.iso8601))" } ?? "open"
        case .shut(let opening): "shut \(opening.formatted(.iso8601))"
        }
    }
}
