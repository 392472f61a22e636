// SPDX-License-Identifier: Apache-2.0

/// A value, and where it comes from. Never a secret: those are ``SecretReference``s.
package struct Found<Value: Sendable>: Sendable, CustomStringConvertible {
    package let value: Value
    package let origin: Origin

    package init(_ value: Value, _ origin: Origin) {
        self.value = value
        self.origin = origin
    }

    package var description: String { "\(value) (\(origin))" }

    /// Another value that follows from this one, of the same origin.
    func map<Other>(_ transform: (Value) -> Other) -> Found<Other> { Found<Other>(transform(value), origin) }
}

extension Found: Equatable where Value: Equatable {}
extension Found: Hashable where Value: Hashable {}
