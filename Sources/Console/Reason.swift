// SPDX-License-Identifier: Apache-2.0
import Canvas

/// Why somebody decides something: a line that is typed, signed and kept.
package struct Reason: Sendable, Hashable {
    /// As it is typed.
    package private(set) var text = ""

    package init() {}

    private var words: [Substring] { text.split(separator: " ") }

    /// Whether somebody who reads it later learns something from it.
    package var isGiven: Bool { words.joined().utf8.count >= 3 }

    /// As it is kept.
    var kept: String { words.joined(separator: " ") }

    /// Takes a key that edits; any other leaves it as it is.
    mutating func take(_ key: Key) {
        switch key {
        case .character(let character): text.append(character)
        case .backspace: if !text.isEmpty { text.removeLast() }
        case .control("u"): text = ""
        default: break
        }
    }

    mutating func paste(_ pasted: String) { text += pasted }
}
