// SPDX-License-Identifier: Apache-2.0
import Deployment
import MigrationModel
import TestDoubles
import Testing

/// A staged store is a store: with nothing planned, and with every delay planned.
@Suite struct StagingContractTests {
    private static let slow = Staging(
        milliseconds: Dictionary(uniqueKeysWithValues: Staging.Call.allCases.map { ($0, 1000) }), jitter: 1
    )

    @Test(arguments: ObjectStoreContract.cases)
    func `a paced store keeps the contract`(_ promise: ContractCase<any ObjectStore>) async throws {
        for staging in [Staging(), Self.slow] {
            try await promise.verify(PacedStore(MemoryObjectStore(), on: TestStage(staging).stage))
        }
    }

    @Test(arguments: VideoCatalogContract.cases)
    func `a paced catalog keeps the contract`(_ promise: ContractCase<any VideoCatalog>) async throws {
        for staging in [Staging(), Self.slow] {
            try await promise.verify(PacedCatalog(MemoryCatalog(), on: TestStage(staging).stage))
        }
    }

    @Test func `a paced source reads what the source reads`() async throws {
        let course = CourseKey(unchecked: "course-v1:A+B+C")
        let name = AssetName(unchecked: "subs_a.srt.sjson")
        let raw = MemorySource([course: MemoryCourse(title: "A course", assets: [name: [1, 2, 3]])])
        let source = PacedSource(raw, on: TestStage(Self.slow).stage)
        var found: [CourseListing] = []
        for try await listing in source.courses() { found.append(listing) }
        #expect(found == [.course(CourseSummary(key: course, title: "A course"))])
        #expect(try await source.outline(of: course) == raw.outline(of: course))
        let listing = try await source.assets([name], of: course)
        #expect(listing == AssetListing(assets: [name: Asset(name: name, length: 3)]))
        #expect(
            try await source.content(of: [Asset(name: name, length: 3)], in: course) == [name: .success([1, 2, 3])])
    }

    @Test func `how long a lost write may still arrive is the store's own word`() {
        #expect(PacedStore(MemoryObjectStore(), on: TestStage(Self.slow).stage).longestDelay == 0)
    }
}
