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
    /// - Throws: ``NotRehearsed``.
    package init(rehearsals: Int, without reason: String?) throws(NotRehearsed) {
        guard rehearsals < Self.wanted else {
            override = nil
            return
        }
        guard let reason else { throw NotRehearsed(rehearsals: rehearsals) }
        override = "production after \(rehearsals) of \(Self.wanted) rehearsals: \(reason)"
    }
}

/// A production run was to begin before it was rehearsed: it is not begun.
package struct NotRehearsed: Error, Sendable, Hashable, CustomStringConvertible {
    package let rehearsals: Int

    package var description: String {
        "A production run wants \(Clearance.wanted) completed rehearsals of its source, and the ledger has \(rehearsals). "
            + "Nothing was begun; mallow run --rehearsal --all makes one, --without-rehearsals=REASON runs now"
    }
}
