// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Synchronization

/// One pass over all exports, one at a time.
final class CoursePass: Sendable {
    private struct State {
        var exports: ArraySlice<Export>?
        /// Under which name each course was found first.
        var seen: [CourseKey: String] = [:]
    }

    private let locator: ExportLocator
    private let state = Mutex(State())

    init(_ locator: ExportLocator) { self.locator = locator }

    /// The next course or unreadable export; nil after the last. Blocks.
    ///
    /// - Throws: ``Failure`` when the exports cannot be listed at all.
    func next() throws -> CourseListing? {
        try state.withLock { state in
            var exports = try state.exports ?? locator.exports()[...]
            defer { state.exports = exports }
            guard let export = exports.popFirst() else { return nil }
            do {
                let course = try locator.head(of: export).summary
                if let first = state.seen[course.key] {
                    let cause = "it holds \(course.key), and so does \(first), which is taken"
                    throw Failure.export("list course", at: export.name, cause: cause)
                }
                state.seen[course.key] = export.name
                locator.remember(course.key, in: export)
                return .course(course)
            } catch {
                return .unreadable(name: export.name, Failure(error, "list course", at: export.name))
            }
        }
    }
}
