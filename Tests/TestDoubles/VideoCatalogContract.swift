// SPDX-License-Identifier: Apache-2.0
import Foundation
package import MigrationModel

/// What every video catalog promises. Each case needs an empty catalog of its own, with the flag's tables.
package enum VideoCatalogContract {
    package static let cases: [ContractCase<any VideoCatalog>] = [
        ContractCase("a commit inserts a video and its transcripts", commitInserts),
        ContractCase("a commit done again inserts nothing", commitAgainInsertsNothing),
        ContractCase("a row that is there wins and comes back", rowThereWins),
        ContractCase("a Video row is made once", videoRowIsMadeOnce),
        ContractCase("rows are joined to the videos that have them", rowsAreJoined),
        ContractCase("more videos than one query takes are all found", findsManyVideos),
        ContractCase("rows are found by their keys", findsRowsByKey),
        ContractCase("what the newest rows name is told, newest first", tellsNewestObjects),
        ContractCase("names are bytes, whatever they spell", comparesBytes),
        ContractCase("a flag is off until it is switched on", switchesFlagsOn),
        ContractCase("failed tasks may come and be resolved again and again", keepsFailedTasks),
        ContractCase("of many commits of a language exactly one inserts", oneCommitInserts),
        ContractCase("two hundred commits at once are all there", takesManyCommits),
    ]

    private static func commitInserts(_ catalog: any VideoCatalog) async throws {
        let receipt = try await catalog.commit(commit("v1", ["en": "k/en.srt", "fr": "k/fr.sjson"]))
        try require(
            receipt,
            is: CommitReceipt(createdVideo: true, inserted: ["en", "fr"], alreadyThere: [:]),
            "the receipt"
        )
        let rows = try await rows(catalog, "v1")
        try require(rows.map(\.language), is: ["en", "fr"], "the languages")
        try require(rows.map(\.object), is: ["k/en.srt", "k/fr.sjson"], "the keys")
        try require(rows.map(\.format), is: ["srt", "sjson"], "the formats")
        try require(rows.map(\.provider), is: ["Custom", "Custom"], "the providers")
        try require(Set(rows.map(\.id)).count, is: 2, "the number of row numbers")
    }

    private static func commitAgainInsertsNothing(_ catalog: any VideoCatalog) async throws {
        let commit = commit("v1", ["en": "k/1.srt", "fr": "k/2.srt"])
        _ = try await catalog.commit(commit)
        let before = try await rows(catalog, "v1")
        let receipt = try await catalog.commit(commit)
        try require(receipt.createdVideo, is: false, "the receipt's video")
        try require(receipt.inserted, is: [], "the receipt's languages")
        try require(
            receipt.alreadyThere,
            is: Dictionary(uniqueKeysWithValues: before.map { ($0.language, $0) }),
            "what the receipt found there"
        )
        try require(try await rows(catalog, "v1"), is: before, "the rows after the second commit")
    }

    private static func rowThereWins(_ catalog: any VideoCatalog) async throws {
        _ = try await catalog.commit(commit("v1", ["en": "theirs.srt"]))
        let receipt = try await catalog.commit(commit("v1", ["en": "ours.srt", "fr": "ours-fr.srt"]))
        try require(receipt.createdVideo, is: false, "the receipt's video")
        try require(receipt.inserted, is: ["fr"], "the receipt's languages")
        try require(receipt.alreadyThere.keys.sorted(), is: ["en"], "the languages that were there")
        try require(receipt.alreadyThere["en"]?.object, is: "theirs.srt", "the key that was there")
        try require(receipt.alreadyThere["en"]?.video, is: "v1", "the video of the row that was there")
        try require(try await rows(catalog, "v1").map(\.object), is: ["theirs.srt", "ours-fr.srt"], "the keys")
    }

    private static func videoRowIsMadeOnce(_ catalog: any VideoCatalog) async throws {
        let first = try await catalog.commit(commit("v1", [:]))
        try require(first, is: CommitReceipt(createdVideo: true, inserted: [], alreadyThere: [:]), "the first receipt")
        try require(try await catalog.rows(of: ["v1"]), is: ["v1": []], "a video without transcripts")
        let second = try await catalog.commit(commit("v1", ["en": "k.srt"]))
        try require(second.createdVideo, is: false, "the second receipt's video")
    }

    private static func rowsAreJoined(_ catalog: any VideoCatalog) async throws {
        _ = try await catalog.commit(commit("v1", ["en": "1.srt"]))
        _ = try await catalog.commit(commit("v2", ["en": "2.srt", "de": "3.srt"]))
        let found = try await catalog.rows(of: ["v1", "v2", "v3"])
        try require(found.keys.sorted(), is: ["v1", "v2"], "the videos found")
        try require(found["v1"]?.map(\.object), is: ["1.srt"], "the keys of v1")
        try require(Set(found["v2"]?.map(\.object) ?? []), is: ["2.srt", "3.srt"], "the keys of v2")
        try require(found["v2"]?.allSatisfy { $0.video == "v2" }, is: true, "whether rows name their video")
        try require(try await catalog.rows(of: []), is: [:], "the rows of no videos")
    }

    private static func findsManyVideos(_ catalog: any VideoCatalog) async throws {
        let videos = (0..<1201).map { VideoID(unchecked: "v\($0)") }
        try await withThrowingTaskGroup { group in
            for video in videos {
                group.addTask {
                    _ = try await catalog.commit(commit(video, ["en": ObjectKey(unchecked: "\(video).srt")]))
                }
            }
            try await group.waitForAll()
        }
        let found = try await catalog.rows(of: Set(videos))
        try require(found.count, is: videos.count, "the number of videos found")
        let keys = Set(videos.map { ObjectKey(unchecked: "\($0).srt") })
        try require(Set(try await catalog.rows(withKeys: keys).compactMap(\.object)), is: keys, "the keys found")
    }

    private static func findsRowsByKey(_ catalog: any VideoCatalog) async throws {
        _ = try await catalog.commit(commit("v1", ["en": "1.srt", "fr": "2.srt"]))
        _ = try await catalog.commit(commit("v2", ["en": "1.srt"]))
        let found = try await catalog.rows(withKeys: ["1.srt", "9.srt"])
        try require(found.map(\.video), is: ["v1", "v2"], "the videos")
        try require(found.map(\.language), is: ["en", "en"], "the languages")
        try require(found.map(\.object), is: ["1.srt", "1.srt"], "the keys")
        try require(try await catalog.rows(withKeys: []), is: [], "the rows of no keys")
    }

    private static func tellsNewestObjects(_ catalog: any VideoCatalog) async throws {
        try require(try await catalog.newestObjects(3), is: [], "what an empty catalog names")
        for number in 1...4 {
            let name = ObjectKey(unchecked: "\(number).srt")
            _ = try await catalog.commit(commit(VideoID(unchecked: "v\(5 - number)"), ["en": name]))
        }
        try require(try await catalog.newestObjects(3), is: ["4.srt", "3.srt", "2.srt"], "the newest three")
        try require(try await catalog.newestObjects(9).count, is: 4, "how many there are at all")
        try require(try await catalog.newestObjects(0), is: [], "none of them")
    }

    private static func comparesBytes(_ catalog: any VideoCatalog) async throws {
        let (composed, decomposed): (ObjectKey, ObjectKey) = ("caf\u{E9}.srt", "cafe\u{301}.srt")
        _ = try await catalog.commit(commit("v1", ["en": composed, "zh_HANS": decomposed]))
        try require(try await catalog.rows(withKeys: [composed]).map(\.language), is: ["en"], "the composed key's row")
        try require(
            try await catalog.rows(withKeys: [decomposed]).map(\.language),
            is: ["zh_HANS"],
            "the decomposed key's row"
        )
        let receipt = try await catalog.commit(commit("v1", ["zh_hans": "3.srt"]))
        try require(receipt.inserted.isEmpty, is: catalog.foldsLanguageCase, "whether case makes no other language")
    }

    private static func switchesFlagsOn(_ catalog: any VideoCatalog) async throws {
        let (course, other) = (CourseKey(unchecked: "course-v1:A+B+C"), CourseKey(unchecked: "A/B/C"))
        let off = FlagState(isAvailable: true, isOn: false)
        try require(try await catalog.flag(of: course), is: off, "the flag before")
        try await catalog.switchOn(course)
        try require(try await catalog.flag(of: course), is: FlagState(isAvailable: true, isOn: true), "the flag after")
        try require(try await catalog.flag(of: other), is: off, "the other course's flag")
        try await catalog.switchOn(course)
        try require(try await catalog.flag(of: course).isOn, "switching on twice leaves it on")
    }

    private static func keepsFailedTasks(_ catalog: any VideoCatalog) async throws {
        let course = CourseKey(unchecked: "course-v1:A+B+C")
        let task = FailedTask(course: course, exception: "put object stopped, twice")
        try await catalog.record(task)
        try await catalog.record(task)
        try await catalog.resolveFailedTasks(of: course)
        try await catalog.resolveFailedTasks(of: course)
        try await catalog.record(task)
    }

    private static func oneCommitInserts(_ catalog: any VideoCatalog) async throws {
        let receipts = try await withThrowingTaskGroup(of: CommitReceipt.self) { group in
            for writer in 0..<16 {
                group.addTask { try await catalog.commit(commit("v1", ["en": ObjectKey(unchecked: "\(writer).srt")])) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let rows = try await rows(catalog, "v1")
        try require(rows.count, is: 1, "the number of rows")
        try require(receipts.filter(\.createdVideo).count, is: 1, "the number of commits that made the video")
        try require(receipts.filter { $0.inserted == ["en"] }.count, is: 1, "the number of commits that inserted")
        try require(
            receipts.filter { $0.alreadyThere["en"] == rows[0] }.count,
            is: 15,
            "the number of commits that found the row"
        )
    }

    private static func takesManyCommits(_ catalog: any VideoCatalog) async throws {
        try await commitMany(catalog, count: 200)
        let found = try await catalog.rows(of: Set((0..<200).map { VideoID(unchecked: "many-\($0)") }))
        try require(found.values.reduce(0) { $0 + $1.count }, is: 400, "the number of rows")
    }

    /// Commits videos `many-0` and so on, all at once, each with `en` and `fr`.
    package static func commitMany(_ catalog: any VideoCatalog, count: Int) async throws {
        try await withThrowingTaskGroup { group in
            for number in 0..<count {
                let keys: [LanguageCode: ObjectKey] = [
                    "en": ObjectKey(unchecked: "\(number)-en.srt"), "fr": ObjectKey(unchecked: "\(number)-fr.srt"),
                ]
                group.addTask { _ = try await catalog.commit(commit(VideoID(unchecked: "many-\(number)"), keys)) }
            }
            try await group.waitForAll()
        }
    }

    /// A commit of these languages, in the order of their codes; what ends in `.sjson` is SJSON.
    package static func commit(_ video: VideoID, _ objects: [LanguageCode: ObjectKey]) -> VideoCommit {
        let transcripts = objects.sorted { $0.key < $1.key }.map { language, object in
            NewTranscript(language: language, object: object, format: object.text.hasSuffix(".sjson") ? .sjson : .srt)
        }
        return VideoCommit(video: video, transcripts: transcripts)
    }

    private static func rows(_ catalog: any VideoCatalog, _ video: VideoID) async throws -> [CatalogRow] {
        try await catalog.rows(of: [video])[video] ?? []
    }
}
