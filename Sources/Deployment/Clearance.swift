// SPDX-License-Identifier: Apache-2.0

/// The leave to begin a production run: it was rehearsed often enough, or somebody answers for its not being so.
package struct Clearance: Sendable, Hashable {
    /// How many completed rehearsals of its source a production run wants.
    package static let wanted = 2

    /// What is kept of somebody's decision to do without; nil where there was none to be made.
    package let override: String?

    /// - Parameters:
    ///   - rehearsals: how many of its source are completed.
    ///   - reason: why there are not more; nil for no word on it.
    ///   - command: makes the next one.
    /// - Throws: ``NotRehearsed``.
    package init(rehearsals: Int, without reason: String?, command: String) throws(NotRehearsed) {
        guard rehearsals < Self.wanted else {
            override = nil
            return
        }
        guard let reason else { throw NotRehearsed(rehearsals: rehearsals, command: command) }
        override = "production after \(rehearsals) of \(Self.wanted) rehearsals: \(reason)"
    }
}

/// A production run was to begin before it was rehearsed: it is not begun.
package struct NotRehearsed: Error, Sendable, Hashable, CustomStringConvertible {
    package let rehearsals: Int
    /// Makes the next one.
    let command: String

    package var description: String {
        "A production run wants \(Clearance.wanted) completed rehearsals of its source, and the ledger has \(rehearsals). "
            + "Nothing was begun; \(command) makes one, --without-rehearsals=REASON runs now"
    }
}
