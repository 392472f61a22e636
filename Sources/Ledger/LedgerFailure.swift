// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import MigrationModel

/// Another engine writes this ledger.
package struct LedgerBusy: Error, Sendable, Hashable, CustomStringConvertible {
    package let ledger: String
    package let host: String
    package let pid: Int32
    package let run: RunID?
    /// Whether it goes by tables of an earlier version, so that this one cannot even look.
    package let isOfEarlierVersion: Bool

    /// - Parameter lease: nil where the engine has not written one yet.
    init(of lease: Lease?, ledger: String, isOfEarlierVersion: Bool = false) {
        self.ledger = ledger
        self.isOfEarlierVersion = isOfEarlierVersion
        (host, pid, run) = (lease?.host ?? "this host", lease?.pid ?? 0, lease.map { RunID($0.run) })
    }

    package var description: String {
        let work = run.map { "run \($0)" } ?? "a run"
        if isOfEarlierVersion {
            return "An earlier version of mallow holds the ledger \(ledger): process \(pid) on \(host), with \(work). "
                + "Nothing was done; watch or stop it with that version, or wait until it has ended: a minute is enough "
                + "where its machine is gone."
        }
        return "Another engine holds the ledger \(ledger): process \(pid) on \(host), with \(work). "
            + "Nothing was done; watch it with mallow status, or wait until it ends."
    }
}

extension Failure {
    /// Classes what SQLite says of the ledger, by its result code.
    init(_ error: DatabaseError, ledger path: String) {
        if error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_IOERR, Self.isFolder(path) {
            self.init(
                .conflict, "opening the ledger", at: path, cause: "it is a folder",
                advice: "name a file with --ledger, in it or elsewhere")
            return
        }
        let (failureClass, advice): (Failure.Class, String)
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            (failureClass, advice) = (.transient, "find out which program keeps the file locked, then start again")
        case .SQLITE_FULL, .SQLITE_IOERR:
            (failureClass, advice) = (.transient, "make room on the disk or repair it, then start again")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            (failureClass, advice) = (.auth, "let this user write the file and its folder, then start again")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            (failureClass, advice) = (.integrity, "keep the file for inspection and name another one with --ledger")
        default:
            (failureClass, advice) = (.bug, "report this with the ledger")
        }
        self.init(
            failureClass, "writing the ledger", at: path, cause: error.message ?? error.resultCode.description,
            safe: "nothing is done that the ledger does not know of", advice: advice
        )
    }

    /// SQLite has no code for it.
    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
