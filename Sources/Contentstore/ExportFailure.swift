// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

extension Failure {
    /// Something in an export that cannot be understood or must not be done.
    ///
    /// - Parameters:
    ///   - place: the file, relative to where exports lie, and its line where there is one.
    ///   - cause: what is wrong, without a full stop.
    static func export(_ what: String, at place: String, cause: String) -> Failure {
        Failure(
            .sourceCorrupt,
            what,
            at: place,
            cause: cause,
            advice: "export the course again or mend the file, then run mallow plan"
        )
    }

    /// A system call on an export that failed.
    ///
    /// Full tables, a device that does not answer and a file server that is away pass; everything else is the export's.
    static func export(_ what: String, at place: String, errno code: Int32) -> Failure {
        let cause = "\(String(cString: strerror(code))) (errno \(code))"
        switch code {
        case EIO, EAGAIN, EINTR, ENOMEM, ENFILE, EMFILE, ENOSPC, ENOBUFS, EBUSY, ETIMEDOUT, ESTALE, ENXIO, ENODEV:
            return Failure(
                .transient,
                what,
                at: place,
                cause: cause,
                advice: "wait for the retry; if it stays, look at the disk that the export lies on"
            )
        case EACCES, EPERM:
            return Failure(
                .sourceCorrupt,
                what,
                at: place,
                cause: cause,
                advice: "make the export readable for this user, then run mallow plan"
            )
        default:
            return .export(what, at: place, cause: cause)
        }
    }
}
