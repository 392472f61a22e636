// SPDX-License-Identifier: Apache-2.0
#if MySQL
import MariaDB
import MigrationModel

extension Failure {
    /// What an error of a server means to the product. The only place where that is decided, by the server's numbers.
    ///
    /// - Parameter isCommit: whether it came instead of the answer to a COMMIT, or of a statement that is one by itself.
    init(_ error: any Error, mysql what: String, at place: String, isCommit: Bool = false) {
        guard let error = error as? ServerError else {
            self.init(error, what, at: place)
            return
        }
        if isCommit, error.isLost || !Self.undone.contains(error.code) {
            self.init(
                .ambiguous, what, at: place, cause: error.words(of: "the database"), safe: "the catalog is whole",
                advice: "the rows are looked for before anything else is done"
            )
            return
        }
        let (kind, advice) = Self.meaning(of: error)
        self.init(kind, what, at: place, cause: error.words(of: "the database"), advice: advice)
    }

    /// With these a server says that a COMMIT was not done: a deadlock, and a lock that was waited for. The connection is not
    /// used again, so that what the second leaves open is taken back, too.
    private static let undone: Set<UInt32> = [1213, 1205]

    private static func meaning(of error: ServerError) -> (Failure.Class, advice: String) {
        if error.isLost {
            return (.transient, "it is tried again on another connection; look at the database if it stays so")
        }
        switch error.code {
        case 1213, 1205: return (.transient, "another program holds rows that are needed; the course is retried")
        case 1040, 1203, 1226:
            return (.transient, "the database has no connection to spare: lower --concurrency; the course is retried")
        case 1452: return (.transient, "its Video row was removed in this moment; the course is retried")
        case 1021, 1114, 1041, 1037, 1038: return (.transient, "make room where the database is; the course is retried")
        case 1047, 1461, 1615, 1020, 3032, 2008: return (.transient, "the database is not ready; the course is retried")
        case 1129, 1130: return (.auth, "let this machine in: the database refuses its address")
        case 1317, 1969, 3024: return (.transient, "somebody has ended the statement; the course is retried")
        case 1044, 1045, 1142, 1143, 1227, 1698, 1820, 1862, 3118, 3159, 3955, 4151:
            return (.auth, "look at the user, its password (in MALLOW_CATALOG_PASSWORD or mallow.yaml) and its rights")
        case 1290, 1792, 1836: return (.auth, "this server takes no writes: name the one that does in --catalog")
        case 2026: return (.auth, "look at the certificate, or name its authority with ca= in --catalog")
        case 2059:
            return (
                .auth,
                "look at the user and its password (in MALLOW_CATALOG_PASSWORD or mallow.yaml); on a MySQL 8 install "
                    + "libmariadb's plug-in caching_sha2_password (Debian and Ubuntu: in libmariadb3), or name its folder in "
                    + "MARIADB_PLUGIN_DIR: without it both look the same"
            )
        case 2061, 1251:
            return (
                .auth,
                "this client cannot log in that way: give the user caching_sha2_password or mysql_native_password"
            )
        case 1524:
            return (.auth, "the server cannot log the user in that way: give it caching_sha2_password (ALTER USER)")
        case 1665: return (.bug, "the server's binlog_format is STATEMENT: rows of ours need ROW or MIXED")
        case 1049: return (.bug, "name the platform's own database in --catalog")
        case 1146, 1054, 1364, 1406, 1366, 1292:
            return (.bug, "the tables are not those that were looked at: start the run again")
        default: return (.bug, "report this with the ledger")
        }
    }
}

extension ServerError {
    fileprivate func words(of whom: String) -> String { "\(whom) says \"\(words)\" (code \(code))" }
}
#endif
