// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import CMongo

/// What went wrong, in the library's or the server's own numbers and words.
package struct MongoError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which part of the library says it, or the server.
    package let domain: UInt32
    package let code: UInt32
    package let words: String

    package var description: String { "\(words) (\(domain).\(code))" }

    init(_ error: bson_error_t) {
        domain = error.domain
        code = error.code
        words = withUnsafePointer(to: error) { String(cString: cmongo_words($0)) }
    }

    /// Whether a server said it, and not the library.
    package var isFromServer: Bool {
        domain == MONGOC_ERROR_SERVER.rawValue || domain == MONGOC_ERROR_WRITE_CONCERN.rawValue
    }

    /// Whether a document with the same `_id` is there already.
    package var isDuplicate: Bool { code == 11000 && isFromServer }

    /// Whether a document was refused for what its `_id` is. Servers of the first years say it by a number of their own.
    package var isOfIdentity: Bool { isFromServer && [2, 53, 16440].contains(code) }

    /// Whether the user may not do it; hosted servers say it by a number of their own.
    package var isUnauthorized: Bool { isFromServer && [13, 8000].contains(code) }

    /// Whether no server could be reached, or one was lost in the middle of an answer.
    package var isUnreachable: Bool {
        domain == MONGOC_ERROR_STREAM.rawValue || domain == MONGOC_ERROR_SERVER_SELECTION.rawValue
    }

    /// Whether no server could be found that may be asked.
    package var foundNoServer: Bool { domain == MONGOC_ERROR_SERVER_SELECTION.rawValue }

    /// Whether client and server are too far apart to understand each other.
    package var isOfAnotherVersion: Bool {
        domain == MONGOC_ERROR_PROTOCOL.rawValue && code == MONGOC_ERROR_PROTOCOL_BAD_WIRE_VERSION.rawValue
    }

    /// Whether the log-in did not go well.
    package var isLogIn: Bool {
        domain == MONGOC_ERROR_SASL.rawValue || domain == MONGOC_ERROR_SCRAM.rawValue
            || (domain == MONGOC_ERROR_CLIENT.rawValue && code == MONGOC_ERROR_CLIENT_AUTHENTICATE.rawValue)
    }
}
#endif
