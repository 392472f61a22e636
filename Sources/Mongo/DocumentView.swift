// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import CMongo

/// A document where the client library keeps it, read in place: valid only while whoever was given it runs.
///
/// A structure may have 16 MB; nothing of it is copied but what is taken.
package struct DocumentView {
    let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    init(_ document: OpaquePointer) {
        bytes = UnsafeRawBufferPointer(start: bson_get_data(document), count: Int(cmongo_length(document)))
    }

    /// Its elements in order.
    ///
    /// - Throws: ``BrokenDocument`` where it ends before it should; what `body` throws.
    package func forEach(_ body: (Element) throws -> Void) throws {
        var previous: cmongo_element?
        while let element = try next(after: previous) {
            try body(Element(raw: element, document: self))
            previous = element
        }
    }

    /// The value under a name, the first where there are several; nil where there is none.
    ///
    /// - Throws: ``BrokenDocument``.
    package subscript(_ name: String) -> Value? {
        get throws {
            var previous: cmongo_element?
            while let raw = try next(after: previous) {
                let element = Element(raw: raw, document: self)
                if element.isNamed(name) { return element.value }
                previous = raw
            }
            return nil
        }
    }

    private func next(after previous: cmongo_element?) throws(BrokenDocument) -> cmongo_element? {
        var element = cmongo_element()
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let found =
            if var previous {
                cmongo_next(start, bytes.count, &previous, &element)
            } else {
                cmongo_next(start, bytes.count, nil, &element)
            }
        if found < 0 { throw BrokenDocument() }
        return found > 0 ? element : nil
    }
}

/// A document that does not hold together.
package struct BrokenDocument: Error, CustomStringConvertible {
    package var description: String { "the document ends in the middle of something" }
}

/// One name and value of a document; valid as long as that is.
package struct Element {
    let raw: cmongo_element
    let document: DocumentView

    package var name: String { Self.text(raw.key, raw.key_length) ?? "" }

    package var value: Value {
        switch raw.type {
        case BSON_TYPE_UTF8:
            raw.bytes.withMemoryRebound(to: CChar.self, capacity: Int(raw.length)) { start in
                Self.text(start, raw.length).map(Value.text) ?? .other("text that is not UTF-8")
            }
        case BSON_TYPE_INT32, BSON_TYPE_INT64: .integer(raw.number)
        case BSON_TYPE_DOUBLE: .real(raw.real)
        case BSON_TYPE_BOOL: .flag(raw.number != 0)
        case BSON_TYPE_DATE_TIME: .date(raw.number)
        case BSON_TYPE_NULL, BSON_TYPE_UNDEFINED: .null
        case BSON_TYPE_DOCUMENT: .document(DocumentView(buffer))
        case BSON_TYPE_ARRAY: .array(DocumentView(buffer))
        case BSON_TYPE_BINARY: .binary(buffer)
        case BSON_TYPE_OID: .objectID(ObjectID(buffer))
        default: .other("a value of type \(raw.type.rawValue)")
        }
    }

    func isNamed(_ name: String) -> Bool {
        UnsafeRawBufferPointer(start: raw.key, count: Int(raw.key_length)).elementsEqual(name.utf8)
    }

    private var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: raw.bytes, count: Int(raw.length)) }

    private static func text(_ start: UnsafePointer<CChar>, _ length: UInt32) -> String? {
        String(validating: UnsafeRawBufferPointer(start: start, count: Int(length)), as: UTF8.self)
    }
}

/// A value of a document; what is not copied is valid as long as that is.
package enum Value {
    case text(String)
    case integer(Int64)
    case real(Double)
    case flag(Bool)
    /// Milliseconds since 1970, UTC.
    case date(Int64)
    case null
    case objectID(ObjectID)
    case document(DocumentView)
    case array(DocumentView)
    case binary(UnsafeRawBufferPointer)
    /// What nobody here needs, in words.
    case other(String)
}

extension Value {
    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var document: DocumentView? { if case .document(let document) = self { document } else { nil } }
    package var array: DocumentView? { if case .array(let array) = self { array } else { nil } }
    package var objectID: ObjectID? { if case .objectID(let id) = self { id } else { nil } }
    package var bytes: UnsafeRawBufferPointer? { if case .binary(let bytes) = self { bytes } else { nil } }
    package var isNull: Bool { if case .null = self { true } else { false } }

    /// A whole number, however it is stored: drivers write what their language has.
    package var integer: Int? {
        switch self {
        case .integer(let number): Int(number)
        case .real(let number): Int(exactly: number)
        default: nil
        }
    }

    /// What it is, for a sentence.
    package var kind: String {
        switch self {
        case .text: "a text"
        case .integer, .real: "a number"
        case .flag: "true or false"
        case .date: "a date"
        case .null: "null"
        case .objectID: "an ObjectId"
        case .document: "a document"
        case .array: "a list"
        case .binary: "binary data"
        case .other(let words): words
        }
    }
}
#endif
