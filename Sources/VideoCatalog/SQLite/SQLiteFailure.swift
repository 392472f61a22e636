// SPDX-License-Identifier: Apache-2.0
import GRDB
import MigrationModel

extension Failure {
    /// What an error of SQLite means to the product. The only place where that is decided, by result codes.
    init(_ error: any Error, sqlite what: String, at place: String) {
        guard let error = error as? DatabaseError else {
            self.init(error, what, at: place)
            return
        }
        let (kind, advice) = Self.meaning(of: error)
        let words = error.message ?? "\(error.resultCode)"
        self.init(
            kind,
            what,
            at: place,
            cause: "SQLite says \"\(words)\" (code \(error.extendedResultCode.rawValue))",
            advice: advice
        )
    }

    private static func meaning(of error: DatabaseError) -> (Failure.Class, advice: String) {
        switch error.extendedResultCode {
        case .SQLITE_IOERR_NOMEM: return (.transient, "the course is retried")
        case .SQLITE_READONLY_DBMOVED:
            return (.bug, "the catalog's file was moved away while it was in use: put it back and start again")
        default: break
        }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            return (.transient, "another program holds the catalog's lock; the course is retried")
        case .SQLITE_INTERRUPT, .SQLITE_NOMEM, .SQLITE_SCHEMA:
            return (.transient, "the course is retried")
        case .SQLITE_FULL:
            return (.transient, "make room on the catalog's disk; the course is retried")
        case .SQLITE_IOERR:
            return (.transient, "look into the system's log for the disk's own errors; the course is retried")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            return (.auth, "let this user write the catalog's file and its folder, then resume the run")
        case .SQLITE_CORRUPT:
            return (.integrity, "the catalog's file is damaged: restore it from a backup")
        case .SQLITE_NOTADB:
            return (.bug, "this file is no SQLite database: give --catalog another one")
        default:
            return (.bug, "report this with the ledger")
        }
    }
}
