// SPDX-License-Identifier: Apache-2.0
import Console
import Foundation
import MigrationModel

/// What an operator keeps beside the ledger: the theme that was chosen last, and logs.
struct KeptBeside: Preferences {
    let folder: String

    private var path: String { "\(folder)/mallow.theme" }

    var theme: String? {
        FileManager.default.contents(atPath: path).map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    func keepLog(_ text: String) throws -> String {
        let stamp = Figures.stamp(Date().timeIntervalSince1970, .current)
        let name = "\(folder)/mallow-log-\(stamp.filter(\.isNumber))"
        let names = ["\(name).txt"] + (2...9).map { "\(name)-\($0).txt" }
        // Two in one second have two names; nothing is written over.
        let file = names.first { !FileManager.default.fileExists(atPath: $0) } ?? names[0]
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .withoutOverwriting)
        } catch {
            throw Failure(
                .transient, "writing the log", at: file, cause: error.localizedDescription,
                advice: "look whether the ledger's folder can be written, then try again")
        }
        return file
    }

    func keepTheme(_ name: String) {
        // A look that cannot be kept is asked for again next time.
        _ = FileManager.default.createFile(atPath: path, contents: Data((name + "\n").utf8))
    }
}
