// SPDX-License-Identifier: Apache-2.0
import TestDoubles
import Testing

@Suite struct CourseWriterContractTests {
    @Test(arguments: CourseWriterContract.cases)
    func `memory keeps the contract`(_ promise: ContractCase<any WritableCourses>) async throws {
        try await promise.verify(MemoryCourses())
    }

    #if MongoDB
    /// On a server, which `Tests/mongo/database.py` has started.
    @Test(arguments: MongoCourses.Form.allCases, CourseWriterContract.cases)
    func `MongoDB keeps the contract, but for what an old modulestore lacks`(
        _ form: MongoCourses.Form, _ promise: ContractCase<any WritableCourses>
    ) async throws {
        let platform = try MongoCourses(form)
        guard form == .old, promise.needs == .locksCourses else { return try await promise.verify(platform) }
        // What cannot be kept is shown to be broken, and not passed over.
        await #expect(throws: ContractBreach.self) { try await promise.verify(platform) }
    }
    #endif
}
