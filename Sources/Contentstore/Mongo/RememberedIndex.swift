// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import MigrationModel
import Synchronization

/// The platform's course index, whose absence is remembered: whoever lists a thousand courses asks for it once.
///
/// A platform that is upgraded meanwhile keeps its heads in MongoDB all the same, and what writes ids asks anew.
final class RememberedIndex: CourseIndex {
    private let index: any CourseIndex
    private let isAbsent = Mutex(false)

    init(_ index: any CourseIndex) { self.index = index }

    func isThere() async throws -> Bool {
        if isAbsent.withLock({ $0 }) { return false }
        let isThere = try await index.isThere()
        if !isThere { isAbsent.withLock { $0 = true } }
        return isThere
    }

    func allHeads() async throws -> [IndexedHeads] { try await index.allHeads() }

    func heads(of course: CourseKey) async throws -> IndexedHeads? { try await index.heads(of: course) }
}
#endif
