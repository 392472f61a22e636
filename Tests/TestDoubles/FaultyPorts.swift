// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel
import Synchronization

/// A source whose reads fail as planned.
package struct FaultySource: CourseSource {
    package let raw: MemorySource
    package let schedule: FaultSchedule

    package init(_ raw: MemorySource, _ schedule: FaultSchedule) {
        (self.raw, self.schedule) = (raw, schedule)
    }

    package func courses() -> AsyncThrowingStream<CourseListing, any Error> { raw.courses() }

    package func outline(of course: CourseKey) async throws -> CourseOutline {
        try await schedule.read("outline") { try await raw.outline(of: course) }
    }

    package func assets(_ names: Set<AssetName>, of course: CourseKey) async throws -> AssetListing {
        try await schedule.read("assets") { try await raw.assets(names, of: course) }
    }

    package func content(
        of assets: [Asset], in course: CourseKey
    ) async throws -> [AssetName: Result<[UInt8], Failure>] {
        let fault = try schedule.next("content")
        switch fault {
        case .errorBefore, .late, .serverError, .contention, .replyLost:
            throw FaultSchedule.failure(.transient, "content")
        case .throttled: throw FaultSchedule.failure(.throttled, "content")
        case .crashAfter:
            schedule.kill()
            throw Crash()
        default: break
        }
        let content = try await raw.content(of: assets, in: course)
        return content.mapValues { result in
            result.map { bytes in
                switch fault {
                case .wrongBytes: Self.flipped(bytes, by: schedule.effects)
                case .truncated: Array(bytes.prefix(bytes.count / 2))
                default: bytes
                }
            }
        }
    }

    package func ask() async throws { try await schedule.read("source asked") { try await raw.ask() } }

    package func release(_ course: CourseKey) async {}

    /// The same bytes with one letter changed where a subtitle still reads well; another one for each effect.
    static func flipped(_ bytes: [UInt8], by effect: Int) -> [UInt8] {
        let letters = bytes.indices.filter { (0x61...0x7A).contains(bytes[$0]) }
        guard !letters.isEmpty else { return bytes }
        var changed = bytes
        changed[letters[effect % letters.count]] ^= 1
        return changed
    }
}

/// An object store whose effects fail as planned, and which notices writes that the log does not know of.
package struct FaultyObjectStore: ObjectStore {
    package let raw: MemoryObjectStore
    package let schedule: FaultSchedule
    package let log: MemoryLog
    package let longestDelay: TimeInterval

    package init(_ raw: MemoryObjectStore, _ schedule: FaultSchedule, log: MemoryLog, longestDelay: TimeInterval) {
        (self.raw, self.schedule, self.log, self.longestDelay) = (raw, schedule, log, longestDelay)
    }

    package func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        let fault = try schedule.next("head")
        switch fault {
        case .errorBefore, .late, .serverError, .contention, .replyLost, .truncated:
            throw FaultSchedule.failure(.transient, "head")
        case .throttled: throw FaultSchedule.failure(.throttled, "head")
        case .crashAfter:
            schedule.kill()
            throw Crash()
        default: break
        }
        guard let info = try await raw.head(key) else { return nil }
        guard fault == .wrongBytes else { return info }
        return ObjectInfo(
            key: key, size: info.size, etag: info.etag, checksum: Checksum(of: Array(key.text.utf8)),
            provenance: info.provenance
        )
    }

    package func get(_ key: ObjectKey) async throws -> [UInt8]? {
        try await schedule.read("get") { try await raw.get(key) }
    }

    package func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }

    package func put(_ object: NewObject) async throws -> ETag {
        if !schedule.isDead, log.intentState(of: object.key)?.isOpen != true {
            schedule.breach("PUT \(object.key) without a durable intent")
        }
        let raw = raw
        return try await schedule.write(
            "put", within: longestDelay,
            late: {
                // What arrives late and is refused has no reader any more.
                _ = try? await raw.put(object)
            }
        ) { fault in
            if fault == .alreadyExists { raw.plant(object.key, Array("a stranger's object".utf8)) }
            return try await raw.put(object)
        }
    }

    package func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        if !schedule.isDead, log.intentState(of: key)?.isOpen != true {
            schedule.breach("DELETE \(key), which no open intent of ours names")
        }
        let raw = raw
        return try await schedule.write(
            "delete", within: longestDelay,
            late: {
                // As above.
                _ = try? await raw.delete(key, ifMatch: etag)
            }
        ) { _ in try await raw.delete(key, ifMatch: etag) }
    }
}

/// A catalog whose effects fail as planned, and which notices commits and flags that the log does not know of.
package struct FaultyCatalog: VideoCatalog {
    package let raw: MemoryCatalog
    package let schedule: FaultSchedule
    package let log: MemoryLog
    /// For how many seconds what was given up as lost may still happen.
    private let longestDelay: TimeInterval

    package init(_ raw: MemoryCatalog, _ schedule: FaultSchedule, log: MemoryLog, longestDelay: TimeInterval) {
        (self.raw, self.schedule, self.log, self.longestDelay) = (raw, schedule, log, longestDelay)
    }

    package var foldsLanguageCase: Bool { raw.foldsLanguageCase }

    package func rows(of videos: Set<VideoID>) async throws -> [VideoID: [CatalogRow]] {
        try await schedule.read("rows") { try await raw.rows(of: videos) }
    }

    package func rows(withKeys keys: Set<ObjectKey>) async throws -> [CatalogRow] {
        try await schedule.read("rows with keys") {
            // The port's promise: a commit in doubt has happened by now or never will.
            await schedule.settleCommits()
            return try await raw.rows(withKeys: keys)
        }
    }

    package func newestObjects(_ count: Int) async throws -> [ObjectKey] {
        try await schedule.read("newest objects") { try await raw.newestObjects(count) }
    }

    package func flag(of course: CourseKey) async throws -> FlagState {
        try await schedule.read("flag") { try await raw.flag(of: course) }
    }

    package func commit(_ video: VideoCommit) async throws -> CommitReceipt {
        if !schedule.isDead, !log.isAnnounced(video.transcripts.map(\.object)) {
            schedule.breach("COMMIT of \(video.video) without a durable intent")
        }
        let raw = raw
        return try await schedule.write(
            "commit", isCommit: true, within: longestDelay,
            late: {
                // The reply is lost; whether it went well is read back.
                _ = try? await raw.commit(video)
            }
        ) { _ in try await raw.commit(video) }
    }

    package func switchOn(_ course: CourseKey) async throws {
        if !schedule.isDead, !log.hasFlagIntent(course) {
            schedule.breach("flag of \(course) without a durable intent")
        }
        let raw = raw
        try await schedule.write(
            "flag on", within: longestDelay,
            late: {
                // As above.
                try? await raw.switchOn(course)
            }
        ) { _ in try await raw.switchOn(course) }
    }

    package func record(_ task: FailedTask) async throws {
        try await schedule.read("failed task") { try await raw.record(task) }
    }

    package func resolveFailedTasks(of course: CourseKey) async throws {
        try await schedule.read("resolve failed tasks") { try await raw.resolveFailedTasks(of: course) }
    }
}

/// A log whose writes fail as planned. A log that fails once ends the engine, and what was only noted dies with it.
package final class FaultyLog: CheckpointLog {
    private let raw: any CheckpointLog
    private let schedule: FaultSchedule
    /// Notes that no write has taken along yet.
    private let noted = Mutex<[Checkpoint]>([])

    package init(_ raw: any CheckpointLog, _ schedule: FaultSchedule) { (self.raw, self.schedule) = (raw, schedule) }

    package func record(_ checkpoints: [Checkpoint]) async throws {
        try await schedule.read("record") {
            let before = noted.withLock { noted in
                defer { noted = [] }
                return noted
            }
            try await raw.record(before + checkpoints)
        }
    }

    package func note(_ checkpoints: [Checkpoint]) {
        if !schedule.isDead { noted.withLock { $0 += checkpoints } }
    }

    package func openTransactions() async throws -> [OpenTransaction] {
        try await schedule.read("open transactions") { try await raw.openTransactions() }
    }

    package func committed(among keys: Set<ObjectKey>, for course: CourseKey) async throws -> [ObjectKey: Checksum] {
        try await schedule.read("committed") { try await raw.committed(among: keys, for: course) }
    }

    package func waivers(of course: CourseKey) async throws -> [Waiver] {
        try await schedule.read("waivers") { try await raw.waivers(of: course) }
    }

    package func openWriteBack(of course: CourseKey) async throws -> WriteBack? {
        try await schedule.read("open write-back") { try await raw.openWriteBack(of: course) }
    }

    package func isHeld(_ course: CourseKey) async throws -> Bool {
        try await schedule.read("held") { try await raw.isHeld(course) }
    }
}
