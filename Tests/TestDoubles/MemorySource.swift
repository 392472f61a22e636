// SPDX-License-Identifier: Apache-2.0
package import MigrationModel
import Synchronization

/// A course as a test writes it down.
package struct MemoryCourse: Sendable, Hashable {
    package var title: String
    package var videos: [VideoBlock]
    package var assets: [AssetName: [UInt8]]

    package init(title: String = "A course", videos: [VideoBlock] = [], assets: [AssetName: [UInt8]] = [:]) {
        self.title = title
        self.videos = videos
        self.assets = assets
    }
}

/// A complete contentstore and modulestore in memory, without faults. Tests change courses as authors would.
package final class MemorySource: CourseSource {
    private let state: Mutex<[CourseKey: MemoryCourse]>
    /// How often each course was saved.
    private let saves = Mutex<[CourseKey: Int]>([:])

    package init(_ courses: [CourseKey: MemoryCourse]) { state = Mutex(courses) }

    /// Everything that is there now.
    package var all: [CourseKey: MemoryCourse] { state.withLock { $0 } }

    /// What is another one as soon as somebody saves the course.
    package func version(of course: CourseKey) -> String { saves.withLock { "\($0[course, default: 0])" } }

    /// Changes a course as an author would.
    package func edit(_ course: CourseKey, _ change: (inout MemoryCourse) -> Void) {
        _ = edit(course, at: nil, change)
    }

    /// Changes it if it is still the version that is said; nil for whichever it is.
    ///
    /// - Returns: whether it was.
    func edit(_ course: CourseKey, at version: String?, _ change: (inout MemoryCourse) -> Void) -> Bool {
        state.withLock { courses in
            if let version, version != self.version(of: course) { return false }
            var edited = courses[course] ?? MemoryCourse()
            change(&edited)
            courses[course] = edited
            saves.withLock { $0[course, default: 0] += 1 }
            return true
        }
    }

    package func courses() -> AsyncThrowingStream<CourseListing, any Error> {
        let listed = state.withLock { $0.map { CourseSummary(key: $0.key, title: $0.value.title) } }
        return AsyncThrowingStream { continuation in
            for summary in listed.sorted(by: { $0.key < $1.key }) { continuation.yield(.course(summary)) }
            continuation.finish()
        }
    }

    package func outline(of course: CourseKey) async throws -> CourseOutline {
        // Before the course: an author who saves in between makes it an old one.
        let version = version(of: course)
        guard let found = state.withLock({ $0[course] }) else {
            throw Failure(
                .sourceCorrupt, "reading a course", at: "\(course)", cause: "there is no such course",
                advice: "name a course that is there"
            )
        }
        return CourseOutline(
            videos: found.videos.sorted { $0.usageKey < $1.usageKey }, unreachable: 0, notes: [], version: version)
    }

    package func assets(_ names: Set<AssetName>, of course: CourseKey) async throws -> AssetListing {
        let assets = state.withLock { $0[course]?.assets ?? [:] }
        return AssetListing(
            assets: assets.filter { names.contains($0.key) }.reduce(into: [:]) { found, entry in
                found[entry.key] = Asset(name: entry.key, length: entry.value.count)
            }
        )
    }

    package func content(
        of assets: [Asset], in course: CourseKey
    ) async throws -> [AssetName: Result<[UInt8], Failure>] {
        let stored = state.withLock { $0[course]?.assets ?? [:] }
        return assets.reduce(into: [:]) { content, asset in
            content[asset.name] = stored[asset.name].map { .success($0) }
        }
    }

    package func ask() async throws {}

    package func release(_ course: CourseKey) async {}
}
