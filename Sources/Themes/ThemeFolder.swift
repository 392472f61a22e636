// SPDX-License-Identifier: Apache-2.0
import Foundation
import Settings

/// The operator's own theme files.
struct ThemeFolder {
    /// By name.
    private(set) var files: [String: ThemeFile] = [:]
    private(set) var problems: [FileProblem] = []

    /// Nobody writes a longer theme by hand.
    private static let mostBytes = 256 * 1024

    /// Reads every `*.theme.toml` of a folder, which need not exist. Blocks.
    init(_ path: String?) {
        guard let path else { return }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            return
        } catch {
            problems = [
                FileProblem(path, "the folder cannot be read: \(error.systemWords)", advice: "let this user read it")
            ]
            return
        }
        for name in names.sorted() where name.hasSuffix(".toml") {
            do throws(BrokenTheme) {
                let file = try Self.file(at: "\(path)/\(name)")
                files[file.name] = file
            } catch {
                problems += error.problems
            }
        }
    }

    /// Reads one theme file. Blocks.
    static func file(at path: String) throws(BrokenTheme) -> ThemeFile {
        let url = URL(fileURLWithPath: path)
        let name = url.lastPathComponent
        guard name.hasSuffix(ThemeFile.suffix) else {
            throw BrokenTheme([
                FileProblem(path, "its name does not end in \(ThemeFile.suffix)", advice: "rename it to be a theme")
            ])
        }
        let bytes: Data
        do {
            // A named pipe would never end.
            let values = try url.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
            guard values.isRegularFile == true, values.fileSize ?? 0 <= mostBytes else {
                throw BrokenTheme([
                    FileProblem(path, "this is no file of at most 256 KiB", advice: "put a theme there, or nothing")
                ])
            }
            bytes = try Data(contentsOf: url)
        } catch let error as BrokenTheme {
            throw error
        } catch {
            throw BrokenTheme([
                FileProblem(
                    path, "the file cannot be read: \(error.systemWords)",
                    advice: "check the path, and who may read it")
            ])
        }
        let stem = String(name.dropLast(ThemeFile.suffix.count))
        return try ThemeFileReader.read(Array(bytes), at: path, stem: stem)
    }
}

extension Error {
    /// The system's own words where it gave an error number.
    fileprivate var systemWords: String {
        let error = self as NSError
        let cause = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError } ?? error
        return cause.domain == NSPOSIXErrorDomain
            ? String(cString: strerror(Int32(cause.code))) : error.localizedDescription
    }
}
