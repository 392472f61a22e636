// SPDX-License-Identifier: Apache-2.0
#if MySQL
/// A value of a statement or a row.
package enum ServerValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)

    /// nil for what is no integer.
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    /// nil for what is no text.
    package var text: String? { if case .text(let value) = self { value } else { nil } }
}

extension ServerValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
}
#endif
