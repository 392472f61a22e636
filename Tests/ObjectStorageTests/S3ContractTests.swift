// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import ObjectStorage
import TestDoubles
import Testing

@Suite struct S3ContractTests {
    /// With the place of 36 bytes and a slash before it, the longest key has the 1,024 bytes that S3 allows.
    private static let cases = ObjectStoreContract.cases(longestKey: 1024 - 37)

    @Test(arguments: S3Server.allCases, cases)
    func `a server keeps the contract, but for what it is known to lack`(
        _ server: S3Server, _ promise: ContractCase<any ObjectStore>
    ) async throws {
        let store = try server.store()
        guard let need = promise.needs, server.lacks.contains(need) else { return try await promise.verify(store) }
        await #expect(throws: (any Error).self, "it lacks \(need) no more") { try await promise.verify(store) }
    }
}
