// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import ObjectStorage
import TestDoubles
import Testing
import Threading

@Suite struct ObjectStoreContractTests {
    @Test(arguments: ObjectStoreContract.cases)
    func `a folder keeps the contract`(_ promise: ContractCase<any ObjectStore>) async throws {
        try await withTemporaryFolder { folder in
            let store = try DirectoryStore(path: "\(folder)/store", pool: BlockingPool(name: "objects", width: 4))
            try await promise.verify(store)
        }
    }

    @Test(arguments: ObjectStoreContract.cases)
    func `memory keeps the contract`(_ promise: ContractCase<any ObjectStore>) async throws {
        try await promise.verify(MemoryObjectStore())
    }
}
