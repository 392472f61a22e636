// SPDX-License-Identifier: Apache-2.0
package import Ledger

/// The leave to begin a production run: it was rehearsed often enough, or somebody answers for its not being so.
package struct Clearance: Sendable, Hashable {
    /// How many completed rehearsals of its source, in its own manner, a production run wants.
    package static let wanted = 2

    /// What is kept of somebody's decision to do without; nil where there was none to be made.
    package let override: String?

    /// - Parameters:
    ///   - completed: those of its source, in whichever manner.
    ///   - manner: the run's.
    ///   - reason: why there are not more; nil for no word on it.
    ///   - command: makes the next one.
    /// - Throws: ``NotRehearsed``.
    package init(
        after completed: [CompletedRehearsal], manner: Manner, without reason: String?, command: String
    ) throws(NotRehearsed) {
        let alike = completed.count { $0.manner == manner.description }
        guard alike < Self.wanted else {
            override = nil
            return
        }
        guard let reason else {
            throw NotRehearsed(rehearsals: alike, others: completed.count - alike, manner: manner, command: command)
        }
        override = "production after \(alike) of \(Self.wanted) rehearsals: \(reason)"
    }
}

/// A production run was to begin before it was rehearsed: it is not begun.
package struct NotRehearsed: Error, Sendable, Hashable, CustomStringConvertible {
    package let rehearsals: Int
    /// How many more there are in another manner, or in one that an earlier version did not keep.
    let others: Int
    let manner: Manner
    /// Makes the next one.
    let command: String

    private var otherwise: String {
        others == 0 ? "" : ", and \(others) that did not write as this run would (\(manner))"
    }

    package var description: String {
        "A production run wants \(Clearance.wanted) completed rehearsals of its source, and the ledger has \(rehearsals)"
            + "\(otherwise). Nothing was begun; \(command) makes one, --without-rehearsals=REASON runs now"
    }
}
