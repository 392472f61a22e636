// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Runs a test in a folder of its own, which is removed afterwards.
package func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let url = FileManager.default.temporaryDirectory.appending(path: "mallow-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer {
        // A folder that cannot be removed does not make a test wrong.
        try? FileManager.default.removeItem(at: url)
    }
    return try await body(url.path)
}
