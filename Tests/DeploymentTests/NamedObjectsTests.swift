// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import TestDoubles
import Testing

@testable import Deployment

@Suite struct NamedObjectsTests {
    /// A catalog that names so many objects, and a store that holds some of them.
    private func check(named: Int, held: Set<Int>) async throws -> PreflightCheck? {
        let (catalog, store) = (MemoryCatalog(), MemoryObjectStore())
        for number in 0..<named {
            let key = ObjectKey(unchecked: "video-transcripts/\(number).srt")
            catalog.insertAsAuthor(VideoID(unchecked: "v\(number)"), "en", key)
            guard held.contains(number) else { continue }
            let bytes = Array("\(number)".utf8)
            _ = try await store.put(
                NewObject(
                    key: key, bytes: bytes, checksum: Checksum(of: bytes), contentType: "text/plain",
                    provenance: Provenance(run: RunID(1), intent: UUID())))
        }
        return try await NamedObjects(store: store, catalog: catalog, place: "file:/there").check(ProbeClock())
    }

    @Test func `a catalog that names nothing has nothing to be looked for`() async throws {
        #expect(try await check(named: 0, held: []) == nil)
    }

    @Test func `a store that holds all of them passes`() async throws {
        let check = try #require(try await check(named: 3, held: [0, 1, 2]))
        #expect(check.verdict == .pass)
        #expect(check.measured == "all 3 objects that the catalog's newest rows name are there")
    }

    @Test func `a store that holds none of them is none to begin on`() async throws {
        // Older ones do not count: what is there may be another platform's.
        let check = try #require(try await check(named: 40, held: Set(0..<24)))
        #expect(check.verdict == .fail)
        #expect(check.measured == "none of the 16 objects that the catalog's newest rows name is at file:/there")
        #expect(check.advice?.contains("--accept-missing-objects") == true)
    }

    @Test func `some that are missing are worth attention, with figures`() async throws {
        let check = try #require(try await check(named: 40, held: Set(30..<40)))
        #expect(check.verdict == .attention)
        #expect(check.measured == "6 of the 16 objects that the catalog's newest rows name are not at file:/there")
    }
}
