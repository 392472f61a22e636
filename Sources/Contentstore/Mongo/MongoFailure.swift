// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

extension Failure {
    /// What an error of a server or of the client library means to the product. The only place where that is decided, by
    /// their numbers.
    ///
    /// - Parameter isWrite: whether it came instead of the answer to something that may have been done all the same.
    init(_ error: any Error, mongo what: String, at place: String, isWrite: Bool = false) {
        switch error {
        case let error as MongoError:
            var (kind, advice) = Self.meaning(of: error)
            // Where no server was found, nothing was sent.
            if isWrite, kind == .transient, !error.foundNoServer {
                (kind, advice) = (.ambiguous, "the course is read before anything else is done")
            }
            self.init(kind, what, at: place, cause: Self.cause(of: error), advice: advice)
        case is BrokenDocument: self = .stored(what, at: place, cause: "\(error)")
        default: self.init(error, what, at: place)
        }
    }

    /// Who says it, in whose words, and under which number.
    static func cause(of error: MongoError) -> String {
        let whom = error.isFromServer ? "MongoDB" : "MongoDB's client"
        return "\(whom) says \"\(error.words)\" (code \(error.domain).\(error.code))"
    }

    /// Something in the contentstore or the modulestore that cannot be understood.
    ///
    /// - Parameter cause: what is wrong, without a full stop.
    static func stored(
        _ what: String, at place: String, cause: String,
        advice: String = "look at it in Studio, save or upload it again there, then run mallow plan"
    ) -> Failure {
        Failure(.sourceCorrupt, what, at: place, cause: cause, advice: advice)
    }

    private static func meaning(of error: MongoError) -> (Failure.Class, advice: String) {
        if error.isUnreachable {
            return (
                .transient,
                "it is tried again; if it stays so, look whether a server answers there, and at replicaSet=, tls= and its "
                    + "certificate in --source"
            )
        }
        if error.isLogIn || (error.isFromServer && logIn.contains(error.code)) {
            return (
                .auth,
                "look at the user, its password (in MALLOW_SOURCE_PASSWORD or mallow.yaml), authSource and its rights"
            )
        }
        if error.isOfAnotherVersion {
            return (
                .bug, "this MongoDB is of a version that libmongoc cannot talk to: read a dump of it (bson:) instead"
            )
        }
        guard error.isFromServer else { return (.bug, "report this with the ledger") }
        if passing.contains(error.code) { return (.transient, "the database is not ready; the course is retried") }
        if limits.contains(error.code) {
            return (.throttled, "the database asks for less: lower --limit-reads or --concurrency")
        }
        return (.bug, "report this with the ledger")
    }

    /// Not let in, not known, not allowed, and no way to log in that both know.
    private static let logIn: Set<UInt32> = [11, 13, 18, 33, 334, 8000]
    /// Members that go, come or change places, cursors that are gone, statements that somebody or the time has ended.
    private static let passing: Set<UInt32> = [
        6, 7, 43, 50, 89, 91, 112, 133, 134, 136, 175, 189, 202, 237, 262, 9001, 10107, 11600, 11602, 13388, 13435,
        13436,
    ]
    private static let limits: Set<UInt32> = [462, 16500]
}
#endif
