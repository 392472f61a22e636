// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The folder `sample-data`: courses, and a small platform that has a few of their transcripts.
package struct SampleData: Sendable, Hashable {
    /// Absolute.
    package let folder: String

    /// - Throws: ``InvalidSandbox`` when its parts are not there.
    package init(folder: String) throws(InvalidSandbox) {
        self.folder = URL(fileURLWithPath: NSString(string: folder).expandingTildeInPath).standardizedFileURL.path
        for (part, _) in parts where !FileManager.default.fileExists(atPath: part) {
            throw InvalidSandbox(
                description: "--sample-data \(folder) has no \(part.dropFirst(self.folder.count + 1)); "
                    + "name the folder sample-data of Mallow's own files."
            )
        }
    }

    /// Looks for `sample-data` in each of these folders and in those that they lie in; the first one is taken.
    ///
    /// - Throws: ``InvalidSandbox`` when there is none.
    package init(near folders: [String]) throws(InvalidSandbox) {
        for start in folders {
            var place = URL(fileURLWithPath: start).standardizedFileURL
            while true {
                do throws(InvalidSandbox) {
                    self = try SampleData(folder: place.appending(path: "sample-data").path)
                    return
                } catch {
                    guard place.path != "/" else { break }
                    place = place.deletingLastPathComponent()
                }
            }
        }
        throw InvalidSandbox(
            description: "The sample data is neither near this folder nor near the program; "
                + "name the folder sample-data of Mallow's own files with --sample-data."
        )
    }

    /// What a sandbox is copied from, and what each part is called there.
    var parts: [(from: String, to: String)] {
        [
            ("\(folder)/courses", "courses"), ("\(folder)/platform/objects", "objects"),
            ("\(folder)/platform/edxval.sqlite", "edxval.sqlite"),
        ]
    }

    /// Exports that a demo takes first, since exports are taken in the order of their names: one that ends as held, and
    /// one with corrupt files. Whoever looks for two minutes sees both.
    static let first = ["harbouru-econ201", "meadowx-geo115"]
}
