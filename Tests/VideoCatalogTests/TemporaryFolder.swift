// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Calls `body` with the path of an empty folder that is removed afterwards.
func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mallow-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer {
        // What stays behind is in the system's temporary folder, and no test looks at it again.
        try? FileManager.default.removeItem(at: folder)
    }
    return try await body(folder.path)
}
