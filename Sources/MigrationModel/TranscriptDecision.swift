// SPDX-License-Identifier: Apache-2.0

/// What is to be done with one transcript.
package enum Action: String, Sendable, Hashable, Codable, CaseIterable {
    case migrate
    /// The catalog has it already. That row wins, always.
    case present
    /// The course names it, nothing is there, and the catalog has none either.
    case dangling
    /// The bytes are no transcript.
    case corrupt
    /// The catalog's row has no object behind it, or differs from ours by case only where case does not count.
    case conflict
}

/// Which head of a course a transcript was taken from.
package enum Head: String, Sendable, Hashable, Codable {
    case published, draft
    /// The heads agree, or there is no separate draft.
    case both
}
