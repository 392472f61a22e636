// SPDX-License-Identifier: Apache-2.0
import TestDoubles
import Testing

@Suite struct CourseIndexContractTests {
    @Test(arguments: CourseIndexContract.cases)
    func `an SQLite file keeps the contract`(_ promise: ContractCase<any IndexedPlatform>) async throws {
        try await withTemporaryFolder { folder in
            try await promise.verify(IndexedDatabasePlatform(path: "\(folder)/catalog.sqlite"))
        }
    }

    @Test(arguments: CourseIndexContract.cases)
    func `memory keeps the contract`(_ promise: ContractCase<any IndexedPlatform>) async throws {
        try await promise.verify(MemoryCourseIndex(now: { CourseIndexContract.now }))
    }

    #if MySQL
    /// On a real server, which `Tests/mysql/database.py` has started.
    @Test(arguments: CourseIndexContract.cases)
    func `a server keeps the contract`(_ promise: ContractCase<any IndexedPlatform>) async throws {
        try await withDatabase { address, password in
            try await promise.verify(IndexedDatabasePlatform(address, password: password))
        }
    }
    #endif
}
