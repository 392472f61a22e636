// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel

/// Courses in memory that ids are written into, under the number of their saves as a lock.
extension MemorySource: CourseWriter {
    package func plan(
        _ ids: [UsageKey: VideoID], in course: CourseKey, at version: String?, as id: UUID
    ) async throws -> WriteBack? {
        guard let version, version == self.version(of: course) else { return nil }
        let lacking = (all[course]?.videos ?? []).filter { ids[$0.usageKey] != nil }.flatMap { video in
            [(video.published, false), (video.draft, true)].filter { $0.0?.edxVideoID.isEmpty == true }.map {
                WriteBack.Document(block: video.usageKey, isDraft: $0.1)
            }
        }
        guard !lacking.isEmpty else { return nil }
        // The next save's number, if it is this one.
        let after = "\((Int(version) ?? 0) + 1)"
        let move = WriteBack.Move(branch: "draft-branch", before: version, after: after)
        return WriteBack(id: id, course: course, ids: ids, moves: [move], documents: lacking)
    }

    package func apply(_ writeBack: WriteBack) async throws -> Bool {
        if try await holds(writeBack) { return true }
        return edit(writeBack.course, at: writeBack.moves.first?.before) { course in
            course.videos = course.videos.map { Self.giving(writeBack.ids[$0.usageKey], to: $0) }
        }
    }

    package func holds(_ writeBack: WriteBack) async throws -> Bool {
        let videos = all[writeBack.course]?.videos ?? []
        return videos.filter { writeBack.ids[$0.usageKey] != nil }.allSatisfy { video in
            [video.published, video.draft].compactMap(\.self).allSatisfy {
                $0.edxVideoID == writeBack.ids[video.usageKey]?.text
            }
        }
    }

    package func tryOut() async throws -> [WriteTrial] {
        all.isEmpty ? [] : [WriteTrial(right: "save courses in memory", refusal: nil)]
    }

    package func undo(_ writeBack: WriteBack) async throws -> Bool {
        edit(writeBack.course, at: writeBack.moves.first?.after) { course in
            course.videos = course.videos.map { video in
                func taken(_ fields: VideoFields?, isDraft: Bool) -> VideoFields? {
                    let document = WriteBack.Document(block: video.usageKey, isDraft: isDraft)
                    guard var fields, writeBack.documents.contains(document),
                        fields.edxVideoID == writeBack.ids[video.usageKey]?.text
                    else { return fields }
                    fields.edxVideoID = ""
                    return fields
                }
                return VideoBlock(
                    usageKey: video.usageKey, published: taken(video.published, isDraft: false),
                    draft: taken(video.draft, isDraft: true), notes: video.notes)
            }
        }
    }

    private static func giving(_ id: VideoID?, to video: VideoBlock) -> VideoBlock {
        func changed(_ fields: VideoFields?) -> VideoFields? {
            guard var fields, let id, fields.edxVideoID.isEmpty else { return fields }
            fields.edxVideoID = id.text
            return fields
        }
        return VideoBlock(
            usageKey: video.usageKey, published: changed(video.published), draft: changed(video.draft),
            notes: video.notes)
    }
}

/// A writer whose effects fail as planned, and which notices what the log does not know of.
package struct FaultyWriter: CourseWriter {
    private let raw: MemorySource
    private let schedule: FaultSchedule
    private let log: MemoryLog

    package init(_ raw: MemorySource, _ schedule: FaultSchedule, log: MemoryLog) {
        (self.raw, self.schedule, self.log) = (raw, schedule, log)
    }

    package func plan(
        _ ids: [UsageKey: VideoID], in course: CourseKey, at version: String?, as id: UUID
    ) async throws -> WriteBack? {
        try await schedule.read("plan write-back") { try await raw.plan(ids, in: course, at: version, as: id) }
    }

    package func apply(_ writeBack: WriteBack) async throws -> Bool {
        if !schedule.isDead, log.contents.writeBacks[writeBack.course] != writeBack {
            schedule.breach("ids of \(writeBack.course) are written back without a durable intent")
        }
        let raw = raw
        return try await schedule.write(
            "write back", within: 10,
            late: {
                // What arrives late and is refused has no reader any more.
                _ = try? await raw.apply(writeBack)
            }
        ) { _ in
            // Once they were there, a save of somebody's may have taken them out.
            if log.hasFlagIntent(writeBack.course), !log.hasWrittenBack(writeBack.course) {
                schedule.breach("\(writeBack.course) has its flag before its ids")
            }
            return try await raw.apply(writeBack)
        }
    }

    package func holds(_ writeBack: WriteBack) async throws -> Bool {
        try await schedule.read("look for ids") { try await raw.holds(writeBack) }
    }

    package func tryOut() async throws -> [WriteTrial] { try await raw.tryOut() }

    package func undo(_ writeBack: WriteBack) async throws -> Bool { try await raw.undo(writeBack) }
}
