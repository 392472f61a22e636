// SPDX-License-Identifier: Apache-2.0
import Foundation
import Settings

/// What is at a path, links followed.
enum FileKind {
    case file, folder, other, nothing

    /// Blocks.
    ///
    /// - Throws: ``FileProblem`` where nobody can tell.
    init(of path: String) throws(FileProblem) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            guard code == ENOENT || code == ENOTDIR else { throw FileProblem(path, code: code) }
            self = .nothing
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .folder
        default: self = .other
        }
    }
}
