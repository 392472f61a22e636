// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import TestDoubles
import Testing
import VideoCatalog

@Suite struct VideoCatalogContractTests {
    @Test(arguments: VideoCatalogContract.cases)
    func `an SQLite file keeps the contract`(_ promise: ContractCase<any VideoCatalog>) async throws {
        try await withTemporaryFolder { folder in
            try await promise.verify(SQLiteCatalog(path: "\(folder)/catalog.sqlite", now: { .now }))
        }
    }

    @Test(arguments: VideoCatalogContract.cases)
    func `memory keeps the contract`(_ promise: ContractCase<any VideoCatalog>) async throws {
        try await promise.verify(MemoryCatalog())
    }

    @Test(arguments: VideoCatalogContract.cases)
    func `memory that folds case keeps the contract`(_ promise: ContractCase<any VideoCatalog>) async throws {
        try await promise.verify(MemoryCatalog(foldsLanguageCase: true))
    }
}
