// SPDX-License-Identifier: Apache-2.0
@testable import ObjectStorage
import Testing

@Suite struct FolderSyncTests {
    @Test func `everybody who asks is served`() async throws {
        try await withTemporaryFolder { folder in
            let sync = try FolderSync(folder)
            let served = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try sync()
                        return 1
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(served == 50)
        }
    }

    @Test func `a folder that is not there says so`() {
        #expect(throws: SystemError.self) { _ = try FolderSync("/nowhere/at/all") }
    }
}
