// SPDX-License-Identifier: Apache-2.0
import Foundation
import Themes

/// Runs a test on a folder of theme files of its own, which is removed afterwards.
///
/// - Parameter files: their text, by the theme's name.
func withThemes<Value>(_ files: [String: String], _ body: (String) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mallow-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer {
        // A folder that cannot be removed does not make a test wrong.
        try? FileManager.default.removeItem(at: folder)
    }
    for (name, text) in files {
        try Data(text.utf8).write(to: folder.appending(path: "\(name).theme.toml"))
    }
    return try body(folder.path)
}

/// A file's `name` and `appearance`, and what follows them from line 3 on.
func file(_ name: String, _ rest: String, appearance: String = "dark") -> String {
    "name = \"\(name)\"\nappearance = \"\(appearance)\"\n" + rest
}
