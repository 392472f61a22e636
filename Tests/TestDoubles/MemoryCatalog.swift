// SPDX-License-Identifier: Apache-2.0
package import MigrationModel
import Synchronization

/// A complete video catalog in memory, without faults. Nothing in it ever waits.
///
/// Tests look into it and write there as authors do; both are as atomic as the port's own calls.
package final class MemoryCatalog: VideoCatalog {
    /// Everything the catalog holds.
    package struct Contents: Sendable, Hashable {
        /// The ids that have a Video row.
        package var videos: Set<VideoID> = []
        /// The transcripts of each video, in order of insertion.
        package var rows: [VideoID: [CatalogRow]] = [:]
        /// The newest row of each course that has one.
        package var flags: [CourseKey: Bool] = [:]
        /// Every failed task ever kept, oldest first.
        package var failedTasks: [KeptTask] = []
        /// The number of the row inserted last.
        package var lastID: Int64 = 0

        package init() {}

        fileprivate mutating func insert(
            _ video: VideoID,
            _ language: LanguageCode,
            _ object: ObjectKey?,
            format: String,
            provider: String
        ) {
            lastID += 1
            let row = CatalogRow(
                id: lastID,
                video: video,
                language: language,
                object: object,
                format: format,
                provider: provider
            )
            rows[video, default: []].append(row)
        }
    }

    /// A failed task as it is kept.
    package struct KeptTask: Sendable, Hashable {
        package let task: FailedTask
        package fileprivate(set) var isResolved = false
    }

    package let foldsLanguageCase: Bool
    private let hasFlags: Bool
    private let platformFlag: FlagState.Platform
    private let state: Mutex<Contents>

    /// - Parameters:
    ///   - foldsLanguageCase: whether `zh-CN` and `zh-cn` share a unique key, as MySQL's usual collations say.
    ///   - hasFlags: whether the platform has the flag's tables.
    ///   - platformFlag: what the platform's own flag says.
    ///   - contents: what is there at first.
    package init(
        foldsLanguageCase: Bool = false, hasFlags: Bool = true, platformFlag: FlagState.Platform = .off,
        contents: Contents = Contents()
    ) {
        self.foldsLanguageCase = foldsLanguageCase
        self.hasFlags = hasFlags
        self.platformFlag = platformFlag
        state = Mutex(contents)
    }

    /// Everything that is there now.
    package var contents: Contents { state.withLock { $0 } }

    /// Every transcript row, in order of insertion.
    package var allRows: [CatalogRow] { state.withLock { $0.rows.values.joined().sorted { $0.id < $1.id } } }

    /// The ids that have a Video row.
    package var videos: Set<VideoID> { state.withLock { $0.videos } }

    /// The newest flag row of each course that has one.
    package var flags: [CourseKey: Bool] { state.withLock { $0.flags } }

    /// Every failed task ever kept, oldest first.
    package var failedTasks: [KeptTask] { state.withLock { $0.failedTasks } }

    /// Adds or replaces a transcript as an author does in Studio, with a Video row if there is none.
    package func insertAsAuthor(
        _ video: VideoID,
        _ language: LanguageCode,
        _ object: ObjectKey?,
        _ format: TranscriptFormat = .srt
    ) {
        state.withLock { contents in
            contents.videos.insert(video)
            contents.rows[video]?.removeAll { isSame($0.language, language) }
            contents.insert(video, language, object, format: format.rawValue, provider: "Custom")
        }
    }

    /// Adds a transcript as an author does in Studio, unless the video has one of the language in this very moment.
    ///
    /// - Returns: whether it was added.
    package func addAsAuthor(_ video: VideoID, _ language: LanguageCode, _ object: ObjectKey) -> Bool {
        state.withLock { contents in
            guard contents.rows[video]?.contains(where: { isSame($0.language, language) }) != true else { return false }
            contents.videos.insert(video)
            contents.insert(video, language, object, format: TranscriptFormat.srt.rawValue, provider: "Custom")
            return true
        }
    }

    /// Deletes a transcript as an author does in Studio.
    package func deleteAsAuthor(_ video: VideoID, _ language: LanguageCode) {
        state.withLock { $0.rows[video]?.removeAll { $0.language == language } }
    }

    /// The same, as long as the row still names an object.
    package func deleteRow(of video: VideoID, _ language: LanguageCode, naming object: ObjectKey) {
        state.withLock { $0.rows[video]?.removeAll { $0.language == language && $0.object == object } }
    }

    /// Adds a Video row without transcripts, as an upload does.
    package func insertVideo(_ video: VideoID) {
        state.withLock { _ = $0.videos.insert(video) }
    }

    /// Switches a course's flag as an administrator does.
    package func setFlag(_ course: CourseKey, isOn: Bool) {
        state.withLock { $0.flags[course] = isOn }
    }

    package func rows(of videos: Set<VideoID>) async throws -> [VideoID: [CatalogRow]] {
        state.withLock { contents in
            var found: [VideoID: [CatalogRow]] = [:]
            for video in videos where contents.videos.contains(video) { found[video] = contents.rows[video] ?? [] }
            return found
        }
    }

    package func rows(withKeys keys: Set<ObjectKey>) async throws -> [CatalogRow] {
        state.withLock { contents in
            contents.rows.values.joined()
                .filter { row in row.object.map(keys.contains) ?? false }
                .sorted { $0.id < $1.id }
        }
    }

    package func newestObjects(_ count: Int) async throws -> [ObjectKey] {
        allRows.suffix(max(0, count)).reversed().compactMap(\.object)
    }

    package func flag(of course: CourseKey) async throws -> FlagState {
        FlagState(
            isAvailable: hasFlags, isOn: hasFlags && state.withLock { $0.flags[course] ?? false },
            platform: platformFlag)
    }

    package func commit(_ video: VideoCommit) async throws -> CommitReceipt {
        state.withLock { contents in
            let createdVideo = contents.videos.insert(video.video).inserted
            var inserted: Set<LanguageCode> = []
            var alreadyThere: [LanguageCode: CatalogRow] = [:]
            for transcript in video.transcripts {
                let rows = contents.rows[video.video] ?? []
                if let row = rows.first(where: { isSame($0.language, transcript.language) }) {
                    alreadyThere[transcript.language] = row
                } else {
                    contents.insert(
                        video.video,
                        transcript.language,
                        transcript.object,
                        format: transcript.format.rawValue,
                        provider: "Custom"
                    )
                    inserted.insert(transcript.language)
                }
            }
            return CommitReceipt(createdVideo: createdVideo, inserted: inserted, alreadyThere: alreadyThere)
        }
    }

    package func switchOn(_ course: CourseKey) async throws {
        guard hasFlags else {
            throw Failure(
                .bug,
                "switch the course's flag on",
                at: course.text,
                cause: "the platform has no table video_config_coursevideotranscriptenabledflag",
                advice: "read the flag first; a platform without these tables has nothing to switch"
            )
        }
        state.withLock { $0.flags[course] = true }
    }

    package func record(_ task: FailedTask) async throws {
        state.withLock { contents in
            guard !contents.failedTasks.contains(where: { $0.task.id == task.id && !$0.isResolved }) else { return }
            contents.failedTasks.append(KeptTask(task: task))
        }
    }

    package func resolveFailedTasks(of course: CourseKey) async throws {
        state.withLock { contents in
            for index in contents.failedTasks.indices
            where contents.failedTasks[index].task.course == course
                && contents.failedTasks[index].task.name == "mallow.migrate_course"
            {
                contents.failedTasks[index].isResolved = true
            }
        }
    }

    private func isSame(_ left: LanguageCode, _ right: LanguageCode) -> Bool {
        foldsLanguageCase ? left.folded == right.folded : left == right
    }
}
