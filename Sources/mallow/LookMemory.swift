// SPDX-License-Identifier: Apache-2.0
import Console
import Foundation

/// The theme an operator chose last, in a file beside the ledger.
struct LookMemory: Preferences {
    let folder: String

    private var path: String { "\(folder)/mallow.theme" }

    var theme: String? {
        FileManager.default.contents(atPath: path).map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    func keepTheme(_ name: String) {
        // A look that cannot be kept is asked for again next time.
        _ = FileManager.default.createFile(atPath: path, contents: Data((name + "\n").utf8))
    }
}
