// SPDX-License-Identifier: Apache-2.0
import Testing

/// ``Samples/short`` with one thing wrong, and the sentence that tells it.
struct Broken: Sendable, CustomTestStringConvertible {
    let text: String
    /// With its place: `/lms.yml, line 3, column 5: …`.
    let sentence: String

    var testDescription: String { sentence }

    init(_ old: String, _ new: String, _ sentence: String) {
        text = Samples.short.replacing(old, with: new)
        self.sentence = sentence
    }

    static let all = databases + mongo + storage + syntax
}
