// SPDX-License-Identifier: Apache-2.0
import Foundation
import PlatformSettings

/// Runs a test on a folder of settings files of its own, which is removed afterwards.
///
/// - Parameter files: their text, by the path in the folder.
func withPlatform<Value>(_ files: [String: String], _ body: (String) throws -> Value) throws -> Value {
    try withPlatform(bytes: files.mapValues { Array($0.utf8) }, body)
}

/// The same for what is no text.
func withPlatform<Value>(bytes files: [String: [UInt8]], _ body: (String) throws -> Value) throws -> Value {
    let folder = URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath()
        .appending(path: "mallow-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer {
        // A folder that cannot be removed does not make a test wrong.
        try? FileManager.default.removeItem(at: folder)
    }
    for (name, bytes) in files {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
    return try body(folder.path)
}

/// What one file says.
func settings(_ text: String, in name: String = "lms.yml") throws -> PlatformSettings {
    try withPlatform([name: text]) { try PlatformSettings(at: "\($0)/\(name)", environment: [:]) }
}

extension Found {
    /// The line and the key path, or the rule, that a value comes from.
    var place: String {
        switch origin {
        case .written(_, let line, let keyPath): "\(line) \(keyPath)"
        case .rule(let rule): rule
        }
    }
}
