// SPDX-License-Identifier: Apache-2.0
package import Foundation
import MigrationModel

/// What every course index promises. Each case needs a platform of its own, whose index is empty.
package enum CourseIndexContract {
    package static let cases: [ContractCase<any IndexedPlatform>] = [
        ContractCase("heads are read as they stand", readsHeads),
        ContractCase("courses come in the order of their bytes, and no library", listsCourses),
        ContractCase("keys that differ by case alone are two courses", tellsCaseApart),
        ContractCase("a composed letter makes another key than a decomposed one", comparesBytes),
        ContractCase("a course may have a draft alone", movesDraftAlone),
        ContractCase("a move changes heads, editor and times, and nothing else", moves),
        ContractCase("the history has a row for each move", keepsHistory),
        ContractCase("nothing is moved that somebody has written meanwhile", obeysLastUpdate),
        ContractCase("a move is later than what was before it, whatever the clock says", isAlwaysLater),
        ContractCase("what was moved is not moved again", movesOnce),
        ContractCase("a trial changes nothing", triesOnNothing),
        ContractCase("of many movers at once one wins", oneMoverWins),
        ContractCase("many courses move at once", manyCoursesMove),
        ContractCase("a platform without an index says so, and is asked for nothing else", knowsAbsence),
        ContractCase("a platform that keeps no history is moved without one", movesWithoutHistory),
    ]

    /// What every index takes for the time: 2026-11-23 00:51:54.158667.
    package static let now = Date(timeIntervalSince1970: 1_795_395_114.158667)
    private static let nowInMicroseconds: Int64 = 1_795_395_114_158_667

    private static let course = CourseKey(unchecked: "course-v1:AcmeX+Bio1+2018_T1")
    private static let (draft, published) = ("5b126c41c1f6c51d8a00d001", "5b126c41c1f6c51d8a00d002")
    private static let (newDraft, newPublished) = ("65126c41c1f6c51d8a00e001", "65126c41c1f6c51d8a00e002")
    /// 2018-06-02 10:00:01.250417
    private static let lastUpdate: Int64 = 1_527_933_601_250_417

    private static let row = CourseIndexRow(
        course.text, draft: draft, published: published, objectID: "5a1e0d2fc1f6c51d8a000001", lastUpdate: lastUpdate)

    private static func readsHeads(_ platform: any IndexedPlatform) async throws {
        let index = try platform.index()
        try require(try await index.isThere(), "an index without rows is there")
        try require(try await index.allHeads(), is: [], "the heads before there is a course")
        try require(try await index.heads(of: course), is: nil, "the heads of no course")
        try await platform.insert(row)
        let heads = try await expectHeads(index)
        try require(heads.course, is: course, "the course")
        try require(heads.draft, is: draft, "the draft's head")
        try require(heads.published, is: published, "the published head")
        try require(try await index.allHeads(), is: [heads], "the heads of all courses")
        let reader = try platform.reader()
        try require(try await reader.isThere(), "it is there for a reader")
        try require(try await reader.heads(of: course), is: heads, "the heads that a reader finds")
        try require(try await reader.allHeads(), is: [heads], "all heads that a reader finds")
    }

    private static func listsCourses(_ platform: any IndexedPlatform) async throws {
        let names = ["course-v1:b+C+1", "course-v1:É+C+1", "course-v1:B+C+1", "course-v1:A_+C+1", "course-v1:A+C+1"]
        for (number, name) in names.enumerated() { try await platform.insert(numbered(name, number)) }
        let library = CourseIndexRow(
            "library-v1:A+Lib", library: draft, objectID: id(99), lastUpdate: lastUpdate)
        try await platform.insert(library)
        let index = try platform.index()
        try require(
            try await index.allHeads().map(\.course.text),
            is: ["course-v1:A+C+1", "course-v1:A_+C+1", "course-v1:B+C+1", "course-v1:b+C+1", "course-v1:É+C+1"],
            "the courses")
        try require(
            try await index.allHeads().map(\.draft), is: [4, 3, 2, 0, 1].map { id(100 + $0) }, "their draft heads")
    }

    private static func tellsCaseApart(_ platform: any IndexedPlatform) async throws {
        let (lower, upper) = ("course-v1:edx+A+B", "course-v1:edX+A+B")
        try await platform.insert(numbered(lower, 1))
        try await platform.insert(numbered(upper, 2))
        let index = try platform.index()
        try require(try await index.heads(of: CourseKey(unchecked: lower))?.draft, is: id(101), "the one's draft")
        let heads = try await expectHeads(index, CourseKey(unchecked: upper))
        try require(heads.draft, is: id(102), "the other's draft")
        try require(
            try await index.heads(of: CourseKey(unchecked: "course-v1:EDX+A+B")), is: nil, "what is written otherwise")
        try require(try await index.move(to: heads.at(newDraft, nil)), "the other moves")
        try require(try await platform.rows().map(\.draft), is: [id(101), newDraft], "the drafts after it")
    }

    private static func comparesBytes(_ platform: any IndexedPlatform) async throws {
        let (composed, decomposed) = ("course-v1:caf\u{E9}+A+B", "course-v1:cafe\u{301}+A+B")
        try await platform.insert(numbered(composed, 1))
        let index = try platform.index()
        let heads = try await expectHeads(index, CourseKey(unchecked: composed))
        try require(try await index.heads(of: CourseKey(unchecked: decomposed)), is: nil, "the decomposed key's heads")
        let moved = IndexedHeads(
            course: CourseKey(unchecked: decomposed), draft: newDraft, published: nil, lastUpdate: heads.lastUpdate)
        try require(try await index.move(to: moved), is: false, "whether the decomposed key moves")
        try require(try await index.move(to: heads.at(newDraft, nil)), "the composed key moves")
    }

    private static func movesDraftAlone(_ platform: any IndexedPlatform) async throws {
        try await platform.insert(
            CourseIndexRow(course.text, draft: draft, objectID: id(1), editor: nil, lastUpdate: lastUpdate))
        let index = try platform.index()
        let heads = try await expectHeads(index)
        try require(heads.draft, is: draft, "the draft's head")
        try require(heads.published, is: nil, "the published head")
        try require(try await index.move(to: heads.at(newDraft, nil)), "it moves")
        let moved = try await platform.rows()
        try require(moved.map(\.draft), is: [newDraft], "the draft after the move")
        try require(moved.map(\.published), is: [""], "what the platform takes for no published head")
    }

    private static func moves(_ platform: any IndexedPlatform) async throws {
        let other = numbered("course-v1:AcmeX+Bio1+2018_T2", 2)
        for row in [row, other] { try await platform.insert(row) }
        let index = try platform.index()
        let heads = try await expectHeads(index)
        try require(try await index.move(to: heads.at(newDraft, newPublished)), "it moves")
        try require(try await platform.rows(), is: [moved(row, at: nowInMicroseconds), other], "the rows after it")
        let found = try await expectHeads(index)
        try require(found.course, is: course, "the course after it")
        try require([found.draft, found.published], is: [newDraft, newPublished], "the heads after it")
        try require(found.lastUpdate != heads.lastUpdate, "it was written at another time")
    }

    private static func keepsHistory(_ platform: any IndexedPlatform) async throws {
        try await platform.insert(row)
        let index = try platform.index()
        let first = try await expectHeads(index)
        try require(try await index.move(to: first.at(newDraft, newPublished)), "it moves")
        try require(try await index.move(to: first.at(draft, nil)), is: false, "whether it moves by an old time")
        try require(try await index.move(to: try await expectHeads(index).at(draft, nil)), "it moves again")
        var again = moved(row, at: nowInMicroseconds + 1)
        (again.draft, again.published) = (draft, "")
        try require(
            try await platform.history(),
            is: [
                CourseIndexChange(
                    row: moved(row, at: nowInMicroseconds), date: nowInMicroseconds, type: "~", reason: nil, user: nil),
                CourseIndexChange(row: again, date: nowInMicroseconds + 1, type: "~", reason: nil, user: nil),
            ],
            "the history")
    }

    private static func obeysLastUpdate(_ platform: any IndexedPlatform) async throws {
        try await platform.insert(row)
        let index = try platform.index()
        let heads = try await expectHeads(index)
        // In the same millisecond, which is all that MongoDB's dates tell.
        var saved = row
        (saved.draft, saved.lastUpdate) = (id(7), lastUpdate + 1)
        try await platform.save(saved)
        try require(try await index.move(to: heads.at(newDraft, newPublished)), is: false, "whether it moves")
        try require(try await platform.rows(), is: [saved], "the rows after it")
        try require(try await platform.history(), is: [], "the history after it")
        let unknown = IndexedHeads(
            course: CourseKey(unchecked: "course-v1:AcmeX+Bio1+None"), draft: newDraft, published: nil,
            lastUpdate: heads.lastUpdate)
        try require(try await index.move(to: unknown), is: false, "whether a course moves that is not there")
    }

    private static func isAlwaysLater(_ platform: any IndexedPlatform) async throws {
        var ahead = row
        ahead.lastUpdate = 4_070_908_799_999_999  // 2098-12-31 23:59:59.999999
        try await platform.insert(ahead)
        let index = try platform.index()
        let heads = try await expectHeads(index)
        try require(try await index.move(to: heads.at(newDraft, newPublished)), "it moves")
        try require(try await platform.rows(), is: [moved(ahead, at: 4_070_908_800_000_000)], "the row after it")
    }

    private static func movesOnce(_ platform: any IndexedPlatform) async throws {
        try await platform.insert(row)
        let index = try platform.index()
        let heads = try await expectHeads(index)
        try require(try await index.move(to: heads.at(newDraft, newPublished)), "it moves")
        let before = try await platform.rows()
        try require(try await index.move(to: heads.at(newDraft, newPublished)), is: false, "whether it moves again")
        try require(try await platform.rows(), is: before, "the rows after it")
        try require(try await platform.history().count, is: 1, "the number of changes")
    }

    private static func triesOnNothing(_ platform: any IndexedPlatform) async throws {
        let index = try platform.index()
        try await index.tryOut()
        try require(try await platform.rows(), is: [], "the rows of an index that has none")
        try await platform.insert(row)
        let heads = try await expectHeads(index)
        for _ in 1...2 { try await index.tryOut() }
        try require(try await platform.rows(), is: [row], "the rows")
        try require(try await platform.history(), is: [], "the history")
        try require(try await index.move(to: heads.at(newDraft, newPublished)), "it moves as it would have before")
    }

    private static func oneMoverWins(_ platform: any IndexedPlatform) async throws {
        try await platform.insert(row)
        let movers = [try platform.index(), try platform.index()]
        let heads = try await expectHeads(movers[0])
        let winners = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<16 {
                group.addTask { try await movers[number % 2].move(to: heads.at(id(number), nil)) ? number : nil }
            }
            return try await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
        try require(winners.count, is: 1, "the number of winners")
        try require(try await platform.rows().map(\.draft), is: winners.map(id), "the draft after it")
        try require(try await platform.history().map(\.row), is: try await platform.rows(), "the history after it")
    }

    private static func manyCoursesMove(_ platform: any IndexedPlatform) async throws {
        let names = (0..<60).map { "course-v1:A+C+\(100 + $0)" }
        for (number, name) in names.enumerated() { try await platform.insert(numbered(name, number)) }
        let index = try platform.index()
        let heads = try await index.allHeads()
        try require(heads.map(\.course.text), is: names, "the courses")
        try await withThrowingTaskGroup { group in
            for heads in heads {
                group.addTask {
                    try require(try await index.move(to: heads.at(newDraft, nil)), "\(heads.course) moves")
                }
            }
            try await group.waitForAll()
        }
        try require(try await platform.rows().map(\.draft), is: names.map { _ in newDraft }, "the drafts after it")
        try require(try await platform.history().count, is: names.count, "the number of changes")
    }

    private static func knowsAbsence(_ platform: any IndexedPlatform) async throws {
        try await platform.drop(historyAlone: false)
        let index = try platform.index()
        for index: any CourseIndex in [index, try platform.reader()] {
            try require(try await index.isThere(), is: false, "whether it is there")
            try await requireFailure(.bug, "asking for all heads") { _ = try await index.allHeads() }
            try await requireFailure(.bug, "asking for heads") { _ = try await index.heads(of: course) }
        }
        let heads = IndexedHeads(course: course, draft: newDraft, published: nil, lastUpdate: "")
        try await requireFailure(.bug, "moving heads") { _ = try await index.move(to: heads) }
        try await requireFailure(.bug, "a trial") { try await index.tryOut() }
    }

    private static func movesWithoutHistory(_ platform: any IndexedPlatform) async throws {
        try await platform.insert(row)
        try await platform.drop(historyAlone: true)
        let index = try platform.index()
        try require(try await index.isThere(), "it is there")
        try await index.tryOut()
        try require(try await index.move(to: try await expectHeads(index).at(newDraft, newPublished)), "it moves")
        try require(try await platform.rows(), is: [moved(row, at: nowInMicroseconds)], "the rows after it")
    }

    // MARK: - Rows

    /// 24 hexadecimal digits.
    private static func id(_ number: Int) -> String { "5b126c41c1f6c51d8a" + String(100_000 + number) }

    private static func numbered(_ name: String, _ number: Int) -> CourseIndexRow {
        CourseIndexRow(name, draft: id(100 + number), objectID: id(number), lastUpdate: lastUpdate + Int64(number))
    }

    /// As it is after a move to the new heads.
    private static func moved(_ row: CourseIndexRow, at time: Int64) -> CourseIndexRow {
        var row = row
        (row.draft, row.published, row.editor) = (newDraft, newPublished, -1)
        (row.editedOn, row.lastUpdate) = (time, time)
        return row
    }

    private static func expectHeads(
        _ index: any CourseIndex, _ course: CourseKey = course, line: Int = #line
    ) async throws -> IndexedHeads {
        guard let heads = try await index.heads(of: course) else {
            throw ContractBreach("\(course) has no heads (contract line \(line))")
        }
        return heads
    }
}

extension IndexedHeads {
    /// The same course and time with other heads.
    fileprivate func at(_ draft: String?, _ published: String?) -> IndexedHeads {
        IndexedHeads(course: course, draft: draft, published: published, lastUpdate: lastUpdate)
    }
}
