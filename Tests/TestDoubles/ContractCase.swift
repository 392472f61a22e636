// SPDX-License-Identifier: Apache-2.0

package import MigrationModel

/// What an implementation may lack though it does all else that its port promises.
package enum Capability: Sendable, Hashable {
    /// Of many that write one key at the same moment, one wins.
    case decidesRaces
    /// A key may be any text, up to 1,024 bytes of UTF-8.
    case takesLongKeys
    /// A backslash and a line feed are letters like others in a key.
    case takesOddLetters
    /// Whoever saves a course makes all of it another version.
    case locksCourses
}

/// One promise of a port, and how it is put to the proof on any implementation of it.
///
/// Every implementation, in memory or real, runs every case of its port's suite on a fresh, empty store.
package struct ContractCase<Port: Sendable>: Sendable, CustomStringConvertible {
    /// The promise, as a sentence.
    package let promise: String
    /// Without this the promise cannot be kept; whoever lacks it is shown to break it, and not passed over.
    package let needs: Capability?
    /// Throws ``ContractBreach`` when the promise is not kept, or whatever the port throws unexpectedly.
    package let verify: @Sendable (Port) async throws -> Void

    package init(
        _ promise: String, needs: Capability? = nil, _ verify: @escaping @Sendable (Port) async throws -> Void
    ) {
        self.promise = promise
        self.needs = needs
        self.verify = verify
    }

    package var description: String { promise }
}

/// A promise of a port that an implementation does not keep.
package struct ContractBreach: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Throws unless both values are the same.
package func require<Value: Equatable>(
    _ found: Value,
    is expected: Value,
    _ subject: String,
    line: Int = #line
) throws(ContractBreach) {
    guard found == expected else {
        throw ContractBreach("\(subject) is \(found), not \(expected) (contract line \(line))")
    }
}

/// Throws unless `condition` holds.
package func require(_ condition: Bool, _ expectation: String, line: Int = #line) throws(ContractBreach) {
    guard condition else { throw ContractBreach("expected that \(expectation) (contract line \(line))") }
}

/// Throws unless `body` fails with a ``Failure`` of this class.
package func requireFailure(
    _ expected: Failure.Class,
    _ subject: String,
    line: Int = #line,
    _ body: () async throws -> Void
) async throws {
    do {
        try await body()
    } catch let failure as Failure {
        try require(failure.class, is: expected, "the class of \(subject)'s failure", line: line)
        return
    }
    throw ContractBreach("\(subject) went through instead of failing as \(expected.rawValue) (contract line \(line))")
}
