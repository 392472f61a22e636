// SPDX-License-Identifier: Apache-2.0

/// One write that cut-over makes into courses, tried beforehand in a way that changes nothing.
package struct WriteTrial: Sendable, Hashable {
    /// The right that it needs, as whoever gives rights calls it: "insert on edxapp.modulestore.structures".
    package let right: String
    /// Why it is refused, in the server's own words; nil where it may be made.
    package let refusal: String?

    package init(right: String, refusal: String?) { (self.right, self.refusal) = (right, refusal) }
}
