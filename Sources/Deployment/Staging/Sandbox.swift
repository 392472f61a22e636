// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// A folder that cannot be a demo's, or sample data that is none, in one sentence that says what to do instead.
package struct InvalidSandbox: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
}

/// A folder with a small platform of its own, copied from the sample data, and the staging that is played on it.
///
/// Nothing outside it is ever written. It holds no lock: the ledger in it sees to it that one engine runs at a time.
package struct Sandbox: Sendable, Hashable {
    /// Absolute.
    package let folder: String

    package var source: String { "olx:\(folder)/courses" }
    package var store: String { "file:\(folder)/objects" }
    package var catalog: String { "sqlite:\(folder)/edxval.sqlite" }
    package var ledger: String { "\(folder)/mallow.ledger" }
    /// The staging's file; that it can be read makes a folder a sandbox.
    package var stagingFile: String { Self.stagingFile(in: folder) }

    private static func stagingFile(in folder: String) -> String { "\(folder)/demo.json" }

    /// The sandbox that is in a folder already; nil when the folder is missing or empty.
    ///
    /// - Throws: ``InvalidSandbox`` for a folder that holds anything else.
    package init?(in folder: String) throws(InvalidSandbox) {
        let folder = Self.absolute(folder)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else { return nil }
        guard isFolder.boolValue else {
            throw InvalidSandbox(description: "--folder \(folder): it is a file; name a folder.")
        }
        do {
            if try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty { return nil }
        } catch {
            throw InvalidSandbox(description: "--folder \(folder): \(error.localizedDescription); name another folder.")
        }
        do {
            _ = try Staging(file: Self.stagingFile(in: folder))
        } catch {
            throw InvalidSandbox(
                description:
                    "--folder \(folder) is not empty and no sandbox of mallow demo; name a new or empty folder."
            )
        }
        self.folder = folder
    }

    /// Makes a sandbox: copies the courses and the platform that has some of their transcripts already. Blocks meanwhile.
    ///
    /// The staging comes last, so that a folder in which this was interrupted is never taken for a sandbox.
    ///
    /// - Parameters:
    ///   - folder: missing or empty; nil for a new one in the temporary folder. Only this user may look into it.
    ///   - sample: what is copied.
    /// - Throws: ``InvalidSandbox`` when a file cannot be copied.
    package init(
        making folder: String?, from sample: SampleData, staging: Staging, in temporary: URL
    ) throws(InvalidSandbox) {
        let name = "mallow-demo-\(UUID().uuidString.prefix(8).lowercased())"
        let folder = Self.absolute(folder ?? temporary.appending(path: name).path)
        do {
            let files = FileManager.default
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            for (from, to) in sample.parts { try files.copyItem(atPath: from, toPath: "\(folder)/\(to)") }
            let courses = "\(folder)/courses"
            for name in SampleData.first where files.fileExists(atPath: "\(courses)/\(name)") {
                try files.moveItem(atPath: "\(courses)/\(name)", toPath: "\(courses)/1-\(name)")
            }
            try staging.write(to: Self.stagingFile(in: folder))
        } catch {
            throw InvalidSandbox(
                description: "The sandbox \(folder) could not be made: \(error.localizedDescription); "
                    + "remove what is there and name a folder with room in it, with --folder."
            )
        }
        self.folder = folder
    }

    private static func absolute(_ folder: String) -> String {
        URL(fileURLWithPath: NSString(string: folder).expandingTildeInPath).standardizedFileURL.path
    }
}

extension Staging {
    /// - Throws: whatever stands in the way of reading it.
    package init(file: String) throws {
        self = try JSONDecoder().decode(Staging.self, from: try Data(contentsOf: URL(fileURLWithPath: file)))
    }

    /// Replaces the file as a whole.
    package func write(to file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(self).write(to: URL(fileURLWithPath: file), options: .atomic)
    }
}
