// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@testable import Contentstore

/// What a source asks of the platform's course index.
@Suite struct RememberedIndexTests {
    /// Counts how often it is asked whether it is there.
    private final class CountedIndex: CourseIndex {
        let index: MemoryCourseIndex
        let asked = Mutex(0)

        init(isThere: Bool) { index = MemoryCourseIndex(isThere: isThere, now: { CourseIndexContract.now }) }

        func isThere() async throws -> Bool {
            asked.withLock { $0 += 1 }
            return try await index.isThere()
        }

        func allHeads() async throws -> [IndexedHeads] { try await index.allHeads() }
        func heads(of course: CourseKey) async throws -> IndexedHeads? { try await index.heads(of: course) }
    }

    @Test func `one that is not there is asked for once`() async throws {
        let absent = CountedIndex(isThere: false)
        let remembered = RememberedIndex(absent)
        for _ in 1...5 { #expect(try await !remembered.isThere()) }
        #expect(absent.asked.withLock { $0 } == 1)
    }

    @Test func `one that is there is asked each time, and for what it says now`() async throws {
        let present = CountedIndex(isThere: true)
        let remembered = RememberedIndex(present)
        for _ in 1...3 { #expect(try await remembered.isThere()) }
        #expect(present.asked.withLock { $0 } == 3)
        #expect(try await remembered.allHeads().isEmpty)
        present.index.drop(historyAlone: false)
        #expect(try await !remembered.isThere(), "a platform may go back, too")
    }
}
#endif
