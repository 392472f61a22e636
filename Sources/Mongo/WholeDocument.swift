// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import CMongo

/// Bytes as a document, for what comes from a file and not from a server.
package enum WholeDocument {
    /// No document that a server keeps is longer, in bytes; what it keeps beside is.
    package static let longest = 16 * 1024 * 1024 + 16 * 1024
    /// The shortest: a length, and the zero that ends it.
    package static let shortest = 5

    /// Hands bytes to `body` as a document, once they are proven to be one from their first to their last.
    ///
    /// - Throws: ``BrokenDocument``; what `body` throws.
    package static func read<Value>(
        _ bytes: UnsafeRawBufferPointer, _ body: (DocumentView) throws -> Value
    ) throws -> Value {
        guard cmongo_is_whole(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count) else {
            throw BrokenDocument()
        }
        return try body(DocumentView(bytes))
    }
}
#endif
