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
        guard let need = promise.needs, server.lacks.contains(need) else {
            return try await promise.verify(server.store())
        }
        // A server that does not decide a race may still see it end well, so it is asked until one does not.
        let attempts = need == .decidesRaces ? 50 : 1
        for _ in 0..<attempts {
            do { try await promise.verify(server.store()) } catch { return }
        }
        Issue.record("it lacks \(need) no more")
    }
}
