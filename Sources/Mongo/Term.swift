// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import CMongo

/// A value that is sent, or one that was read and is kept: equal only where it is so byte for byte, as MongoDB compares.
package indirect enum Term: Sendable, Hashable {
    case text(String)
    case integer(Int64)
    case real(Double)
    case flag(Bool)
    /// Milliseconds since 1970, UTC.
    case date(Int64)
    case null
    case objectID(ObjectID)
    case document(Fields)
    case list([Term])

    package static func == (left: Term, right: Term) -> Bool {
        switch (left, right) {
        // Composed and decomposed letters are two texts.
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.integer(let left), .integer(let right)): left == right
        case (.real(let left), .real(let right)): left.bitPattern == right.bitPattern
        case (.flag(let left), .flag(let right)): left == right
        case (.date(let left), .date(let right)): left == right
        case (.null, .null): true
        case (.objectID(let left), .objectID(let right)): left == right
        case (.document(let left), .document(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .text(let text): for byte in text.utf8 { hasher.combine(byte) }
        case .integer(let number): hasher.combine(number)
        case .real(let number): hasher.combine(number.bitPattern)
        case .flag(let flag): hasher.combine(flag)
        case .date(let date): hasher.combine(date)
        case .null: hasher.combine(0)
        case .objectID(let id): hasher.combine(id)
        case .document(let fields): hasher.combine(fields)
        case .list(let terms): hasher.combine(terms)
        }
    }

    /// A value that was read, if it is of a kind that can be kept; nil for binary data and what nobody needs.
    ///
    /// - Throws: ``BrokenDocument``.
    package init?(_ value: Value) throws {
        switch value {
        case .text(let text): self = .text(text)
        // What is looked for again is looked for by what equals it: numbers of both widths do.
        case .integer(let number): self = .integer(number)
        case .real(let number): self = .real(number)
        case .flag(let flag): self = .flag(flag)
        case .date(let date): self = .date(date)
        case .null: self = .null
        case .objectID(let id): self = .objectID(id)
        case .document(let document):
            var fields = Fields()
            var isKnown = true
            try document.forEach { element in
                guard let term = try Term(element.value) else { return isKnown = false }
                fields.append(element.name, term)
            }
            guard isKnown else { return nil }
            self = .document(fields)
        case .array(let array):
            var terms: [Term] = []
            var isKnown = true
            try array.forEach { element in
                guard let term = try Term(element.value) else { return isKnown = false }
                terms.append(term)
            }
            guard isKnown else { return nil }
            self = .list(terms)
        case .binary, .other: return nil
        }
    }

}

extension Term: ExpressibleByIntegerLiteral, ExpressibleByDictionaryLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }

    package init(dictionaryLiteral elements: (String, Term)...) {
        var fields = Fields()
        for (name, value) in elements { fields.append(name, value) }
        self = .document(fields)
    }
}

/// Names and values in an order that counts.
package struct Fields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    private struct Field: Sendable, Hashable {
        let name: Term
        let value: Term
    }

    private var fields: [Field] = []

    package init() {}

    package init(dictionaryLiteral elements: (String, Term)...) {
        for (name, value) in elements { append(name, value) }
    }

    package mutating func append(_ name: String, _ value: Term) {
        fields.append(Field(name: .text(name), value: value))
    }

    /// The value under a name; nil where there is none.
    package subscript(_ name: String) -> Term? { fields.first { $0.name == .text(name) }?.value }

    var pairs: [(String, Term)] {
        fields.map { field in
            guard case .text(let name) = field.name else { preconditionFailure("a field's name is a text") }
            return (name, field.value)
        }
    }
}
#endif
