// SPDX-License-Identifier: Apache-2.0
import Foundation
import Settings
import Yams

/// One file of a platform's settings, YAML or JSON.
///
/// JSON is read as the YAML it is, which keeps lines; that is laxer than JSON, about which the platform itself complains.
struct SettingsFile {
    let path: String
    let mapping: Node.Mapping

    /// No platform's settings are longer.
    static let mostBytes = 4 * 1024 * 1024

    /// Reads and parses a file. Blocks.
    ///
    /// - Throws: ``FileProblem``, never with anything that stands in the file but the names of keys.
    init(at path: String) throws(FileProblem) {
        self.path = path
        let bytes = try Self.bytes(at: path, most: Self.mostBytes)
        guard var text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw FileProblem(path, "the file is not UTF-8 text", advice: "save it as UTF-8")
        }
        if text.first == "\u{FEFF}" { text.removeFirst() }
        if path.hasSuffix(".json") { text = text.joiningSurrogates() }
        guard let root = try Self.parse(text, path) else {
            throw FileProblem(path, "the file is empty", advice: "give the file that is meant")
        }
        guard let mapping = root.mapping else {
            throw FileProblem(
                path, line: root.mark?.line, "the file holds no keys with values",
                advice: "give the file that the platform reads, which begins like DATABASES:")
        }
        self.mapping = mapping
    }

    /// - Returns: nil for a text with nothing but blanks and comments.
    private static func parse(_ text: String, _ path: String) throws(FileProblem) -> Node? {
        do {
            // Whatever the environment says about encodings: this is UTF-8.
            let root = try Parser(yaml: text, encoding: .utf8).singleRoot()
            return root?.tag.rawValue == Tag.Name.null.rawValue ? nil : root
        } catch let error as YamlError {
            throw FileProblem(error, in: path)
        } catch {
            throw FileProblem(path, "this is not YAML", advice: "put the file right")
        }
    }

    /// What stands in a file that an operator named. Blocks.
    ///
    /// - Parameter most: bytes; a longer one is not what is meant.
    static func bytes(at path: String, most: Int) throws(FileProblem) -> [UInt8] {
        // A pipe that nobody writes to would be waited for without O_NONBLOCK.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(path, code: errno) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileProblem(path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileProblem(path, "this is no file", advice: "give the path of a file")
        }
        guard status.st_size <= most else {
            throw FileProblem(path, "the file is longer than \(most >> 10) KiB", advice: "give the file that is meant")
        }
        do {
            return Array(try file.readToEnd() ?? Data())
        } catch {
            throw FileProblem(path, "the file cannot be read to its end", advice: "look after the disk that it is on")
        }
    }
}

extension FileProblem {
    /// What the system's error number means for an operator who named a path.
    init(_ path: String, code: Int32) {
        switch code {
        case ENOENT, ENOTDIR:
            self.init(path, "there is no such file or folder", advice: "correct the path")
        case EACCES, EPERM:
            self.init(
                path, "this user may not read it", advice: "let this user read it, or run Mallow as one who may")
        case ELOOP: self.init(path, "its links lead in a circle", advice: "give the file itself")
        default: self.init(path, "it cannot be read: \(String(cString: strerror(code)))", advice: "check the path")
        }
    }
}
