// SPDX-License-Identifier: Apache-2.0
import Foundation
package import MigrationModel
import Synchronization
package import Threading

/// Reads courses from OLX exports: a folder, a `.tar.gz`, or a folder of either. Open edX: section 7.
///
/// An export's `static/` stands for the contentstore. Exports are somebody else's files: each is read within limits and
/// without leaving it, and one that is broken or hostile costs its own course at most.
package final class OLXSource: CourseSource {
    private let locator: ExportLocator
    private let temporary: TemporaryPlace
    private let pool: BlockingPool
    private let limits: ExportLimits
    private let shelves = Mutex<[CourseKey: CourseShelf]>([:])

    /// A source over what lies at `path`; nothing is read yet.
    ///
    /// - Parameters:
    ///   - pool: where every call's reading is done, as one piece of work.
    ///   - temporaryFolder: an existing folder in which archives are unpacked, each into a private folder that goes when
    ///     its course is released or the source is let go.
    package init(
        path: String,
        pool: BlockingPool,
        limits: ExportLimits = ExportLimits(),
        temporaryFolder: String = FileManager.default.temporaryDirectory.path
    ) {
        self.pool = pool
        self.limits = limits
        temporary = TemporaryPlace(path: temporaryFolder)
        locator = ExportLocator(path: path, limits: limits, temporary: temporary)
    }

    /// Courses in byte-wise order of their exports' names; an export is first touched when its turn comes.
    ///
    /// Ends with ``Failure`` when the path itself cannot be listed. A second export of the same course is unreadable.
    package func courses() -> AsyncThrowingStream<CourseListing, any Error> {
        let pass = CoursePass(locator)
        return AsyncThrowingStream { [pool] in try await pool.run { try pass.next() } }
    }

    package func outline(of course: CourseKey) async throws -> CourseOutline {
        let shelf = shelf(of: course)
        return try await pool.run { try shelf.outline() }
    }

    package func assets(_ names: Set<AssetName>, of course: CourseKey) async throws -> AssetListing {
        let shelf = shelf(of: course)
        return try await pool.run { try shelf.assets(names) }
    }

    package func content(
        of assets: [Asset],
        in course: CourseKey
    ) async throws -> [AssetName: Result<[UInt8], Failure>] {
        let shelf = shelf(of: course)
        return try await pool.run { try shelf.content(of: assets) }
    }

    /// A disk that is away says so by what is read next.
    package func ask() async throws {}

    package func release(_ course: CourseKey) async {
        guard let shelf = shelves.withLock({ $0.removeValue(forKey: course) }) else { return }
        try? await pool.run { shelf.empty() }  // throws nothing: only the pool's signature says that it might
    }

    private func shelf(of course: CourseKey) -> CourseShelf {
        shelves.withLock { shelves in
            if let shelf = shelves[course] { return shelf }
            let shelf = CourseShelf(course: course, locator: locator, temporary: temporary, limits: limits)
            shelves[course] = shelf
            return shelf
        }
    }
}
