// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel

/// What stands in the raw stores, read behind the ports' backs.
package struct StoreContents: Sendable {
    package struct Object: Sendable, Hashable {
        package let checksum: Checksum
        /// The intent that wrote it; nil for a stranger's.
        package let intent: UUID?

        package init(checksum: Checksum, intent: UUID?) { (self.checksum, self.intent) = (checksum, intent) }
    }

    package var objects: [ObjectKey: Object]
    package var rows: [CatalogRow]
    package var videos: Set<VideoID>
    package var flags: Set<CourseKey>

    package init(
        objects: [ObjectKey: Object] = [:], rows: [CatalogRow] = [], videos: Set<VideoID> = [],
        flags: Set<CourseKey> = []
    ) {
        (self.objects, self.rows, self.videos, self.flags) = (objects, rows, videos, flags)
    }
}

/// What a video must come to.
package struct ExpectedVideo: Sendable, Hashable {
    package struct Transcript: Sendable, Hashable {
        package let format: TranscriptFormat
        package let checksum: Checksum

        package init(format: TranscriptFormat, checksum: Checksum) { (self.format, self.checksum) = (format, checksum) }
    }

    package let video: VideoID
    /// Every transcript that can be migrated.
    package let transcripts: [LanguageCode: Transcript]
    /// Whether it can be migrated as a whole; a video with a corrupt transcript cannot.
    package let isSound: Bool

    package init(video: VideoID, transcripts: [LanguageCode: Transcript], isSound: Bool) {
        (self.video, self.transcripts, self.isSound) = (video, transcripts, isSound)
    }
}

/// The laws, checked on raw stores. It shares no code with the engine.
package struct Laws: Sendable {
    /// A law that is broken, and where.
    package struct Violation: Sendable, Hashable, CustomStringConvertible {
        package enum Law: String, Sendable, Hashable, CaseIterable {
            case orphanObject = "an object of ours that no row names"
            case missingObject = "a row whose object is missing"
            case partialVideo = "a video of which only a part is there"
            case wrongBytes = "an object with other bytes than the contentstore's"
            case wrongFormat = "a row with the wrong format"
            case overwritten = "something that was there before is gone or changed"
            case duplicateRow = "two rows for one video and language"
            case sharedObject = "two rows that name one object"
            case unexpectedRow = "a row for something the contentstore does not have"
            case earlyFlag = "a flag that is on before its course is whole"
            case missingRow = "a video that should be there and is not"
            case missingFlag = "a whole course whose flag is off"
            case unannounced = "an object without an intent"
        }

        package let law: Law
        package let place: String

        package var description: String { "\(law.rawValue): \(place)" }
    }

    /// What was there before the first run.
    package let before: StoreContents
    package let courses: [CourseKey: [ExpectedVideo]]
    /// Every intent that was ever recorded.
    package let intents: Set<UUID>
    /// Videos waived by name; they may be missing.
    package let waived: Set<VideoID>

    package init(
        before: StoreContents, courses: [CourseKey: [ExpectedVideo]], intents: Set<UUID>, waived: Set<VideoID> = []
    ) {
        (self.before, self.courses, self.intents, self.waived) = (before, courses, intents, waived)
    }

    /// The same laws, when these intents were recorded.
    package func knowing(_ intents: Set<UUID>) -> Laws {
        Laws(before: before, courses: courses, intents: intents, waived: waived)
    }

    /// The laws that hold at every moment between two runs, and, when all is done, that all is done.
    ///
    /// - Parameters:
    ///   - isFinished: every sound video must be there and every whole course's flag on.
    ///   - byOthers: keys of objects that authors wrote meanwhile.
    ///   - open: intents that a dead engine left open; their objects are for recovery to remove.
    package func violations(
        in after: StoreContents, isFinished: Bool, byOthers: Set<ObjectKey> = [], open: Set<UUID> = []
    ) -> [Violation] {
        var found: [Violation] = []
        func breach(_ law: Violation.Law, _ place: String) { found.append(Violation(law: law, place: place)) }

        for (key, object) in before.objects where after.objects[key] != object { breach(.overwritten, "object \(key)") }
        for row in before.rows where !after.rows.contains(row) { breach(.overwritten, "row \(row.id)") }

        let old = Set(before.rows.map(\.id))
        let named = Dictionary(grouping: after.rows.filter { $0.object != nil }, by: \.object)
        for (key, object) in after.objects where before.objects[key] == nil && !byOthers.contains(key) {
            guard let intent = object.intent else { continue }
            if !intents.contains(intent) { breach(.unannounced, "\(key)") }
            if named[key] == nil, !open.contains(intent) { breach(.orphanObject, "\(key)") }
        }
        for (key, rows) in named where rows.count > 1 { breach(.sharedObject, key?.text ?? "") }
        for row in after.rows where !old.contains(row.id) {
            guard let key = row.object, after.objects[key] != nil else {
                breach(.missingObject, "\(row.video) \(row.language)")
                continue
            }
        }
        for (place, rows) in Dictionary(grouping: after.rows, by: { "\($0.video) \($0.language)" }) where rows.count > 1
        {
            breach(.duplicateRow, place)
        }
        found += contentViolations(after, old: old, byOthers: byOthers, isFinished: isFinished)
        return found.sorted { "\($0)" < "\($1)" }
    }

    private func contentViolations(
        _ after: StoreContents, old: Set<Int64>, byOthers: Set<ObjectKey>, isFinished: Bool
    ) -> [Violation] {
        var found: [Violation] = []
        func breach(_ law: Violation.Law, _ place: String) { found.append(Violation(law: law, place: place)) }
        let rows = Dictionary(grouping: after.rows, by: \.video)
        // Courses that share a video may each expect something of it; any of these will do.
        let expected = Dictionary(grouping: courses.values.joined(), by: \.video)

        for row in after.rows where !old.contains(row.id) && !(row.object.map(byOthers.contains) ?? false) {
            let candidates = (expected[row.video] ?? []).compactMap { $0.transcripts[row.language] }
            let place = "\(row.video) \(row.language)"
            guard !candidates.isEmpty else {
                breach(.unexpectedRow, place)
                continue
            }
            guard let object = row.object.flatMap({ after.objects[$0] }) else { continue }
            let matching = candidates.filter { $0.checksum == object.checksum }
            if matching.isEmpty {
                breach(.wrongBytes, place)
            } else if !matching.contains(where: { $0.format.rawValue == row.format }) {
                breach(.wrongFormat, place)
            }
        }
        for (course, videos) in courses {
            var isWhole = true
            for video in videos where !waived.contains(video.video) {
                let there = Set((rows[video.video] ?? []).map(\.language))
                let missing = video.transcripts.keys.filter { !there.contains($0) }
                if !missing.isEmpty || !video.isSound { isWhole = false }
                let ours = (rows[video.video] ?? []).filter { row in
                    !old.contains(row.id) && !(row.object.map(byOthers.contains) ?? false)
                        && video.transcripts[row.language] != nil
                }
                let isShared = (expected[video.video] ?? []).count > 1
                if !missing.isEmpty, !ours.isEmpty, !isShared {
                    breach(
                        .partialVideo, "\(video.video): \(missing.sorted().map(\.text).joined(separator: " ")) missing")
                }
                if isFinished, video.isSound, !missing.isEmpty { breach(.missingRow, "\(video.video) in \(course)") }
            }
            let isOn = after.flags.contains(course)
            if isOn, !isWhole, !before.flags.contains(course) { breach(.earlyFlag, "\(course)") }
            if isFinished, isWhole, !isOn, !videos.isEmpty { breach(.missingFlag, "\(course)") }
        }
        return found
    }
}
