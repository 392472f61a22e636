// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import CMongo

/// A document that is being made, piece by piece, in the library's own memory.
package final class DocumentWriter {
    let document: OpaquePointer
    private var items = 0

    package init() { document = bson_new() }

    package convenience init(_ fields: Fields) {
        self.init()
        append(fields)
    }

    deinit { bson_destroy(document) }

    /// In bytes, as far as it is made.
    package var length: Int { Int(cmongo_length(document)) }

    /// All of it, as it is sent.
    package var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: bson_get_data(document), count: length)) }

    /// Binary data.
    package func append(_ name: String, _ data: [UInt8]) {
        check(
            bson_append_binary(
                document, name, Int32(name.utf8.count), BSON_SUBTYPE_BINARY, data, UInt32(data.count)))
    }

    package func append(_ fields: Fields) {
        for (name, value) in fields.pairs { append(name, value) }
    }

    package func append(_ name: String, _ value: Term) {
        let length = Int32(name.utf8.count)
        switch value {
        case .text(let text): check(bson_append_utf8(document, name, length, text, Int32(text.utf8.count)))
        case .integer(let number): check(bson_append_int64(document, name, length, number))
        case .real(let number): check(bson_append_double(document, name, length, number))
        case .flag(let flag): check(bson_append_bool(document, name, length, flag))
        case .date(let date): check(bson_append_date_time(document, name, length, date))
        case .null: check(bson_append_null(document, name, length))
        case .objectID(let id):
            var oid = bson_oid_t()
            bson_oid_init_from_string(&oid, id.description)
            check(bson_append_oid(document, name, length, &oid))
        case .document(let fields): append(name, DocumentWriter(fields))
        case .list(let terms):
            let list = DocumentWriter()
            for term in terms { list.appendItem(term) }
            append(name, listOf: list)
        }
    }

    package func append(_ name: String, _ other: DocumentWriter) {
        check(bson_append_document(document, name, Int32(name.utf8.count), other.document))
    }

    /// - Parameter list: made by ``appendItem(_:)-swift.method`` alone.
    package func append(_ name: String, listOf list: DocumentWriter) {
        check(bson_append_array(document, name, Int32(name.utf8.count), list.document))
    }

    /// The next item of what is to be a list.
    package func appendItem(_ term: Term) {
        append(String(items), term)
        items += 1
    }

    package func appendItem(_ other: DocumentWriter) {
        append(String(items), other)
        items += 1
    }

    /// An element as it was read, with its name, whatever its type.
    package func append(_ element: Element) {
        var raw = element.raw
        let bytes = element.document.bytes
        check(cmongo_append(document, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &raw))
    }

    /// - Precondition: it is not longer than the library can keep, which is far more than a server takes.
    private func check(_ isDone: Bool) { precondition(isDone, "a document of over 2 GB cannot be made") }
}
#endif
