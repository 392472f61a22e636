// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// What every writer of courses promises. Each case needs a platform of its own, without courses.
package enum CourseWriterContract {
    package static let cases: [ContractCase<any WritableCourses>] = [
        ContractCase("a plan says what it does, and writes nothing", plans),
        ContractCase("every head that has no id gets it, and nothing else is another", gives),
        ContractCase("a draft that said the same says the same", keepsEqualHeadsEqual),
        ContractCase("an id that a head holds stays", keepsAuthorsIDs),
        ContractCase("where nobody lacks an id there is nothing to plan", plansNothing),
        ContractCase("applied twice is applied once", appliesOnce),
        ContractCase("a course that was saved since it was listed has no plan", needs: .locksCourses, knowsVersions),
        ContractCase("whoever saves after the plan wins", needs: .locksCourses, yieldsToSaves),
        ContractCase("what somebody saves is kept, whether it is written or not", keepsSaves),
        ContractCase("of many writers at once no save is lost, and the ids are there", meets),
        ContractCase("an id that somebody takes out is missed", looksAgain),
        ContractCase("undone it is as it was before, and can be done again", undoes),
        ContractCase("undone twice is undone once", undoesOnce),
        ContractCase("nothing that somebody has saved since is undone", undoesNoSaves),
        ContractCase("a trial changes nothing, and nothing is refused", triesOnNothing),
    ]

    // MARK: - What is planned

    private static func plans(_ platform: any WritableCourses) async throws {
        try await platform.add([lacking(platform, "v1"), lacking(platform, "v2")])
        let before = try await platform.outline()
        let writer = try platform.writer()
        let id = UUID()
        let planned = try await writer.plan(platform.ids("v1"), in: platform.course, at: before.version, as: id)
        try require(planned?.id, is: id, "what it is known by")
        try require(planned?.course, is: platform.course, "its course")
        try require(planned?.ids, is: platform.ids("v1"), "its ids")
        try require(try await platform.outline(), is: before, "the course after it")
        guard let planned else { return }
        try require(!planned.moves.isEmpty || !planned.documents.isEmpty, "it says how")
        try require(try await writer.holds(planned), is: false, "whether the ids are there")
    }

    private static func plansNothing(_ platform: any WritableCourses) async throws {
        try await platform.add([lacking(platform, "v1"), video(platform, "v2", VideoFields(edxVideoID: "there"))])
        let version = try await platform.outline().version
        let writer = try platform.writer()
        for names in [["v2"], ["nobody"], []] {
            let ids = names.reduce(into: [:]) { $0.merge(platform.ids($1)) { $1 } }
            let planned = try await writer.plan(ids, in: platform.course, at: version, as: UUID())
            try require(planned, is: nil, "the plan for \(names)")
        }
    }

    private static func knowsVersions(_ platform: any WritableCourses) async throws {
        try await platform.add([lacking(platform, "v1")])
        let version = try await platform.outline().version
        try await platform.save(platform.key("v1")) { $0.displayName = "Saved" }
        let planned = try await platform.writer().plan(platform.ids("v1"), in: platform.course, at: version, as: UUID())
        try require(planned, is: nil, "the plan at an old version")
    }

    // MARK: - What is written

    private static func gives(_ platform: any WritableCourses) async throws {
        var edited = fields("v2")
        edited.displayName = "Edited"
        let other = video(platform, "v3", fields("v3"))
        try await platform.add([
            lacking(platform, "v1"), video(platform, "v2", fields("v2"), draft: edited), other,
        ])
        let (writer, planned) = try await plan(platform, "v1", "v2")
        try require(try await writer.apply(planned), "it is applied")
        try require(try await writer.holds(planned), "the ids are there")
        let found = try await platform.outline().videos
        try require(found.map(\.published?.edxVideoID), is: ["id-v1", "id-v2", ""], "what is published")
        try require(found.map(\.draft?.edxVideoID), is: [nil, "id-v2", nil], "the drafts")
        try require(found.map(\.draft?.displayName), is: [nil, "Edited", nil], "the drafts' names")
        edited.edxVideoID = "id-v2"
        var (first, second) = (fields("v1"), fields("v2"))
        (first.edxVideoID, second.edxVideoID) = ("id-v1", "id-v2")
        try require(
            found,
            is: [video(platform, "v1", first), video(platform, "v2", second, draft: edited), other],
            "the course after it")
    }

    private static func keepsEqualHeadsEqual(_ platform: any WritableCourses) async throws {
        try await platform.add([lacking(platform, "v1")])
        let (writer, planned) = try await plan(platform, "v1")
        try require(try await writer.apply(planned), "it is applied")
        try require(try await platform.outline().videos.map(\.draft), is: [nil], "a draft of its own")
    }

    private static func keepsAuthorsIDs(_ platform: any WritableCourses) async throws {
        var mine = fields("v1")
        mine.edxVideoID = "mine"
        try await platform.add([video(platform, "v1", fields("v1"), draft: mine)])
        let (writer, planned) = try await plan(platform, "v1")
        try require(try await writer.apply(planned), "it is applied")
        let found = try await platform.outline().videos
        try require(found.map(\.draft?.edxVideoID), is: ["mine"], "the draft's id")
        try require(found.map(\.published?.edxVideoID), is: ["id-v1"], "what is published")
        try require(try await writer.holds(planned), is: false, "whether every head holds it")
    }

    private static func appliesOnce(_ platform: any WritableCourses) async throws {
        try await platform.add([lacking(platform, "v1")])
        let (writer, planned) = try await plan(platform, "v1")
        try require(try await writer.apply(planned), "it is applied")
        let once = try await platform.outline()
        try require(try await platform.writer().apply(planned), "it is applied again, by whoever comes after")
        try require(try await platform.outline(), is: once, "the course after it")
    }

    // MARK: - Others

    private static func yieldsToSaves(_ platform: any WritableCourses) async throws {
        try await platform.add([lacking(platform, "v1")])
        let (writer, planned) = try await plan(platform, "v1")
        try await platform.save(platform.key("v1")) { $0.displayName = "Saved" }
        let saved = try await platform.outline()
        try require(try await writer.apply(planned), is: false, "whether it is applied")
        try require(try await platform.outline(), is: saved, "the course after it")
        try require(try await writer.holds(planned), is: false, "whether the ids are there")
    }

    private static func keepsSaves(_ platform: any WritableCourses) async throws {
        try await platform.add([lacking(platform, "v1"), lacking(platform, "v2")])
        let (writer, planned) = try await plan(platform, "v1", "v2")
        try await platform.save(platform.key("v1")) { ($0.displayName, $0.edxVideoID) = ("Saved", "chosen") }
        let isApplied = try await writer.apply(planned)
        let found = try await platform.outline().videos
        let seen = found.map { $0.draft ?? $0.published }
        try require(seen.first??.displayName, is: "Saved", "what was saved")
        try require(seen.first??.edxVideoID, is: "chosen", "the id that was saved")
        try require(seen.last??.edxVideoID, is: isApplied ? "id-v2" : "", "the other's id")
    }

    private static func meets(_ platform: any WritableCourses) async throws {
        try await platform.add((0..<5).map { lacking(platform, "v\($0)") })
        let names = (0..<5).map { "v\($0)" }
        let version = try await platform.outline().version
        let ids = names.reduce(into: [:]) { $0.merge(platform.ids($1)) { $1 } }
        let isApplied = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let writer = try platform.writer()
                    let planned = try await writer.plan(ids, in: platform.course, at: version, as: UUID())
                    guard let planned else { return false }
                    return try await writer.apply(planned)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try require(isApplied.contains(true), "one of them goes through")
        let found = try await platform.outline().videos
        try require(found.map(\.published?.edxVideoID), is: names.map { "id-\($0)" }, "what is published")
        try require(found.map(\.draft), is: names.map { _ in nil }, "drafts of their own")
    }

    private static func looksAgain(_ platform: any WritableCourses) async throws {
        try await platform.add([lacking(platform, "v1"), lacking(platform, "v2")])
        let (writer, planned) = try await plan(platform, "v1", "v2")
        try require(try await writer.apply(planned), "it is applied")
        try await platform.save(platform.key("v2")) { $0.displayName = "Saved" }
        try require(try await writer.holds(planned), "a save of something else takes nothing out")
        try await platform.save(platform.key("v2")) { $0.edxVideoID = "" }
        try require(try await writer.holds(planned), is: false, "whether every head holds them")
    }

    // MARK: - Taking it back

    private static func undoes(_ platform: any WritableCourses) async throws {
        var mine = fields("v2")
        mine.edxVideoID = "mine"
        try await platform.add([lacking(platform, "v1"), video(platform, "v2", fields("v2"), draft: mine)])
        let before = try await platform.outline()
        let (writer, planned) = try await plan(platform, "v1", "v2")
        try require(try await writer.apply(planned), "it is applied")
        try require(try await platform.writer().undo(planned), "it is undone, by whoever comes after")
        try require(try await platform.outline().videos, is: before.videos, "the course after it")
        try require(try await writer.holds(planned), is: false, "whether the ids are there")
        let (again, next) = try await plan(platform, "v1")
        try require(try await again.apply(next), "it is applied anew")
        try require(try await again.holds(next), "the ids are there again")
    }

    private static func undoesOnce(_ platform: any WritableCourses) async throws {
        try await platform.add([lacking(platform, "v1")])
        let (writer, planned) = try await plan(platform, "v1")
        try require(try await writer.apply(planned), "it is applied")
        try require(try await writer.undo(planned), "it is undone")
        let undone = try await platform.outline()
        _ = try await writer.undo(planned)
        try require(try await platform.outline(), is: undone, "the course after it")
    }

    private static func undoesNoSaves(_ platform: any WritableCourses) async throws {
        try await platform.add([lacking(platform, "v1"), lacking(platform, "v2")])
        let (writer, planned) = try await plan(platform, "v1", "v2")
        try require(try await writer.apply(planned), "it is applied")
        try await platform.save(platform.key("v1")) { ($0.displayName, $0.edxVideoID) = ("Saved", "chosen") }
        let saved = try await platform.outline()
        let isUndone = try await writer.undo(planned)
        let found = try await platform.outline()
        let seen = found.videos.first.flatMap { $0.draft ?? $0.published }
        try require(seen?.displayName, is: "Saved", "what was saved")
        try require(seen?.edxVideoID, is: "chosen", "the id that was saved")
        if !isUndone { try require(found, is: saved, "the course after it") }
    }

    private static func triesOnNothing(_ platform: any WritableCourses) async throws {
        try require(try await platform.writer().tryOut(), is: [], "what is tried where there is no course")
        try await platform.add([lacking(platform, "v1")])
        let before = try await platform.outline()
        let trials = try await platform.writer().tryOut()
        try require(!trials.isEmpty, "something is tried")
        try require(trials.compactMap(\.refusal), is: [], "what is refused")
        try require(try await platform.outline(), is: before, "the course after it")
        let (writer, planned) = try await plan(platform, "v1")
        try require(try await writer.apply(planned), "it is applied as it would have been before")
    }

    // MARK: - Courses

    private static func plan(
        _ platform: any WritableCourses, _ names: String...
    ) async throws -> (any CourseWriter, WriteBack) {
        let writer = try platform.writer()
        let ids = names.reduce(into: [:]) { $0.merge(platform.ids($1)) { $1 } }
        let version = try await platform.outline().version
        guard let planned = try await writer.plan(ids, in: platform.course, at: version, as: UUID()) else {
            throw ContractBreach("there is nothing to plan for \(names)")
        }
        return (writer, planned)
    }

    private static func fields(_ name: String) -> VideoFields {
        VideoFields(
            displayName: name, sub: "sub-\(name)", transcripts: ["fr": "\(name).srt"], youTubeID: "yt-\(name)",
            html5Sources: ["https://example.org/\(name).mp4"])
    }

    private static func video(
        _ platform: any WritableCourses, _ name: String, _ published: VideoFields, draft: VideoFields? = nil
    ) -> VideoBlock {
        VideoBlock(usageKey: platform.key(name), published: published, draft: draft)
    }

    private static func lacking(_ platform: any WritableCourses, _ name: String) -> VideoBlock {
        video(platform, name, fields(name))
    }
}

extension WritableCourses {
    fileprivate func key(_ name: String) -> UsageKey { UsageKey(course: course, type: "video", block: name) }

    fileprivate func ids(_ name: String) -> [UsageKey: VideoID] { [key(name): VideoID(unchecked: "id-\(name)")] }

    fileprivate func outline() async throws -> CourseOutline { try await source.outline(of: course) }
}
